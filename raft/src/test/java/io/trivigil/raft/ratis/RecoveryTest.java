package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.Entry;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  private static final int COMMAND_BYTES = 400 << 10;

  /// Some megabytes of log, so that snapshots are written and segments are full.
  private static void fill(Cluster cluster, String node, int from, int to) throws Exception {
    for (int i = from; i <= to; i++) {
      byte[] command = RatisLogTest.padded("fill=" + i, COMMAND_BYTES);
      assertThat(cluster.log(node).propose(command).get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  @Test
  void snapshotsShortenTheReplayAndTheLogIsPurgedBehindThem(@TempDir Path root) throws Exception {
    AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    try (Cluster cluster = new Cluster(root, "snap", 1)) {
      cluster.clock = _ -> () -> java.time.Instant.ofEpochMilli(clock.get());
      cluster.start("n1");
      cluster.leader();
      fill(cluster, "n1", 1, 30);
      RatisLog log = cluster.log("n1");
      long index = log.snapshot().get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
      assertThat(index).isEqualTo(cluster.machine("n1").recovered().index());
      assertThat(log.metrics().snapshots()).isGreaterThan(3);
      // At most the open segment and two closed ones are left.
      Cluster.await("purge", () -> log.status().logBytes() < 12L * COMMAND_BYTES);
      long applied = log.status().appliedIndex();
      cluster.stop("n1");

      clock.addAndGet(-60_000); // the log's time does not go back though the clock does
      cluster.start("n1");
      cluster.leader();
      assertThat(cluster.propose("n1", "fill", 31).index()).isGreaterThan(applied);
      assertThat(cluster.machine("n1").logTimes)
          .hasSizeLessThan(10)
          .allMatch(ms -> ms == 1_700_000_000_000L);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aFollowerBehindThePurgeGetsASnapshotOfFiles(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "behind", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String slow = cluster.others(leader).getFirst();
      cluster.propose(leader, "a", 1);
      cluster.stop(slow);
      fill(cluster, leader, 1, 24);
      cluster.start(slow);
      Cluster.await("the slow one to catch up", () -> cluster.machine(slow).get("fill") == 24);
      Cluster.await(
          "a snapshot of files", () -> cluster.log(slow).metrics().checkpointsInstalled() == 1);
      assertThat(cluster.machine(slow).recovered().index()).isPositive();
      cluster.propose(slow, "a", 2);
      assertThat(cluster.machine(slow).all()).isEqualTo(cluster.machine(leader).all());

      // What was installed is durable.
      cluster.stop(slow);
      cluster.start(slow);
      Cluster.await("replay", () -> cluster.machine(slow).get("a") == 2);
      assertThat(cluster.machine(slow).all()).isEqualTo(cluster.machine(leader).all());
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aWipedNodeRejoinsWithoutAVoteCatchesUpAndVotes(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "wiped", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String victim = cluster.others(leader).getFirst();
      String other = cluster.others(leader).getLast();
      fill(cluster, leader, 1, 24);
      cluster.stop(victim);
      Checkpoints.delete(cluster.directory(victim));

      cluster.start(victim);
      Cluster.await(
          "the new incarnation without a vote",
          () -> cluster.status(victim).role() == LogStatus.Role.LISTENER);
      Cluster.await("catching up", () -> cluster.machine(victim).get("fill") == 24);
      Cluster.await(
          "a snapshot of files", () -> cluster.log(victim).metrics().checkpointsInstalled() == 1);
      Cluster.await("a vote", () -> cluster.status(victim).role() == LogStatus.Role.FOLLOWER);
      Cluster.await("a settled membership", () -> cluster.status(leader).members().size() == 3);
      assertThat(cluster.status(leader).members()).allMatch(LogStatus.Member::voting);

      // It reads as any follower does: Ratis counts it as running.
      assertThat(cluster.log(victim).readIndex().get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isPositive();
      // Its vote counts: without the other follower there is still a quorum.
      cluster.stop(other);
      cluster.propose(leader, "b", 1);
      cluster.propose(victim, "b", 2);
      // And it is a member still after a restart.
      cluster.stop(victim);
      cluster.start(victim);
      cluster.propose(victim, "b", 3);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aRaftServerThatClosesItselfHaltsTheNode(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "pause", 1)) {
      cluster.start("n1");
      cluster.leader();
      // What Ratis does after a long pause of the process.
      Objects.requireNonNull(cluster.log("n1").node().server()).close();
      Cluster.await("the halt", () -> !cluster.halts.isEmpty());
      assertThat(cluster.halts.getFirst()).hasMessageContaining("closed itself");
      assertThat(cluster.status("n1").role()).isEqualTo(LogStatus.Role.CLOSED);
      assertThat(
              cluster
                  .log("n1")
                  .propose(CounterMachine.set("a", 1))
                  .get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isNotInstanceOf(Outcome.Applied.class);
    }
  }

  @Test
  void anExceptionInApplyHaltsTheNodeAndNamesTheIndex(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "broken", 1)) {
      cluster.machineFactory =
          directory ->
              new CounterMachine(directory) {
                @Override
                protected String applyOne(Entry entry, String command) {
                  if (command.startsWith("bomb")) {
                    throw new IllegalStateException("boom");
                  }
                  return super.applyOne(entry, command);
                }
              };
      cluster.start("n1");
      cluster.leader();
      cluster.propose("n1", "a", 1);
      Outcome outcome =
          cluster
              .log("n1")
              .propose(CounterMachine.set("bomb", 1))
              .get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
      assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
      Cluster.await("the halt", () -> !cluster.halts.isEmpty());
      assertThat(cluster.halts.getFirst()).hasMessageContaining("apply failed at index=");
      assertThat(
              cluster
                  .log("n1")
                  .propose(CounterMachine.set("a", 2))
                  .get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Unknown.class);
      assertThat(cluster.machine("n1").get("a")).isEqualTo(1);
    }
  }
}
