package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.work.Workers;
import io.trivigil.node.NodeMachine.Gap;
import io.trivigil.node.failopen.FailOpenMachine;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.raft.PeerSight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A new leader begins at once wherever nobody can have failed open, and never waits for the dead.
class AfterMergeTest {
  private static final Gap LONG = new Gap(1_000_000, 1_040_000);

  private final List<String> said = new CopyOnWriteArrayList<>();
  private final FailOpenMachine reports = new FailOpenMachine();
  private final AtomicLong nanos = new AtomicLong(77_000_000_000L);
  private final FakeSight sight = new FakeSight();
  private volatile Optional<Gap> gap = Optional.empty();
  private volatile boolean reporting = true;
  private final AfterMerge work =
      new AfterMerge(
          List.of(
              LeaderWork.of(term -> said.add("start " + term), () -> said.add("stop")),
              LeaderWork.of(term -> said.add("rules " + term), () -> said.add("no rules"))),
          new AfterMerge.Ports(
              "n1",
              () -> gap,
              reports,
              () -> reporting,
              () -> Optional.of(sight),
              Duration.ofSeconds(30),
              Duration.ofSeconds(5),
              nanos::get,
              Workers.VIRTUAL));

  @AfterEach
  void stop() {
    work.stop();
  }

  private void reported(String node, long atMs) {
    reports.apply(atMs, FailOpenMachine.encode(node, new Merged(0, 0, 0, 0, 0, 0)));
  }

  @Test
  void anOrdinaryFailoverBeginsBeforeStartReturns() {
    sight.reachable = List.of("n2", "n3");
    gap = Optional.of(new Gap(1_000_000, 1_029_999));
    work.start(7);
    assertThat(said).containsExactly("start 7", "rules 7");
  }

  @Test
  void theFirstLeaderOfALogWithoutAnyGapBeginsAtOnce() {
    sight.reachable = List.of("n2", "n3");
    work.start(1);
    assertThat(said).containsExactly("start 1", "rules 1");
  }

  @Test
  void aClusterWithOlderMembersBeginsAtOnce() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reporting = false;
    work.start(7);
    assertThat(said).containsExactly("start 7", "rules 7");
  }

  @Test
  void aFailoverLongAfterAGapOnWhichAllHaveReportedBeginsAtOnce() {
    sight.reachable = List.of("n2", "n3");
    gap = Optional.of(LONG);
    List.of("n1", "n2", "n3").forEach(node -> reported(node, LONG.toMs()));
    work.start(9);
    assertThat(said).containsExactly("start 9", "rules 9");
  }

  @Test
  void behindALongGapEveryNodeThatIsReachedIsWaitedForAndTheDeadOneIsNot() {
    sight.reachable = List.of("n2"); // n3 is dead
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    reported("n2", LONG.fromMs()); // of a former time
    work.start(7);
    assertThat(said).isEmpty();
    reported("n2", LONG.toMs() + 200);
    await(2);
    assertThat(said).containsExactly("start 7", "rules 7");
  }

  @Test
  void aNodeThatDiesWhileItIsWaitedForIsNoLongerWaitedFor() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    reported("n1", LONG.toMs());
    work.start(7);
    assertThat(said).isEmpty();
    sight.reachable = List.of();
    await(2);
  }

  @Test
  void theWaitEndsAtItsLimitAndNotBefore() {
    sight.reachable = List.of("n2");
    gap = Optional.of(LONG);
    work.start(7);
    nanos.addAndGet(4_999_000_000L);
    assertThat(said).isEmpty();
    nanos.addAndGet(1_000_000L);
    await(2);
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
    assertThat(said).containsExactly("start 8", "rules 8");
    work.stop();
    assertThat(said).containsExactly("start 8", "rules 8", "no rules", "stop");
  }

  /// Waits for what another thread does; fails after a minute.
  private void await(int count) {
    long endNanos = System.nanoTime() + 60_000_000_000L;
    while (said.size() < count && System.nanoTime() < endNanos) {
      Thread.onSpinWait();
    }
    assertThat(said).hasSize(count);
  }

  private static final class FakeSight implements PeerSight {
    volatile List<String> reachable = List.of();

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
