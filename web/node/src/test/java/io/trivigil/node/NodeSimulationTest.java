package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.raft.Entry;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.sim.SimulatedClock;
import io.trivigil.raft.sim.SimulatedCluster;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three whole nodes over the hostile log: random commands of every domain, crashes that lose what
/// was not flushed, partitions, two believed leaders, duplicates. Equal state at equal index on all
/// nodes, and nothing acknowledged is lost. A failure names its seed; `-Dsim.seed=17` plays one
/// night again.
class NodeSimulationTest {
  private static final long START_MS = 1_700_000_000_000L;
  private static final int SEEDS = 1_000;
  private static final int ROUNDS = 25;

  private record Proposal(RandomCommands.Planned planned, CompletableFuture<Outcome> outcome) {}

  /// One simulated node's disk and what stands on it.
  private static final class Disk {
    private final MemoryPageStore pages = new MemoryPageStore();
    private boolean used;

    NodeMachine open() {
      if (used) {
        pages.crash();
      }
      used = true;
      return new NodeMachine(Storage.open(StorageConfig.inMemory(), pages), new Deaf());
    }
  }

  /// Nobody listens: the leader's work is not part of this.
  private int acknowledged;

  private int late;

  @Test
  void wholeNodesAgreeAtEveryIndexAndLoseNothing(@TempDir Path scratch) {
    Long one = Long.getLong("sim.seed");
    if (one != null) {
      night(one, scratch);
      return;
    }
    for (long seed = 0; seed < SEEDS; seed++) {
      night(seed, scratch.resolve("" + seed));
    }
    assertThat(acknowledged)
        .as("commands that were acknowledged, or nothing was tested")
        .isGreaterThan(SEEDS * ROUNDS);
    assertThat(late).as("samples that were taken out of order").isGreaterThan(SEEDS / 10);
  }

  private void night(long seed, Path scratch) {
    night(seed, scratch, (_, machine) -> machine);
  }

  /// The node behind a machine that may have been tampered with.
  private static NodeMachine node(StateMachine machine) {
    return machine instanceof Tampered tampered ? tampered.node() : (NodeMachine) machine;
  }

  /// A node whose entries are changed before it sees them.
  private record Tampered(NodeMachine node, UnaryOperator<Entry> change) implements StateMachine {
    @Override
    public Position recovered() {
      return node.recovered();
    }

    @Override
    public List<byte[]> apply(Entry entry) {
      Entry changed = change.apply(entry);
      List<byte[]> answers = new ArrayList<>(node.apply(changed));
      while (answers.size() < entry.commands().size()) {
        answers.add(new byte[0]);
      }
      return answers.subList(0, entry.commands().size());
    }

    @Override
    public Capture capture() {
      return node.capture();
    }

    @Override
    public Position writeCheckpoint(Path directory) throws IOException {
      return node.writeCheckpoint(directory);
    }

    @Override
    public Position install(Path directory) throws IOException {
      return node.install(directory);
    }

    @Override
    public void onLeadership(Leadership leadership) {
      node.onLeadership(leadership);
    }
  }

  private void assertCaught(Path scratch, UnaryOperator<Entry> change) {
    assertThatThrownBy(
            () -> {
              for (long seed = 0; seed < 20; seed++) {
                night(
                    seed,
                    scratch.resolve("" + seed),
                    (id, node) -> id.equals("n2") ? new Tampered(node, change) : node);
              }
            })
        .hasMessageContaining("differ")
        .hasMessageContaining("seed=");
  }

  @Test
  void nodeThatMissesACommandIsCaught(@TempDir Path scratch) {
    assertCaught(
        scratch,
        entry ->
            entry.index() % 40 == 0
                ? new Entry(entry.index(), entry.term(), entry.logTimeMs(), List.of())
                : entry);
  }

  @Test
  void nodeWithAClockOfItsOwnIsCaught(@TempDir Path scratch) {
    assertCaught(
        scratch,
        entry -> new Entry(entry.index(), entry.term(), entry.logTimeMs() + 1, entry.commands()));
  }

  private void night(
      long seed, Path scratch, BiFunction<String, NodeMachine, StateMachine> machines) {
    Map<String, Disk> disks = new HashMap<>();
    SimulatedCluster cluster =
        new SimulatedCluster(
            seed,
            3,
            scratch,
            id -> machines.apply(id, disks.computeIfAbsent(id, _ -> new Disk()).open()),
            new SimulatedClock(START_MS));
    cluster.watchState(NodeSimulationTest::stateHash);
    RandomCommands commands = new RandomCommands(new Random(seed), START_MS);
    List<Proposal> proposals = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      cluster.schedule(
          Duration.ofMillis(400 + 200L * round), () -> propose(cluster, commands, proposals));
    }
    cluster.runFor(Duration.ofSeconds(7));
    cluster.settle();
    try {
      check(cluster, proposals);
    } catch (AssertionError e) {
      throw new AssertionError("seed=%d: %s".formatted(seed, e.getMessage()), e);
    }
  }

  private static void propose(
      SimulatedCluster cluster, RandomCommands commands, List<Proposal> proposals) {
    for (String node : cluster.nodeIds()) {
      if (cluster.alive(node)) {
        RandomCommands.Planned planned =
            commands.next(node(cluster.machine(node)), cluster.clock(node).millis());
        proposals.add(new Proposal(planned, cluster.log(node).propose(planned.command())));
      }
    }
  }

  /// All machines' state at every entry; the samples too, now and then, since that reads them all.
  private static long stateHash(StateMachine machine) {
    NodeMachine node = node(machine);
    long[] hash = {17};
    node.sections()
        .forEach(
            (domain, sections) ->
                sections.forEach(
                    (name, bytes) ->
                        hash[0] =
                            31 * (31 * hash[0] + (domain + name).hashCode())
                                + Arrays.hashCode(bytes)));
    return hash[0] % 8 == 0 ? 31 * hash[0] + node.storage().checksum() : hash[0];
  }

  private void check(SimulatedCluster cluster, List<Proposal> proposals) {
    List<Long> checksums =
        cluster.nodeIds().stream()
            .map(id -> node(cluster.machine(id)).storage().checksum())
            .distinct()
            .toList();
    assertThat(checksums).as("checksums of the samples on three nodes").hasSize(1);
    for (Proposal proposal : proposals) {
      if (proposal.outcome().isDone()
          && proposal.outcome().join() instanceof Outcome.Applied(long _, byte[] answer)) {
        acknowledged++;
        for (RandomCommands.Written written : proposal.planned().writtenIf(answer)) {
          late += written.late() ? 1 : 0;
          for (String id : cluster.nodeIds()) {
            assertThat(has(node(cluster.machine(id)), written))
                .as("%s has acknowledged %s", id, written)
                .isTrue();
          }
        }
      }
    }
  }

  private static boolean has(NodeMachine node, RandomCommands.Written written) {
    try (Querier querier = node.storage().open()) {
      List<Matcher> matchers = new ArrayList<>();
      Labels labels = written.labels();
      labels.forEach((name, value) -> matchers.add(Matcher.equal(name, value)));
      SampleBuffer samples = new SampleBuffer();
      Querier.Hints hints =
          new Querier.Hints(written.timestampMs(), written.timestampMs(), 0, 0, "");
      for (Querier.Series series : querier.select(hints, matchers)) {
        if (series.labels().equals(labels)) {
          series.read(written.timestampMs(), written.timestampMs(), samples);
        }
      }
      return samples.size() == 1
          && Double.doubleToRawLongBits(samples.value(0))
              == Double.doubleToRawLongBits(written.value());
    }
  }
}
