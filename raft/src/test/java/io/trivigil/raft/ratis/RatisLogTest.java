package io.trivigil.raft.ratis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.StateMachine.Leadership;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.function.CheckedConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisLogTest {
  @Test
  void oneNodeLeadsAtOnceAndHasItsDataAfterARestart(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "solo", 1)) {
      cluster.start("n1");
      cluster.leader();
      cluster.propose("n1", "a", 1);
      cluster.propose("n1", "a", 2);
      cluster.stop("n1");

      cluster.start("n1");
      cluster.leader();
      Cluster.await("replay", () -> cluster.machine("n1").get("a") == 2);
      assertThat(cluster.propose("n1", "a", 3).answer())
          .isEqualTo("3".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void oneNodeWritesNothingForFollowers(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "solo", 1)) {
      cluster.start("n1");
      cluster.leader();
      long first = cluster.propose("n1", "a", 1).index();
      for (int i = 2; i <= 20; i++) {
        cluster.propose("n1", "a", i);
      }
      assertThat(cluster.propose("n1", "a", 21).index()).isEqualTo(first + 20);
    }
  }

  @Test
  void oneNodeLeadsOnThroughAPause(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "solo", 1)) {
      cluster.start("n1");
      cluster.leader();
      leadsOn(cluster);
      cluster.stop("n1");

      cluster.start("n1"); // its group is there before the server has started
      cluster.leader();
      leadsOn(cluster);
      assertThat(cluster.halts).isEmpty();
    }
  }

  private static void leadsOn(Cluster cluster) throws Exception {
    long term = cluster.status("n1").term();
    pause(cluster.log("n1"), TimeDuration.valueOf(30, TimeUnit.SECONDS));
    // A leader that steps down does so before it hears of the commit of what comes behind.
    assertThat(proposeAsLeader(cluster, "n1", term)).isInstanceOf(Outcome.Applied.class);
    assertThat(cluster.status("n1")).matches(it -> it.ready() && it.term() == term);
  }

  /// What Ratis' own watch does when the JVM stood still for so long.
  @SuppressWarnings("unchecked") // the field's type is known
  private static void pause(RatisLog log, TimeDuration length) throws Exception {
    Object monitor = field(requireNonNull(log.node().server()), "pauseMonitor");
    ((CheckedConsumer<TimeDuration, IOException>) field(monitor, "handler")).accept(length);
  }

  private static Object field(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return requireNonNull(field.get(of));
  }

  @Test
  void threeNodesProposeAnywhereReadTheirWritesFailOverAndRestart(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "trio", 3)) {
      cluster.startAll();
      String first = cluster.leader();
      for (String node : List.of("n1", "n2", "n3")) {
        Outcome.Applied applied = cluster.propose(node, node, 1);
        assertThat(CounterMachine.text(applied.answer())).isEqualTo("1");
        // Read your writes, on the node that was asked.
        assertThat(cluster.machine(node).get(node)).isEqualTo(1);
        assertThat(cluster.status(node).appliedIndex()).isGreaterThanOrEqualTo(applied.index());
      }
      assertThat(
              cluster
                  .log(cluster.others(first).getFirst())
                  .readIndex()
                  .get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isPositive();

      long term = cluster.status(first).term();
      assertThat(proposeAsLeader(cluster, first, term)).isInstanceOf(Outcome.Applied.class);
      assertThat(proposeAsLeader(cluster, first, term + 1)).isInstanceOf(Outcome.NotLeader.class);
      assertThat(proposeAsLeader(cluster, cluster.others(first).getFirst(), term))
          .isInstanceOf(Outcome.NotLeader.class);

      cluster.stop(first);
      String second = cluster.leader();
      assertThat(second).isNotEqualTo(first);
      cluster.propose(second, "b", 1);
      cluster.start(first);
      Cluster.await("the old leader to catch up", () -> cluster.machine(first).get("b") == 1);
      assertThat(cluster.machine(first).all()).isEqualTo(cluster.machine(second).all());

      assertThat(
              cluster
                  .log(second)
                  .transferLeadership(first)
                  .get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isTrue();
      Cluster.await("the heir", () -> cluster.status(first).ready());
      Cluster.await("the word of it", () -> lastTold(cluster, first).ready());
      Cluster.await(
          "the word of it where it was",
          () -> {
            Leadership told = lastTold(cluster, second);
            return !told.ready() && told.leaderId().equals(first);
          });
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void anEntryIsWrittenOnceAndFollowersHearOfItsCommitSoon(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "trio", 3)) {
      // Heartbeats come every 2 s, so that nobody hears of a commit by them.
      cluster.config = config -> Cluster.withElections(config, Duration.ofSeconds(4));
      cluster.startAll();
      String follower = cluster.leader().equals("n1") ? "n2" : "n1";
      cluster.propose(follower, "a", 1);
      long startNanos = System.nanoTime();
      long first = cluster.propose(follower, "a", 2).index();
      for (int i = 3; i <= 21; i++) {
        cluster.propose(follower, "a", i);
      }
      long last = cluster.propose(follower, "a", 22).index();
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      assertThat(took).isLessThan(Duration.ofSeconds(20)); // 40 by heartbeats
      // Twenty entries, and a note a second.
      assertThat(last - first).isBetween(20L, 21 + took.dividedBy(CommitNote.EVERY));
    }
  }

  @Test
  void followersHearOfWhatTheLeaderProposedThoughNothingFollows(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "trio", 3)) {
      // Heartbeats come every 2 s, so that nobody hears of a commit by them.
      cluster.config = config -> Cluster.withElections(config, Duration.ofSeconds(4));
      cluster.startAll();
      String leader = cluster.leader();
      List<String> followers = cluster.others(leader);
      cluster.propose(leader, "a", 1);
      long startNanos = System.nanoTime();
      for (int i = 2; i <= 21; i++) {
        long index = cluster.propose(leader, "a", i).index();
        for (String follower : followers) {
          cluster.log(follower).applied(index).get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
        }
      }
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      assertThat(took).isLessThan(Duration.ofSeconds(12)); // 20 by notes
    }
  }

  @Test
  void aNodeWithoutAQuorumAppliesWhatWasNotedAsCommitted(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "trio", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      for (int i = 1; i <= 10; i++) {
        cluster.propose(leader, "a", i);
      }
      long last = cluster.propose(leader, "a", 11).index();
      Cluster.await(
          "a note on every node",
          () -> cluster.logs.values().stream().allMatch(l -> l.status().committedIndex() > last));
      List.of("n1", "n2", "n3").forEach(cluster::abandon);

      cluster.start("n2"); // alone
      Cluster.await("what was committed", () -> cluster.machine("n2").get("a") == 11);
      assertThat(cluster.status("n2").ready()).isFalse();
    }
  }

  private static Leadership lastTold(Cluster cluster, String node) {
    return cluster.machine(node).leaderships.getLast();
  }

  private static Outcome proposeAsLeader(Cluster cluster, String node, long term) throws Exception {
    return cluster
        .log(node)
        .proposeAsLeader(term, CounterMachine.set("led", 1))
        .get(Cluster.PATIENCE_S, TimeUnit.SECONDS);
  }

  @Test
  void manyCommandsTravelTogetherAndTheLargestFits(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "load", 3)) {
      cluster.limits = LogLimits.DEFAULT;
      cluster.startAll();
      String leader = cluster.leader();
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        all.add(cluster.log(leader).propose(CounterMachine.set("k" + i, 1)));
      }
      for (CompletableFuture<Outcome> one : all) {
        assertThat(one.get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
            .isInstanceOf(Outcome.Applied.class);
      }
      assertThat(cluster.log(leader).metrics().entriesApplied()).isLessThan(500);

      byte[] largest = padded("big=1", cluster.limits.maxCommandBytes());
      assertThat(
              cluster
                  .log(cluster.others(leader).getFirst())
                  .propose(largest)
                  .get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Applied.class);
      assertThat(
              cluster
                  .log(leader)
                  .propose(padded("big=2", cluster.limits.maxCommandBytes() + 1))
                  .get())
          .isInstanceOf(Outcome.Rejected.class);
      assertThat(cluster.halts).isEmpty();
    }
  }

  /// The heap is small because they do: `docs/adr/0026-what-of-the-jvm-is-resident.md`.
  @Test
  void entriesOfAFullSegmentLeaveMemoryThoughNoOtherBecomesFull(@TempDir Path root)
      throws Exception {
    try (Cluster cluster = new Cluster(root, "solo", 1)) {
      cluster.limits = LogLimits.DEFAULT.withRest(1L << 40, Duration.ofHours(1)); // nothing goes
      cluster.start("n1");
      cluster.leader();
      // At once: so it is full before it is applied.
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int written = 0; written < RatisSettings.cacheBytes(cluster.limits) * 3 / 4; ) {
        byte[] command = padded("k=" + written, 1 << 20);
        all.add(cluster.log("n1").propose(command));
        written += command.length;
      }
      for (CompletableFuture<Outcome> one : all) {
        assertThat(one.get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
            .isInstanceOf(Outcome.Applied.class);
      }
      Cluster.await("one to be full", () -> fullSegments(root) > 0);
      RaftServer.Division division =
          (RaftServer.Division) field(cluster.log("n1").node(), "division");
      Object cache = field(division.getRaftLog(), "cache");
      Cluster.await("it to leave memory", () -> fullSegmentsInMemory(cache) == 0);
    }
  }

  private static long fullSegmentsInMemory(Object cache) {
    try {
      Method number = cache.getClass().getDeclaredMethod("getCachedSegmentNum");
      number.setAccessible(true);
      return (long) requireNonNull(number.invoke(cache));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static long fullSegments(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+")).count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // a file was renamed meanwhile
    }
  }

  static byte[] padded(String command, int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) ' ');
    byte[] text = command.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    System.arraycopy(text, 0, bytes, 0, text.length);
    return bytes;
  }
}
