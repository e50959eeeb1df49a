package io.trivigil.rules.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Staleness;
import io.trivigil.rules.RuleLab;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.alert.AlertState;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesMachine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// Two nodes that both believe they lead, a log that loses, repeats and delays: the alerts live one
/// life all the same.
class HostileLogTest {
  private static final long INTERVAL = 30_000;
  private static final long FOR = 90_000;
  private static final GroupKey KEY = new GroupKey("f", "g");
  private static final RuleGroup GROUP =
      new RuleGroup(
          KEY,
          INTERVAL,
          0,
          0,
          List.of(
              new Rule.Recording("r", "x", new TreeMap<>()),
              new Rule.Alerting("A", "x", FOR, 60_000, new TreeMap<>(), new TreeMap<>())));

  @Test
  void alertsLiveOneLifeUnderEverySeed() {
    for (long seed = 0; seed < 200; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    // What is true at each slot: the same for everyone who asks.
    List<List<VectorSample>> truth = new ArrayList<>();
    boolean[] present = new boolean[3];
    for (int slot = 0; slot <= 80; slot++) {
      List<VectorSample> vector = new ArrayList<>();
      for (int i = 0; i < present.length; i++) {
        present[i] = random.nextInt(6) == 0 ? !present[i] : present[i];
        if (present[i]) {
          vector.add(new VectorSample(Labels.of("i", "" + i), slot));
        }
      }
      truth.add(vector);
    }
    IntFunction<RuleLab> maker =
        _ -> {
          RuleLab lab = new RuleLab();
          lab.expressions.on("x", at -> truth.get((int) (at / INTERVAL)));
          return lab;
        };
    List<RuleLab> nodes = List.of(maker.apply(0), maker.apply(1));
    List<byte[]> log = new ArrayList<>();
    List<byte[]> delayed = new ArrayList<>();
    int[] applied = {0, 0};
    for (int slot = 1; slot <= 80; slot++) {
      for (int n = 0; n < nodes.size(); n++) {
        // A follower may lag when it believes that it leads.
        if (random.nextInt(4) > 0) {
          catchUp(nodes.get(n), log, applied, n, seed);
        }
        if (random.nextInt(3) > 0) {
          byte[] command = RulesMachine.encode(nodes.get(n).evaluate(GROUP, slot * INTERVAL));
          switch (random.nextInt(6)) {
            case 0 -> {} // lost
            case 1 -> delayed.add(command);
            case 2 -> {
              log.add(command);
              log.add(command);
            }
            default -> log.add(command);
          }
        }
      }
      if (!delayed.isEmpty() && random.nextInt(3) == 0) {
        log.add(delayed.removeFirst());
      }
    }
    for (int n = 0; n < nodes.size(); n++) {
      catchUp(nodes.get(n), log, applied, n, seed);
    }
    assertThat(nodes.get(0).machine.sections())
        .as("seed=" + seed)
        .usingRecursiveComparison()
        .isEqualTo(nodes.get(1).machine.sections());
    checkTransitions(nodes.get(0).transitions, seed);
    checkSeries(nodes.get(0), seed);
  }

  private static void catchUp(RuleLab node, List<byte[]> log, int[] applied, int n, long seed) {
    for (; applied[n] < log.size(); applied[n]++) {
      long before = node.machine.group(KEY).map(group -> group.slotMs()).orElse(0L);
      RulesAnswer answer = node.machine.apply(log.get(applied[n]));
      long after = node.machine.group(KEY).map(group -> group.slotMs()).orElse(0L);
      String where = "seed=" + seed + " entry=" + applied[n];
      assertThat(after > before).as(where).isEqualTo(answer instanceof RulesAnswer.Accepted);
      node.machine
          .group(KEY)
          .ifPresent(
              group -> group.rules().get(1).alerts().forEach(alert -> check(alert, after, where)));
    }
  }

  private static void check(Alert alert, long nowMs, String where) {
    if (alert.state() instanceof AlertState.Firing(long activeMs, long firedMs)) {
      assertThat(firedMs - activeMs).as(where).isGreaterThanOrEqualTo(FOR);
      assertThat(firedMs).as(where).isLessThanOrEqualTo(nowMs);
      assertThat(alert.sentMs()).as(where).isPositive();
    }
    if (alert.state() instanceof AlertState.Pending) {
      assertThat(alert.sentMs()).as(where).isZero();
    }
  }

  private static void checkTransitions(List<AlertTransition> transitions, long seed) {
    Map<Labels, AlertTransition> last = new HashMap<>();
    for (AlertTransition change : transitions) {
      AlertTransition before = last.put(change.alert(), change);
      String where = "seed=" + seed + " " + before + " -> " + change;
      if (before != null) {
        assertThat(change.atMs()).as(where).isGreaterThan(before.atMs());
        // A resolved alert that was forgotten comes back from nothing.
        boolean forgotten = before.to().equals("resolved") && change.from().equals("inactive");
        assertThat(forgotten || change.from().equals(before.to())).as(where).isTrue();
      } else {
        assertThat(change.from()).as(where).isEqualTo("inactive");
      }
    }
  }

  /// A recorded series has a value or a stale marker at its end exactly as the newest run saw it.
  private static void checkSeries(RuleLab node, long seed) {
    List<Labels> outputs = node.machine.group(KEY).orElseThrow().rules().get(0).outputs();
    for (int i = 0; i < 3; i++) {
      Labels series = Labels.of("__name__", "r", "i", "" + i);
      Map.Entry<Long, Double> end = node.samples.of(series).lastEntry();
      boolean alive = end != null && !Staleness.isMarker(end.getValue());
      assertThat(alive).as("seed=" + seed + " " + series).isEqualTo(outputs.contains(series));
    }
  }
}
