package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.node.NodeMachine.Gap;
import io.trivigil.node.failopen.FailOpenMachine;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.node.failopen.MergeSettings;
import io.trivigil.node.failopen.TakenAlone;
import io.trivigil.raft.PeerSight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A new leader begins at once wherever nobody can have failed open, and never waits for the dead.
class AfterMergeTest {
  private static final Gap LONG = new Gap(1_000_000, 1_040_000);

  private final List<String> said = new CopyOnWriteArrayList<>();
  private final FailOpenMachine reports = new FailOpenMachine();
  private final AtomicLong nanos = new AtomicLong(77_000_000_000L);
  private final FakeSight sight = new FakeSight();
  private final FakeHold hold = new FakeHold();
  private final Metrics metrics = new Metrics();
  private volatile Optional<Gap> gap = Optional.empty();
  private volatile boolean reporting = true;
  private final AfterMerge work =
      new AfterMerge(
          LeaderWork.of(term -> said.add("start " + term), () -> said.add("stop")),
          List.of(
              LeaderWork.of(term -> said.add("alerts " + term), () -> said.add("no alerts")),
              LeaderWork.of(term -> said.add("rules " + term), () -> said.add("no rules"))),
          new AfterMerge.Ports(
              "n1",
              () -> gap,
              reports,
              () -> reporting,
              () -> List.of("n1", "n2", "n3"),
              () -> Optional.of(sight),
              hold,
              Duration.ofSeconds(30),
              MergeSettings.DEFAULT,
              nanos::get,
              Workers.VIRTUAL,
              metrics));

  @AfterEach
  void stop() {
    work.stop();
  }

  private void reported(String node, long atMs) {
    reports.apply(atMs, FailOpenMachine.encode(node, new Merged(0, 0, 0, 0, 0, 0)));
  }

  private void merges(String node, long atMs) {
    reports.apply(atMs, new TakenAlone(node, List.of()).encode(), scrape -> scrape);
  }

  private void pass(long ms) {
    nanos.addAndGet(ms * 1_000_000);
  }

  @Test
  void anOrdinaryFailoverBeginsBeforeStartReturns() {
    sight.reachable = List.of("n2", "n3");
    gap = Optional.of(new Gap(1_000_000, 1_029_999));
    work.start(7);
    assertThat(said).containsExactly("start 7", "alerts 7", "rules 7");
  }

  @Test
  void theFirstLeaderOfALogWithoutAnyGapBeginsAtOnce() {
    sight.reachable = List.of("n2", "n3");
    work.start(1);
    assertThat(said).containsExactly("start 1", "alerts 1", "rules 1");
  }

  @Test
  void aClusterWithOlderMembersBeginsAtOnce() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reporting = false;
    work.start(7);
    assertThat(said).containsExactly("start 7", "alerts 7", "rules 7");
  }

  @Test
  void aFailoverLongAfterAGapOnWhichAllHaveReportedBeginsAtOnce() {
    sight.reachable = List.of("n2", "n3");
    gap = Optional.of(LONG);
    List.of("n1", "n2", "n3").forEach(node -> reported(node, LONG.toMs()));
    work.start(9);
    assertThat(said).containsExactly("start 9", "alerts 9", "rules 9");
  }

  @Test
  void behindALongGapEveryNodeThatIsReachedIsWaitedForAndTheDeadOneIsNot() {
    sight.reachable = List.of("n2"); // n3 is dead
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    reported("n2", LONG.fromMs()); // of a former time
    work.start(7);
    assertThat(said).containsExactly("start 7");
    assertThat(hold.holds).isTrue();
    reported("n2", LONG.toMs() + 200);
    await(3);
    assertThat(said).containsExactly("start 7", "alerts 7", "rules 7");
    assertThat(hold.holds).isFalse();
    assertThat(metrics.expose())
        .contains("trivigil_fail_open_merge_waits_total{heard_of_all=\"true\"} 1");
  }

  @Test
  void aNodeThatDiesWhileItIsWaitedForIsNoLongerWaitedFor() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    work.start(7);
    assertThat(said).containsExactly("start 7");
    assertThat(hold.holds).isTrue();
    sight.reachable = List.of();
    await(3);
  }

  @Test
  void theWaitEndsAtItsLimitAndNotBefore() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    work.start(7);
    pass(4_999);
    assertThat(said).containsExactly("start 7");
    pass(1);
    await(3);
    assertThat(metrics.expose())
        .contains("trivigil_fail_open_merge_waits_total{heard_of_all=\"false\"} 1");
  }

  @Test
  void whoMergesIsWaitedForAsLongAsItGoesOn() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    merges("n2", LONG.toMs());
    work.start(7);
    for (int i = 0; i < 3; i++) {
      pass(14_999);
      merges("n2", LONG.toMs() + i);
      awaitLooks();
      assertThat(said).containsExactly("start 7");
    }
    pass(14_999);
    awaitLooks();
    assertThat(said).containsExactly("start 7");
    pass(1); // it stands still
    await(3);
  }

  @Test
  void theWaitHasALimit() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    merges("n2", LONG.toMs());
    work.start(7);
    for (int i = 1; i <= 6; i++) {
      assertThat(said).containsExactly("start 7");
      merges("n2", LONG.toMs() + i);
      awaitLooks();
      pass(10_000);
    }
    await(3);
  }

  @Test
  void whoMergedBeforeTheGapHasNotBegun() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    merges("n2", LONG.fromMs());
    work.start(7);
    pass(5_000);
    await(3);
  }

  @Test
  void theFirstLeaderBehindAGapGivesTheOthersTimeToBeReached() {
    sight.reachable = List.of("n3");
    gap = Optional.of(LONG);
    work.start(7);
    reported("n1", LONG.toMs());
    reported("n3", LONG.toMs());
    pass(1_999);
    awaitLooks();
    assertThat(said).containsExactly("start 7");
    pass(1);
    await(3);
  }

  @Test
  void whoStopsWhileItWaitsHasItsScrapesRefused() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    work.start(7);
    assertThat(hold.holds).isTrue();
    work.stop();
    assertThat(hold.holds).isFalse();
    assertThat(hold.went).isFalse();
    assertThat(said).containsExactly("start 7", "stop");
  }

  @Test
  void whoNoLongerLeadsBeginsNothing() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    work.start(7);
    work.stop();
    sight.reachable = List.of();
    reported("n1", LONG.toMs());
    work.start(8); // all have reported: at once, and once
    assertThat(said).containsExactly("start 7", "stop", "start 8", "alerts 8", "rules 8");
    work.stop();
    assertThat(said).endsWith("rules 8", "no rules", "no alerts", "stop").hasSize(8);
  }

  /// Waits until the waiting thread has looked at what is so now.
  private void awaitLooks() {
    int before = sight.looks.get();
    await(() -> sight.looks.get() >= before + 6);
  }

  /// Waits for what another thread does; fails after a minute.
  private void await(int count) {
    await(() -> said.size() >= count);
    assertThat(said).hasSize(count);
  }

  private static void await(BooleanSupplier condition) {
    long endNanos = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < endNanos) {
      Thread.onSpinWait();
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private static final class FakeHold implements AfterMerge.Hold {
    volatile boolean holds;
    volatile boolean went;

    @Override
    public void hold() {
      holds = true;
    }

    @Override
    public void end(boolean go) {
      holds = false;
      went = go;
    }
  }

  private static final class FakeSight implements PeerSight {
    volatile List<String> reachable = List.of();
    final AtomicInteger looks = new AtomicInteger();

    @Override
    public long msSinceQuorum() {
      return 0;
    }

    @Override
    public long quorumHeardMs() {
      return 0;
    }

    @Override
    public List<PeerView> reachable() {
      looks.incrementAndGet();
      return reachable.stream()
          .map(id -> new PeerView(id, 100, true, "n1", 7, 0, false, 10, 10, 0))
          .toList();
    }

    @Override
    public List<PeerView> heard() {
      return reachable();
    }

    @Override
    public void failingOpen(boolean failing) {
      throw new AssertionError("nobody says so here");
    }
  }
}
