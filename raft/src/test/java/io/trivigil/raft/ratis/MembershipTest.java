package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
  private static RatisConfig.Peer peer(Cluster cluster, String node) {
    return cluster.peers.stream().filter(p -> p.id().equals(node)).findFirst().orElseThrow();
  }

  private static RatisConfig alone(Cluster cluster, String node) {
    return Cluster.steady(
        RatisConfig.of(
                cluster.name,
                node,
                List.of(peer(cluster, node)),
                cluster.directory(node).resolve("log"))
            .withLimits(cluster.limits));
  }

  private static RatisConfig joining(Cluster cluster, String node, String over) {
    return Cluster.steady(
        RatisConfig.of(
                cluster.name,
                node,
                List.of(peer(cluster, over), peer(cluster, node)),
                cluster.directory(node).resolve("log"))
            .withLimits(cluster.limits)
            .withAccess(new ClusterAccess(new PortSecurity.Open(), true)));
  }

  private static void join(Cluster cluster, String node, String over) throws IOException {
    cluster.start(node, joining(cluster, node, over));
    Cluster.await(
        "a vote for " + node, () -> cluster.status(node).role() == LogStatus.Role.FOLLOWER);
  }

  private static String remove(Cluster cluster, String asked, String node) throws Exception {
    return cluster.log(asked).removeMember(node).get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
  }

  /// Removes a node, again where a machine was too busy to see it through.
  private static void awaitRemoval(Cluster cluster, String asked, String node) {
    Cluster.await(
        "the removal of " + node,
        () -> {
          try {
            String reason = remove(cluster, asked, node);
            return reason.isEmpty() || reason.endsWith(node + " is not a member");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  /// Between two configurations a majority of both is needed.
  private static boolean isSettled(Cluster cluster, String leader) {
    RaftServer server = Objects.requireNonNull(cluster.log(leader).node().server());
    try {
      return server
          .getDivision(server.getGroupIds().iterator().next())
          .getRaftConf()
          .getPreviousPeers()
          .isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitOnAll(Cluster cluster, String key, long value) {
    Cluster.await(
        key + " on all nodes",
        () -> cluster.machines.values().stream().allMatch(each -> each.get(key) == value));
  }

  private static boolean toldOfItsRemoval(Cluster cluster) {
    return cluster.halts.stream()
        .anyMatch(
            halt ->
                halt instanceof LogHaltedException
                    && String.valueOf(halt.getMessage()).contains("removed"));
  }

  @Test
  void aClusterOfOneGrowsToFiveAndShrinksAgain(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "grows", 5)) {
      cluster.start("n1", alone(cluster, "n1"));
      cluster.leader();
      cluster.propose("n1", "a", 1);
      for (String node : List.of("n2", "n3", "n4", "n5")) {
        join(cluster, node, "n1"); // the member that is asked need not lead
        cluster.propose(node, node, 1);
        Cluster.await("all of it", () -> cluster.machine(node).get("a") == 1);
      }
      String first = cluster.leader();
      assertThat(cluster.status(first).members()).hasSize(5).allMatch(LogStatus.Member::voting);
      // Its votes count: two of five may be away.
      String gone = cluster.others(first).getFirst();
      String away = cluster.others(first).getLast();
      cluster.abandon(gone);
      cluster.abandon(away);
      cluster.propose(cluster.leader(), "a", 2);

      // A dead one is removed, by whichever member is asked; then with one more away three of four.
      String asked = cluster.others(cluster.leader()).getFirst();
      awaitRemoval(cluster, asked, gone); // once it was silent for long enough
      assertThat(cluster.status(cluster.leader()).members()).hasSize(4);
      assertThat(remove(cluster, asked, "n9")).contains("n9 is not a member");
      // Three of four live. Without one of those two of three would: allowed. Then no more.
      String leader = cluster.leader();
      awaitRemoval(cluster, asked, leader); // hands over first
      Cluster.await("the leader's end", () -> toldOfItsRemoval(cluster));
      assertThat(remove(cluster, asked, cluster.leader()))
          .contains("there would be no quorum")
          .contains("of the other 2 members 1 live, and 2 are needed");
      cluster.propose(asked, "a", 3);
    }
  }

  @Test
  void aRemovedNodeIsToldAndComesBackOnlyBlankAndOnlyByConsent(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "leaves", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      String node = cluster.others(leader).getFirst();
      cluster.propose(leader, "a", 1);
      awaitOnAll(cluster, "a", 1);
      cluster.stop(node);
      awaitRemoval(cluster, leader, node);
      // It knows nothing of that until it asks.
      cluster.start(node);
      Cluster.await(
          "the word",
          () -> cluster.halts.stream().anyMatch(NodeRemovedException.class::isInstance));
      assertThat(cluster.halts.getFirst())
          .hasMessageContaining("node %s was removed from cluster \"leaves\"".formatted(node))
          .hasMessageContaining("--cluster.join");
      cluster.abandon(node);
      assertThatThrownBy(() -> cluster.start(node))
          .isInstanceOf(NodeRemovedException.class)
          .hasMessageContaining("was removed");

      // Blank, but without consent.
      Checkpoints.delete(cluster.directory(node));
      cluster.halts.clear();
      cluster.start(node);
      Cluster.await("the refusal", () -> !cluster.halts.isEmpty());
      assertThat(cluster.halts.getFirst())
          .hasMessageContaining("node %s is not a member".formatted(node))
          .hasMessageContaining("--cluster.join");
      cluster.abandon(node);
      Checkpoints.delete(cluster.directory(node));
      cluster.halts.clear();
      join(cluster, node, leader);
      cluster.propose(node, "back", 1);
      assertThat(cluster.status(leader).members()).hasSize(3).allMatch(LogStatus.Member::voting);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aSurvivorGoesOnAloneAndTheOthersComeBackBlank(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "forced", 3)) {
      cluster.startAll();
      String survivor = cluster.leader();
      List<String> others = cluster.others(survivor);
      Outcome.Applied last = cluster.propose(survivor, "a", 1);
      awaitOnAll(cluster, "a", 1); // whose log holds nothing yet has lost it, for all that it knows
      try (ForcedStart _ = new ForcedStart(cluster.config(survivor).directory())) {
        throw new AssertionError("it runs");
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("stop it first");
      } catch (java.nio.channels.OverlappingFileLockException e) {
        assertThat(cluster.logs).containsKey(survivor); // the same, within one process
      }
      for (String node : cluster.logs.keySet().toArray(String[]::new)) {
        cluster.abandon(node);
      }
      try (ForcedStart forced = new ForcedStart(cluster.config(survivor).directory())) {
        assertThat(forced.plan().lastIndex()).isGreaterThanOrEqualTo(last.index());
        assertThat(forced.plan().committedIndex()).isBetween(0L, forced.plan().lastIndex());
        assertThat(forced.plan().lastLogTimeMs()).isPositive();
        assertThat(forced.plan().others()).containsExactlyInAnyOrderElementsOf(others);
        forced.carryOut(UUID::randomUUID);
      }
      Path directory = cluster.config(survivor).directory();
      assertThat(ForcedStart.untold(directory).orElseThrow())
          .contains(others)
          .contains("kept: up to entry");
      ForcedStart.told(directory);
      assertThat(ForcedStart.untold(directory)).isEmpty();
      cluster.start(survivor);
      assertThat(cluster.leader()).isEqualTo(survivor);
      Cluster.await("all that it knew", () -> cluster.machine(survivor).get("a") == 1);
      cluster.propose(survivor, "a", 2);
      assertThat(cluster.status(survivor).members()).hasSize(1);

      // An old member with what it holds: refused, and it says why.
      cluster.start(others.getFirst());
      Cluster.await("the word", () -> !cluster.halts.isEmpty());
      assertThat(cluster.halts.getFirst())
          .isInstanceOf(NodeRemovedException.class)
          .hasMessageContaining("was forced to go on from node " + survivor)
          .hasMessageContaining("--cluster.join");
      cluster.abandon(others.getFirst());
      cluster.propose(survivor, "a", 3);

      cluster.halts.clear();
      for (String node : others) {
        Checkpoints.delete(cluster.directory(node));
        join(cluster, node, survivor);
        Cluster.await("all of it", () -> cluster.machine(node).get("a") == 3);
      }
      // The votes of the new ones count, and the survivor starts again as it is.
      Cluster.await("a settled membership", () -> isSettled(cluster, survivor));
      cluster.propose(survivor, "settled", 1);
      cluster.stop(survivor);
      cluster.propose(cluster.leader(), "a", 4);
      cluster.start(survivor);
      Cluster.await("the survivor", () -> cluster.machine(survivor).get("a") == 4);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void commitsFlowThroughARollingRestart(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "roll", 3)) {
      cluster.config = it -> it; // a hand-over that fails is to cost little
      cluster.startAll();
      cluster.leader();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong longestNanos = new AtomicLong();
      AtomicLong lastNanos = new AtomicLong(System.nanoTime());
      AtomicLong committed = new AtomicLong();
      List<Thread> load = new ArrayList<>();
      for (String node : List.of("n1", "n2", "n3")) {
        Runnable propose =
            () -> {
              while (!stop.get()) {
                RatisLog log = cluster.logs.get(node);
                if (log != null
                    && log.propose(CounterMachine.set(node, 1)).join() instanceof Outcome.Applied) {
                  committed.incrementAndGet();
                  long now = System.nanoTime();
                  longestNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
                }
                LockSupport.parkNanos(10_000_000);
              }
            };
        load.add(Thread.ofPlatform().name("load-" + node).start(propose));
      }
      try {
        for (String node : List.of("n1", "n2", "n3")) {
          long before = committed.get();
          cluster.stop(node);
          cluster.start(node);
          Cluster.await(
              node + " to catch up",
              () ->
                  cluster.status(node).role() != LogStatus.Role.STARTING
                      && cluster.status(node).appliedIndex() > before
                      && committed.get() > before + 20);
        }
      } finally {
        stop.set(true);
        for (Thread each : load) {
          each.join();
        }
      }
      System.getLogger("rolling")
          .log(
              System.Logger.Level.INFO,
              "longest pause {0} ms, {1} commits",
              longestNanos.get() / 1_000_000,
              committed.get());
      // Reference: about 1 s, with the hand-over; a loaded machine may need a few elections.
      assertThat(Duration.ofNanos(longestNanos.get())).isLessThan(Duration.ofSeconds(20));
      assertThat(cluster.halts).isEmpty();
    }
  }
}
