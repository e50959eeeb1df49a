package io.trivigil.raft.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.Entry;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A thousand nights. One of them again: `-Dsim.seed=17`, with what happened on standard output.
class SimulationTest {
  private static final long START_MS = 1_700_000_000_000L;
  private static final int SEEDS = 1_000;

  private record Proposal(String command, CompletableFuture<Outcome> outcome) {}

  /// What one night, or many, came to.
  private static final class Tally {
    final Map<String, Integer> outcomes = new TreeMap<>();
    final Map<String, Integer> events = new TreeMap<>();
    final Map<String, Integer> reads = new TreeMap<>();

    void outcome(String kind) {
      outcomes.merge(kind, 1, Integer::sum);
    }

    void event(String line) {
      for (String kind :
          List.of(
              "crashes", "installs", "duplicate", "partition", "steps down", "leads", "wrote")) {
        if (line.contains(kind)) {
          events.merge(kind, 1, Integer::sum);
        }
      }
    }
  }

  @Test
  void aThousandSeedsKeepEveryPromise(@TempDir Path scratch) {
    Tally tally = new Tally();
    Long one = Long.getLong("sim.seed");
    if (one != null) {
      night(one, scratch, LedgerMachine::new, tally, true);
      return;
    }
    for (long seed = 0; seed < SEEDS; seed++) {
      night(seed, scratch, LedgerMachine::new, tally, false);
    }
    // Nothing passes because nothing happened.
    assertThat(tally.outcomes).containsOnlyKeys("Applied", "NotLeader", "Unknown", "never");
    assertThat(tally.outcomes.values()).allMatch(count -> count > SEEDS);
    assertThat(tally.reads).containsOnlyKeys("seen", "refused");
    assertThat(tally.reads.values()).allMatch(count -> count > SEEDS);
    assertThat(tally.events)
        .containsOnlyKeys(
            "crashes", "installs", "duplicate", "partition", "steps down", "leads", "wrote");
    assertThat(tally.events.values()).allMatch(count -> count > SEEDS / 10);
  }

  private static void night(
      long seed,
      Path scratch,
      Function<LedgerMachine.Disk, LedgerMachine> machines,
      Tally tally,
      boolean aloud) {
    Map<String, LedgerMachine.Disk> disks = new HashMap<>();
    Function<String, LedgerMachine> factory =
        id -> machines.apply(disks.computeIfAbsent(id, _ -> new LedgerMachine.Disk()));
    SimulatedCluster cluster =
        new SimulatedCluster(
            seed, 3, scratch.resolve("seed-" + seed), factory::apply, new SimulatedClock(START_MS));
    cluster.watchState(machine -> ((LedgerMachine) machine).hash());
    cluster.traceTo(
        line -> {
          tally.event(line);
          if (aloud) {
            System.out.println(line);
          }
        });
    List<Proposal> proposals = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int number = i;
      cluster.schedule(
          Duration.ofMillis(300 + 130L * i), () -> proposeSome(cluster, number, proposals, tally));
    }
    cluster.runFor(Duration.ofSeconds(9));
    cluster.settle();
    try {
      check(cluster, proposals, tally);
    } catch (AssertionError e) {
      throw new AssertionError("seed=%d: %s".formatted(seed, e.getMessage()), e);
    }
  }

  private static void read(Tally tally, @Nullable Throwable failure) {
    tally.reads.merge(failure == null ? "seen" : "refused", 1, Integer::sum);
  }

  private static void proposeSome(
      SimulatedCluster cluster, int number, List<Proposal> proposals, Tally tally) {
    for (String node : cluster.nodeIds()) {
      if (!cluster.alive(node)) {
        continue;
      }
      var _ = cluster.log(node).linearizable().whenComplete((_, failure) -> read(tally, failure));
      String command = node + "-any-" + number;
      proposals.add(new Proposal(command, cluster.log(node).propose(bytes(command))));
      LedgerMachine machine = (LedgerMachine) cluster.machine(node);
      if (machine.leadership().ready()) {
        String led = node + "-led-" + number;
        long term = machine.leadership().term();
        proposals.add(new Proposal(led, cluster.log(node).proposeAsLeader(term, bytes(led))));
      }
    }
  }

  private static void check(SimulatedCluster cluster, List<Proposal> proposals, Tally tally) {
    for (Proposal proposal : proposals) {
      String command = proposal.command();
      for (String node : cluster.nodeIds()) {
        String effect = ((LedgerMachine) cluster.machine(node)).effect(command);
        assertThat(effect).as("effect of %s on %s", command, node).matches("|[0-9]+\\*1");
        if (!proposal.outcome().isDone()) {
          continue; // its node died
        }
        switch (proposal.outcome().join()) {
          case Outcome.Applied(long index, byte[] answer) -> {
            assertThat(effect).as("acknowledged %s on %s", command, node).isNotEmpty();
            assertThat(effect).isEqualTo(new String(answer, StandardCharsets.UTF_8));
            assertThat(index).isGreaterThanOrEqualTo(Long.parseLong(effect.split("\\*")[0]));
          }
          case Outcome.NotLeader _, Outcome.Rejected _ ->
              assertThat(effect).as("refused %s on %s", command, node).isEmpty();
          case Outcome.Unknown _ -> {}
        }
      }
      tally.outcome(
          proposal.outcome().isDone()
              ? proposal.outcome().join().getClass().getSimpleName()
              : "never");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theSameSeedIsTheSameNight(@TempDir Path scratch) {
    List<String> first = story(7, scratch.resolve("first"));
    assertThat(story(7, scratch.resolve("second"))).isEqualTo(first).hasSizeGreaterThan(10);
    assertThat(story(8, scratch.resolve("third"))).isNotEqualTo(first);
  }

  private static List<String> story(long seed, Path scratch) {
    List<String> lines = new ArrayList<>();
    Map<String, LedgerMachine.Disk> disks = new HashMap<>();
    SimulatedCluster cluster =
        new SimulatedCluster(
            seed,
            3,
            scratch,
            id -> new LedgerMachine(disks.computeIfAbsent(id, _ -> new LedgerMachine.Disk())),
            new SimulatedClock(START_MS));
    cluster.traceTo(lines::add);
    List<Proposal> proposals = new ArrayList<>();
    cluster.schedule(Duration.ofSeconds(2), () -> proposeSome(cluster, 1, proposals, new Tally()));
    cluster.runFor(Duration.ofSeconds(20));
    lines.add(cluster.log("n1").status().toString());
    return lines;
  }

  @Test
  void aFriendlyClusterElectsProposesTransfersAndReads(@TempDir Path scratch) {
    Map<String, LedgerMachine.Disk> disks = new HashMap<>();
    SimulatedCluster cluster =
        new SimulatedCluster(
            1,
            3,
            scratch,
            id -> new LedgerMachine(disks.computeIfAbsent(id, _ -> new LedgerMachine.Disk())),
            new SimulatedClock(START_MS),
            LogLimits.DEFAULT,
            Faults.NONE);
    assertThat(
            cluster.runUntil(
                () -> cluster.nodeIds().stream().anyMatch(n -> cluster.log(n).status().ready()),
                Duration.ofSeconds(5)))
        .isTrue();
    CompletableFuture<Outcome> outcome = cluster.log("n2").propose(bytes("hello"));
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(outcome.join()).isInstanceOf(Outcome.Applied.class);
    CompletableFuture<Long> read = cluster.log("n3").readIndex();
    CompletableFuture<Boolean> handed = cluster.log("n1").transferLeadership("");
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(read.join()).isEqualTo(((Outcome.Applied) outcome.join()).index());
    assertThat(handed.join()).isTrue();
    cluster.settle();
  }

  // ---- broken machines are caught ----

  @Test
  void aCommandThatTakesEffectTwiceIsCaught(@TempDir Path scratch) {
    assertCaught(
        scratch,
        disk ->
            new LedgerMachine(disk) {
              @Override
              protected String take(String command, Entry entry) {
                String before = effects.getOrDefault(command, entry.index() + "*0");
                String[] parts = before.split("\\*");
                String effect = parts[0] + "*" + (Integer.parseInt(parts[1]) + 1);
                effects.put(command, effect);
                hash = 31 * hash + command.hashCode() + entry.index();
                return effect;
              }
            },
        "effect of");
  }

  @Test
  void aMachineThatLooksAroundIsCaught(@TempDir Path scratch) {
    assertCaught(
        scratch,
        disk ->
            new LedgerMachine(disk) {
              @Override
              protected String take(String command, Entry entry) {
                hash += leadership().ready() ? 1 : 0;
                return super.take(command, entry);
              }
            },
        "differs at index");
  }

  @Test
  void aCaptureThatGoesOnChangingIsCaught(@TempDir Path scratch) {
    assertCaught(
        scratch,
        disk ->
            new LedgerMachine(disk) {
              @Override
              protected java.util.Map<String, String> captured() {
                return effects;
              }
            },
        "seed=");
  }

  @Test
  void aReadOfOldDataIsCaught(@TempDir Path scratch) {
    Map<String, LedgerMachine.Disk> disks = new HashMap<>();
    SimulatedCluster cluster =
        new SimulatedCluster(
            3,
            3,
            scratch,
            id -> new LedgerMachine(disks.computeIfAbsent(id, _ -> new LedgerMachine.Disk())),
            new SimulatedClock(START_MS),
            LogLimits.DEFAULT,
            Faults.NONE);
    cluster.runFor(Duration.ofSeconds(3));
    String old = cluster.leaderId();
    cluster.partition(List.of(old));
    assertThat(
            cluster.runUntil(
                () -> !cluster.leaderId().equals(old) && !cluster.leaderId().isEmpty(),
                Duration.ofSeconds(5)))
        .isTrue();
    CompletableFuture<Outcome> outcome = cluster.log(cluster.leaderId()).propose(bytes("new"));
    cluster.runFor(Duration.ofMillis(100));
    long committed = ((Outcome.Applied) outcome.join()).index();
    SimulatedNode cutOff = cluster.node(old);
    long stale = cutOff.position().index();
    assertThat(stale).isLessThan(committed);
    // What a broken linearizable read would answer there.
    assertThatThrownBy(() -> cluster.invariants().read(cutOff, committed, stale))
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("old data");
    CompletableFuture<Long> read = cluster.log(old).linearizable();
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(read).isCompletedExceptionally();
  }

  private static void assertCaught(
      Path scratch, Function<LedgerMachine.Disk, LedgerMachine> broken, String message) {
    assertThatThrownBy(
            () -> {
              for (long seed = 0; seed < 50; seed++) {
                night(seed, scratch, broken, new Tally(), false);
              }
            })
        .hasMessageContaining(message)
        .hasMessageContaining("seed=");
  }
}
