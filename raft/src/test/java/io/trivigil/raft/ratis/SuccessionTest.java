package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.ratis.Succession.Pace;
import io.trivigil.raft.ratis.Succession.View;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.thirdparty.io.netty.channel.ConnectTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuccessionTest {
  private static final Pace PACE = new Pace(200, 150);
  private static final List<String> THREE = List.of("n1", "n2", "n3");

  private record Task(long atMs, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(java.util.Comparator.comparingLong(Task::atMs));
  private long nowMs = 1_000;
  private View view = follower("n2");
  private CompletableFuture<byte[]> answer = refused();
  private final List<Long> stoodMs = new ArrayList<>();
  private final Succession succession =
      new Succession(
          PACE,
          () -> withAge(view),
          _ -> answer,
          () -> stoodMs.add(nowMs),
          (task, afterMs) -> tasks.add(new Task(nowMs + afterMs, task)));

  private View withAge(View seen) {
    return new View(
        seen.nodeId(),
        seen.follower(),
        seen.leaderId(),
        seen.term(),
        seen.heardMs() + nowMs - 1_000,
        seen.voters(),
        seen.reachable());
  }

  private void runAll() {
    while (!tasks.isEmpty()) {
      Task task = tasks.remove();
      nowMs = task.atMs();
      task.run().run();
    }
  }

  /// A node that heard the leader n1 of term 7 40 ms ago, and reaches everybody.
  private static View follower(String nodeId) {
    List<String> others = THREE.stream().filter(id -> !id.equals(nodeId)).toList();
    return new View(nodeId, true, "n1", 7, 40, THREE, others);
  }

  private static CompletableFuture<byte[]> refused() {
    return CompletableFuture.failedFuture(
        new IOException("UNAVAILABLE", new ConnectException("Connection refused")));
  }

  @Test
  void theFirstInLineStandsWhenTwoHeartbeatsAreOverdue() {
    succession.lost("n1");
    runAll();
    assertThat(stoodMs).containsExactly(1_160L);
  }

  @Test
  void theNextOneStandsLater() {
    view = follower("n3");
    succession.lost("n1");
    runAll();
    assertThat(stoodMs).containsExactly(1_310L);
  }

  @Test
  void aConnectionThatBreaksIsNotYetADeadProcess() {
    answer = CompletableFuture.completedFuture(new byte[0]);
    succession.lost("n1");
    runAll();
    answer = CompletableFuture.failedFuture(new IOException("DEADLINE_EXCEEDED"));
    succession.lost("n1");
    runAll();
    answer = // a cut link; Netty's class is one of a refused connection
        CompletableFuture.failedFuture(
            new IOException("UNAVAILABLE", new ConnectTimeoutException("timed out")));
    succession.lost("n1");
    runAll();
    assertThat(stoodMs).isEmpty();
  }

  @Test
  void aCallThatDiedWithTheConnectionIsRepeated() {
    answer = CompletableFuture.failedFuture(new IOException("Connection reset by peer"));
    succession.lost("n1");
    tasks.remove().run().run();
    answer = refused();
    runAll();
    assertThat(stoodMs).hasSize(1);
  }

  @Test
  void nobodyStandsWhileTheLeaderIsHeard() {
    succession.lost("n1");
    Task knock = tasks.remove();
    knock.run().run();
    tasks.remove().run().run(); // refused: it waits for what is left of two heartbeats
    Task stand = tasks.remove();
    nowMs = stand.atMs();
    view = heard(view, 1_010 - nowMs); // a firewall refuses, but a heartbeat came 10 ms ago
    stand.run().run();
    assertThat(tasks).isEmpty();
    assertThat(stoodMs).isEmpty();
  }

  private static View heard(View seen, long agoMs) {
    return new View(
        seen.nodeId(),
        seen.follower(),
        seen.leaderId(),
        seen.term(),
        agoMs,
        seen.voters(),
        seen.reachable());
  }

  @Test
  void whatHasChangedMeanwhileIsNoMoreSucceeded() {
    View seen = follower("n2");
    assertThat(Succession.waitMs(PACE, seen, "n1", 7)).hasValue(160);
    assertThat(Succession.waitMs(PACE, seen, "n1", 6)).as("another term").isEmpty();
    assertThat(Succession.waitMs(PACE, seen, "n3", 7)).as("not the leader").isEmpty();
    View stands = new View("n2", false, "n1", 7, 900, THREE, List.of("n3"));
    assertThat(Succession.waitMs(PACE, stands, "n1", 7)).as("a candidate already").isEmpty();
    View listener = new View("n4", true, "n1", 7, 900, THREE, List.of("n2", "n3"));
    assertThat(Succession.waitMs(PACE, listener, "n1", 7)).as("no vote").isEmpty();
  }

  @Test
  void nobodyStandsWhomNoMajorityCouldElect() {
    View alone = new View("n2", true, "n1", 7, 900, THREE, List.of("n1"));
    assertThat(Succession.waitMs(PACE, alone, "n1", 7)).isEmpty();
    View two = new View("n2", true, "n1", 7, 900, List.of("n1", "n2"), List.of("n1"));
    assertThat(Succession.waitMs(PACE, two, "n1", 7)).isEmpty();
  }

  @Test
  void aDeadLeaderIsSucceededBeforeTheElectionTimeout(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "main", 3)) {
      for (RatisConfig.Peer peer : cluster.peers) {
        cluster.start(peer.id(), slow(cluster.config(peer.id())));
      }
      String leader = cluster.leader();
      cluster.propose(leader, "a", 1);
      List<String> others = cluster.others(leader);
      Cluster.await(
          "all see each other",
          () ->
              others.stream().allMatch(node -> cluster.log(node).sight().reachable().size() == 2));
      cluster.abandon(leader);
      String next = cluster.leader();
      assertThat(others).contains(next);
      assertThat(others.stream().map(cluster::log).mapToLong(log -> log.metrics().successions()))
          .anyMatch(count -> count > 0);
      cluster.propose(next, "a", 2);
    }
  }

  /// Elections that are called by timeout alone come so late that the succession is first.
  private static RatisConfig slow(RatisConfig usual) {
    return new RatisConfig(
        usual.clusterName(),
        usual.nodeId(),
        usual.peers(),
        usual.directory(),
        usual.limits(),
        Duration.ofSeconds(4),
        Duration.ofSeconds(8),
        usual.proposeTimeout(),
        usual.entriesInFlight(),
        usual.access());
  }
}
