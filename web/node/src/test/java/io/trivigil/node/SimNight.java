package io.trivigil.node;

import io.trivigil.config.version.ConfigCommand;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.sim.Faults;
import io.trivigil.raft.sim.SimulatedClock;
import io.trivigil.raft.sim.SimulatedCluster;
import io.trivigil.storage.page.MemoryPageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What every simulated night has: whole nodes with their disks, targets, receivers and clients. A
/// subclass says what happens.
///
/// Everything that chance decides comes from the seed. `lines` gets what happened.
abstract class SimNight {
  /// How far each clock is off at most in nights within the bound, ms.
  static final long SKEW_MS = 400;

  private static final long START_MS = 1_700_000_000_000L;

  /// A sample that a client was told is stored.
  record Acknowledged(Labels labels, long atMs, double value, long writtenMs) {}

  final SplittableRandom random;
  final Watch watch;
  final SimWorld world;
  final SimulatedCluster cluster;
  final Map<String, MemoryPageStore> disks = new HashMap<>();
  final TreeMap<String, Integer> faults = new TreeMap<>();
  final TreeSet<String> silences = new TreeSet<>();
  final Consumer<String> lines;
  private final SimConfig config;
  private final Tampering tampering;
  private final FailOpenSettings failOpen;
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private int written;

  SimNight(
      long seed,
      int size,
      SimConfig config,
      FailOpenSettings failOpen,
      Faults network,
      Tampering tampering,
      Path scratch,
      Consumer<String> lines) {
    this.config = config;
    this.failOpen = failOpen;
    this.tampering = tampering;
    this.lines = lines;
    this.random = new SplittableRandom(seed ^ 0x5eed);
    SimulatedClock clock = new SimulatedClock(START_MS);
    this.watch = new Watch(clock, config, lines);
    this.cluster =
        new SimulatedCluster(seed, size, scratch, this::start, clock, LogLimits.DEFAULT, network);
    this.world = new SimWorld(cluster, watch, random.split());
    cluster.traceTo(lines);
    cluster.watchState(machine -> ((WatchedMachine) machine).hash());
  }

  private StateMachine start(String id) {
    MemoryPageStore disk = disks.get(id);
    if (disk == null) {
      disk = new MemoryPageStore();
      disks.put(id, disk);
    } else {
      disk.crash();
    }
    return new WatchedMachine(new SimNode(id, config, failOpen, tampering, disk), tampering, watch);
  }

  SimulatedCluster cluster() {
    return cluster;
  }

  Watch watch() {
    return watch;
  }

  SimWorld world() {
    return world;
  }

  List<Acknowledged> acknowledged() {
    return acknowledged;
  }

  Set<String> silences() {
    return silences;
  }

  /// Whether something may have been said that nobody alive knows of.
  boolean somethingIsForgotten() {
    return false;
  }

  /// Whether nodes may have said the same apart from each other.
  boolean somethingIsRepeated() {
    return false;
  }

  /// How often each kind of fault happened.
  Map<String, Integer> faults() {
    return faults;
  }

  SimNode node(String id) {
    return ((WatchedMachine) cluster.machine(id)).node();
  }

  void run(Duration time) {
    boolean violated = cluster.runUntil(() -> watch.violation().isPresent(), time);
    if (violated) {
      fail();
    }
  }

  void fail() {
    watch
        .violation()
        .ifPresent(
            what -> {
              throw cluster.failed(what);
            });
  }

  void open(String id) {
    if (!node(id).isOpen()) {
      node(id).open(cluster, world, random.nextLong());
    }
  }

  /// Starts the dead, wakes who stands still, connects all, and waits until every node has all.
  void comeToRest() {
    world.calm();
    watch.fault();
    for (String id : cluster.nodeIds()) {
      cluster.goOn(id);
      cluster.restart(id);
      open(id);
      cluster.skew(id, Math.clamp(cluster.skewMs(id), -SKEW_MS, SKEW_MS));
    }
    cluster.settle();
    fail();
    watch.fault();
  }

  String anyNode() {
    return "n" + random.nextInt(1, cluster.nodeIds().size() + 1);
  }

  void conditions(int percent) {
    for (String condition : SimWorld.CONDITIONS) {
      for (String target : SimWorld.TARGETS) {
        if (random.nextInt(100) < percent) {
          boolean holds = !world.holds(condition, target);
          world.set(condition, target, holds);
          lines.accept("%s of %s: %b".formatted(condition, target, holds));
        }
      }
    }
  }

  @Nullable SimNode someNode() {
    String id = anyNode();
    return cluster.responds(id) && node(id).isOpen() ? node(id) : null;
  }

  /// Adopts a configuration where there is none, and another if `again`.
  void adoptConfiguration(boolean again) {
    SimNode node = someNode();
    if (node != null) {
      long number = node.machine().config().view().number();
      if (number == 0 || again) {
        byte[] adopt = new ConfigCommand.Adopt(number, "night", "h" + number, new byte[0]).encode();
        var _ = node.log().propose(Domain.CONFIG.wrap(adopt));
      }
    }
  }

  /// A client writes a few samples.
  void write() {
    SimNode node = someNode();
    if (node == null) {
      return;
    }
    SampleBatch batch = new SampleBatch();
    List<Acknowledged> promised = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      written++;
      Labels labels = Labels.of("__name__", "written", "i", "" + written % 7);
      long nowMs = cluster.clock().millis();
      long atMs = nowMs + written;
      batch.add(labels, atMs, written);
      promised.add(new Acknowledged(labels, atMs, written, nowMs));
    }
    var _ =
        node.proposals()
            .write(new WriteCommand.Write(Long.MIN_VALUE, Long.MAX_VALUE, batch))
            .thenAccept(
                outcome -> {
                  if (outcome instanceof WriteOutcome.Answered(long _, WriteAnswer answer)
                      && answer instanceof WriteAnswer.Written) {
                    acknowledged.addAll(promised);
                  }
                });
  }
}
