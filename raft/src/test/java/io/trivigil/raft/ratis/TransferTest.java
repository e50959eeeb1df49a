package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.LogStatus.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferTest {
  private static final List<String> NODES = List.of("n1", "n2", "n3");

  /// Proposes now and then on every node until it is closed.
  private static final class Load implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Thread thread;

    Load(Cluster cluster) {
      AtomicInteger count = new AtomicInteger();
      thread =
          Thread.ofPlatform()
              .name("load")
              .start(
                  () -> {
                    while (!stop.get()) {
                      for (String node : NODES) {
                        byte[] command =
                            RatisLogTest.padded("k=" + count.incrementAndGet(), 10_000);
                        var _ = cluster.log(node).propose(command);
                      }
                      LockSupport.parkNanos(5_000_000);
                    }
                  });
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// Hands leadership to a node. On a machine that is too busy it may be lost again before the heir
  /// is ready; then another leads, and it is handed over anew.
  private static void transfer(Cluster cluster, String asked, String to) throws Exception {
    for (int attempt = 0; attempt < 5; attempt++) {
      assertThat(
              cluster.log(asked).transferLeadership(to).get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isTrue();
      Cluster.await(
          "the heir " + to,
          () -> cluster.status(to).ready() || !cluster.status(to).leaderId().equals(to));
      if (cluster.status(to).ready()) {
        return;
      }
    }
    throw new AssertionError("leadership did not stay with " + to);
  }

  @Test
  void leadershipGoesWhereItIsSentWhicheverNodeIsAsked(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "transfer", 3)) {
      cluster.startAll();
      cluster.leader();
      for (int i = 0; i < 6; i++) {
        transfer(cluster, NODES.get(i / 2), NODES.get(i % 3));
      }
      try (Load _ = new Load(cluster)) {
        for (int i = 5; i >= 0; i--) {
          transfer(cluster, NODES.get(i / 2), NODES.get(i % 3));
        }
      }
      String leader = cluster.leader();
      assertThat(
              cluster.log(leader).transferLeadership("").get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isTrue();
      assertThat(
              cluster.log("n1").transferLeadership("n9").get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isFalse();
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void whereTheVotersRefuseTheHeirItIsTriedAgain(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "again", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String heir = cluster.others(leader).getFirst();
      long term = cluster.status(leader).term();
      String heirId = peerId(cluster, heir);
      AtomicInteger refusals = new AtomicInteger();
      CodeInjectionForTesting.put(
          "RaftServerImpl.requestVote",
          (_, candidate, _) -> {
            if (String.valueOf(candidate).equals(heirId) && refusals.incrementAndGet() <= 2) {
              throw new IllegalStateException("refused by the test");
            }
            return false;
          });
      try {
        for (String asked : List.of(leader, cluster.others(leader).getLast())) {
          refusals.set(0);
          transfer(cluster, asked, heir);
          assertThat(refusals.get()).isGreaterThan(2);
          transfer(cluster, asked, leader);
        }
      } finally {
        CodeInjectionForTesting.remove("RaftServerImpl.requestVote");
      }
      assertThat(cluster.status(leader).term()).isGreaterThan(term + 4);
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static String peerId(Cluster cluster, String node) {
    return Objects.requireNonNull(cluster.log(node).node().server()).getId().toString();
  }

  @Test
  void aStoppedLeaderHandsOverFirstAndADeadMemberIsSeen(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "rolling", 3)) {
      cluster.startAll();
      cluster.leader();
      int handedOver = 0;
      for (int i = 0; i < 3; i++) { // a rolling restart that begins with the leader, each time
        String leader = cluster.leader();
        cluster.stop(leader);
        // It knew its successor while it still took part.
        String successor = cluster.machine(leader).leaderships.getLast().leaderId();
        handedOver += cluster.logs.containsKey(successor) ? 1 : 0;
        cluster.leader();
        cluster.start(leader);
        cluster.propose(leader, "a", i);
      }
      assertThat(handedOver).isPositive(); // a machine under load may miss the second now and then

      String leader = cluster.leader();
      String dead = cluster.others(leader).getFirst();
      String other = cluster.others(leader).getLast();
      Cluster.await(
          "a word of all",
          () ->
              cluster.status(leader).members().stream()
                  .allMatch(
                      m -> m.lastSeenMs() >= 0 && m.lastSeenMs() < 2_000 && m.matchIndex() >= 0));
      cluster.abandon(dead);
      Cluster.await(
          "the silence",
          () ->
              member(cluster, leader, dead).lastSeenMs() >= 1_500
                  && member(cluster, leader, other).lastSeenMs() < 1_500);
      // A follower hears of all the others too, though Raft tells it of the leader alone.
      Cluster.await(
          "the leader's word",
          () -> {
            long seenMs = member(cluster, other, leader).lastSeenMs();
            return seenMs >= 0 && seenMs < 1_500;
          });
      assertThat(member(cluster, other, dead).lastSeenMs()).isGreaterThan(500);

      // A dead heir is refused at once, and writes go on.
      Cluster.await("the death", () -> member(cluster, leader, dead).lastSeenMs() > 2_000);
      long startNanos = System.nanoTime();
      assertThat(
              cluster
                  .log(leader)
                  .transferLeadership(dead)
                  .get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
          .isLessThan(Duration.ofSeconds(3)); // an attempt takes 4
      cluster.propose(leader, "a", 9);
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static Member member(Cluster cluster, String seenFrom, String node) {
    return cluster.status(seenFrom).members().stream()
        .filter(m -> m.id().equals(node))
        .findFirst()
        .orElseThrow();
  }
}
