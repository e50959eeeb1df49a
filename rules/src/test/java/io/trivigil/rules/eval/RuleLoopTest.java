package io.trivigil.rules.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.rules.RuleLab;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.rules.run.RulesMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// When groups run: slots, missed slots, a change of the leader.
class RuleLoopTest {
  private static final GroupKey KEY = new GroupKey("rules.yml", "g");
  private static final RuleGroup GROUP =
      new RuleGroup(KEY, 30_000, 0, 0, List.of(new Rule.Recording("n", "x", new TreeMap<>())));

  private final RuleLab lab = new RuleLab();
  private final AtomicLong now = new AtomicLong();
  private final AtomicBoolean down = new AtomicBoolean();
  private final Metrics metrics = new Metrics();
  private final Schedule schedule = Schedule.of(GROUP);

  private RuleLoop loop() {
    lab.expressions.on("x", _ -> List.of(new VectorSample(Labels.EMPTY, 1)));
    CommandLog log =
        command ->
            down.get()
                ? new CommandLog.Outcome.Lost("no leader")
                : new CommandLog.Outcome.Applied(lab.machine.apply(RulesMachine.encode(command)));
    return new RuleLoop(
        new RuleSet(1, List.of(GROUP), lab.settings),
        lab.evaluator,
        lab.machine,
        log,
        () -> Instant.ofEpochMilli(now.get()),
        metrics,
        Workers.VIRTUAL,
        1);
  }

  @Test
  void slotsAreSpreadByNameAndAligned() {
    long offset = schedule.offsetMs();
    assertThat(offset).isBetween(0L, 29_999L).isEqualTo(Schedule.of(GROUP).offsetMs());
    long slot = 90_000 + offset;
    assertThat(schedule.slotAt(slot)).isEqualTo(slot);
    assertThat(schedule.slotAt(slot - 1)).isEqualTo(slot - 30_000);
    assertThat(schedule.slotAfter(slot)).isEqualTo(slot + 30_000);
    assertThat(schedule.due(slot, slot, true)).isEmpty();
    assertThat(schedule.due(slot + 29_999, slot, true)).isEmpty();
    assertThat(schedule.due(slot + 30_000, slot, true))
        .isEqualTo(Optional.of(new Schedule.Due(slot + 30_000, 0)));
    assertThat(schedule.due(slot + 100_000, slot, true))
        .isEqualTo(Optional.of(new Schedule.Due(slot + 90_000, 2)));
    RuleGroup other = new RuleGroup(new GroupKey("rules.yml", "h"), 30_000, 0, 0, List.of());
    assertThat(Schedule.of(other).offsetMs()).isNotEqualTo(offset);
  }

  @Test
  void aNewGroupWaitsForItsFirstSlotAndThenKeepsTheBeat() throws InterruptedException {
    RuleLoop loop = loop();
    long slot = schedule.slotAt(1_000_000_000);
    now.set(slot + 5_000);
    assertThat(loop.step(GROUP, schedule, slot)).isEqualTo(25_000);
    now.addAndGet(25_000);
    assertThat(loop.step(GROUP, schedule, slot)).isZero();
    assertThat(slotOf()).isEqualTo(slot + 30_000);
    assertThat(loop.step(GROUP, schedule, slot)).isEqualTo(30_000);
    now.addAndGet(95_000);
    assertThat(loop.step(GROUP, schedule, slot)).isZero();
    assertThat(slotOf()).isEqualTo(slot + 120_000);
    assertThat(lab.machine.group(KEY).orElseThrow().missed()).isEqualTo(2);
    assertThat(metrics.expose())
        .contains("prometheus_rule_group_iterations_missed_total{rule_group=\"rules.yml;g\"} 2");
  }

  @Test
  void aNewLeaderRunsTheMissedSlotAtOnce() throws InterruptedException {
    long slot = schedule.slotAt(1_000_000_000);
    now.set(slot);
    loop().step(GROUP, schedule, slot - 30_000);
    RuleLoop successor = loop();
    now.set(slot + 31_000);
    assertThat(successor.step(GROUP, schedule, schedule.slotAt(now.get()))).isZero();
    assertThat(slotOf()).isEqualTo(slot + 30_000);
  }

  @Test
  void aLostRunIsTriedAgain() throws InterruptedException {
    long slot = schedule.slotAt(1_000_000_000);
    RuleLoop loop = loop();
    now.set(slot);
    down.set(true);
    assertThat(loop.step(GROUP, schedule, slot - 30_000)).isEqualTo(RuleLoop.RETRY_MS);
    assertThat(lab.machine.group(KEY)).isEmpty();
    down.set(false);
    assertThat(loop.step(GROUP, schedule, slot - 30_000)).isZero();
    assertThat(slotOf()).isEqualTo(slot);
  }

  @Test
  void theLoopStartsRunsAndStops() throws InterruptedException {
    long slot = schedule.slotAt(1_000_000_000);
    now.set(slot);
    loop().step(GROUP, schedule, slot - 30_000);
    now.set(slot + 30_000);
    try (RuleLoop loop = loop()) {
      loop.start();
      long endNanos = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      while (slotOf() == slot && System.nanoTime() < endNanos) {
        Thread.onSpinWait();
      }
      assertThat(slotOf()).isEqualTo(slot + 30_000);
    }
    assertThat(metrics.expose()).doesNotContain("prometheus_rule_group_rules{");
  }

  @Test
  void aClosedLoopProposesNothing() throws InterruptedException {
    long slot = schedule.slotAt(1_000_000_000);
    now.set(slot);
    RuleLoop loop = loop();
    loop.close();
    loop.step(GROUP, schedule, slot - 30_000);
    assertThat(lab.machine.group(KEY)).isEmpty();
  }

  private long slotOf() {
    return lab.machine.group(KEY).orElseThrow().slotMs();
  }
}
