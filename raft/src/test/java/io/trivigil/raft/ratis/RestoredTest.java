package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.Entry;
import io.trivigil.raft.LogStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster that begins with the state of a backup.
class RestoredTest {
  private static final long INDEX = 5_000;
  private static final long LOG_TIME_MS = 1_900_000_000_000L; // ahead of every clock here

  private static void restore(Cluster cluster, String node, String id) throws IOException {
    CounterMachine machine = new CounterMachine(cluster.directory(node).resolve("state"));
    machine.apply(new Entry(INDEX, 1, LOG_TIME_MS, List.of(CounterMachine.set("kept", 1))));
    machine.capture().write();
    StartMarks.markRestored(cluster.directory(node).resolve("log"), id);
  }

  private static boolean waitsStill(Cluster cluster) {
    return cluster.logs.values().stream()
        .allMatch(log -> log.status().role() == LogStatus.Role.STARTING);
  }

  private static void assertNobodyFounds(Cluster cluster) {
    long until = System.nanoTime() + 2_000_000_000L;
    Cluster.await(
        "the founding that may not be",
        () -> {
          assertThat(waitsStill(cluster)).isTrue();
          return System.nanoTime() > until;
        });
  }

  @Test
  void nodesWithTheSameBackupFoundAndABlankOneGetsTheState(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "restored", 3)) {
      for (RatisConfig.Peer peer : cluster.peers) {
        restore(cluster, peer.id(), "b1");
      }
      cluster.startAll();
      String leader = cluster.leader();
      assertThat(cluster.propose(leader, "kept", 2).index()).isGreaterThan(INDEX);
      assertThat(cluster.status(leader).logTimeMs()).isGreaterThanOrEqualTo(LOG_TIME_MS);
      assertThat(cluster.machine(leader).get("kept")).isEqualTo(2);

      // Its log does not begin at the beginning, so a blank node gets the files.
      String wiped = cluster.others(leader).getFirst();
      cluster.abandon(wiped);
      Checkpoints.delete(cluster.directory(wiped));
      cluster.start(wiped);
      Cluster.await("the state to reach " + wiped, () -> cluster.machine(wiped).get("kept") == 2);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aClusterOfOneGoesOnFromItsBackup(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "restored", 1)) {
      restore(cluster, "n1", "b1");
      cluster.start("n1");
      cluster.leader();
      assertThat(cluster.propose("n1", "kept", 2).index()).isGreaterThan(INDEX);
      cluster.abandon("n1");
      cluster.start("n1");
      cluster.leader();
      assertThat(cluster.propose("n1", "kept", 3).index()).isGreaterThan(INDEX + 1);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void nodesOfDifferentStatesDoNotFound(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "mixed", 2)) {
      restore(cluster, "n1", "b1");
      cluster.start("n1");
      cluster.start("n2");
      assertNobodyFounds(cluster);
    }
  }

  @Test
  void nodesThatSetTheirDataAsideDoNotFound(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "aside", 2)) {
      StartMarks.markRejoining(cluster.directory("n1").resolve("log"), "store is damaged");
      StartMarks.markRejoining(cluster.directory("n2").resolve("log"), "store is damaged");
      cluster.start("n1");
      cluster.start("n2");
      assertNobodyFounds(cluster);
    }
  }
}
