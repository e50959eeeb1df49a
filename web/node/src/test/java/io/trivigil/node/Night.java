package io.trivigil.node;

import io.trivigil.alertmanager.state.Answer;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.Outcome;
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
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One night of three whole nodes: faults for a while, then calm, then the account.
///
/// Everything that chance decides comes from the seed. `lines` gets what happened.
final class Night {
  /// How far each clock is off at most in nights within the bound, ms.
  static final long SKEW_MS = 400;

  private static final long START_MS = 1_700_000_000_000L;
  private static final long TICK_MS = 500;
  private static final Duration CHAOS = Duration.ofSeconds(35);
  private static final Duration CALM = Duration.ofSeconds(22);
  private static final Faults NETWORK =
      new Faults(6, 6, 5, 5, 0, 0, 0, 0, Duration.ZERO, Duration.ofMillis(SKEW_MS));

  /// A sample that a client was told is stored.
  record Acknowledged(Labels labels, long atMs, double value) {}

  private final long seed;
  private final SimConfig config;
  private final Tampering tampering;
  private final SplittableRandom random;
  private final Watch watch;
  private final SimWorld world;
  private final SimulatedCluster cluster;
  private final Map<String, MemoryPageStore> disks = new HashMap<>();
  private final TreeSet<String> restarting = new TreeSet<>();
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private final TreeSet<String> silences = new TreeSet<>();
  private final TreeMap<String, Integer> faults = new TreeMap<>();
  private final boolean clocksOff;
  private final Consumer<String> lines;
  private boolean calm;
  private int written;

  Night(long seed, SimConfig config, Tampering tampering, Path scratch, Consumer<String> lines) {
    this.seed = seed;
    this.config = config;
    this.tampering = tampering;
    this.lines = lines;
    this.random = new SplittableRandom(seed ^ 0x5eed);
    this.clocksOff = seed % 6 == 5;
    SimulatedClock clock = new SimulatedClock(START_MS);
    this.watch = new Watch(clock, config, lines);
    this.cluster =
        new SimulatedCluster(seed, 3, scratch, this::start, clock, LogLimits.DEFAULT, NETWORK);
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
    return new WatchedMachine(new SimNode(id, config, tampering, disk), tampering, watch);
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

  /// How often each kind of fault happened.
  Map<String, Integer> faults() {
    return faults;
  }

  SimNode node(String id) {
    return ((WatchedMachine) cluster.machine(id)).node();
  }

  /// Lives through the night.
  ///
  /// @throws io.trivigil.raft.sim.SimulationFailure if anything was wrong; it names the seed
  void live() {
    cluster.nodeIds().forEach(this::open);
    tick();
    run(CHAOS);
    comeToRest();
    run(CALM);
    conditions(50);
    run(CALM);
    new Account(this, config).check();
    fail();
  }

  private void run(Duration time) {
    boolean violated = cluster.runUntil(() -> watch.violation().isPresent(), time);
    if (violated) {
      fail();
    }
  }

  private void fail() {
    watch
        .violation()
        .ifPresent(
            what -> {
              throw cluster.failed(what);
            });
  }

  private void open(String id) {
    if (!node(id).isOpen()) {
      node(id).open(cluster, world, random.nextLong());
    }
  }

  private void comeToRest() {
    calm = true;
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

  private void tick() {
    cluster.schedule(Duration.ofMillis(TICK_MS), this::tick);
    adoptConfiguration();
    if (!calm || random.nextInt(4) == 0) {
      write();
    }
    if (calm) {
      return;
    }
    for (String id : cluster.nodeIds()) {
      if (!cluster.alive(id) && restarting.add(id)) {
        cluster.schedule(Duration.ofMillis(random.nextLong(100, 5_000)), () -> restart(id));
      }
    }
    if (random.nextInt(100) < 25) {
      fault();
    }
    conditions(4);
    if (random.nextInt(100) < 3) {
      silence();
    }
  }

  private void restart(String id) {
    restarting.remove(id);
    if (!cluster.alive(id)) {
      cluster.restart(id);
      open(id);
    }
  }

  private String anyNode() {
    return "n" + random.nextInt(1, 4);
  }

  private void fault() {
    String victim = anyNode();
    String kind = breakSomething(victim, random.nextInt(100));
    faults.merge(kind, 1, Integer::sum);
    watch.fault();
  }

  private String breakSomething(String victim, int dice) {
    if (dice < 15) {
      cluster.crash(victim);
      return "crash";
    } else if (dice < 20) {
      return wipe(victim);
    } else if (dice < 30) {
      cluster.partition(List.of(victim));
      later(200, 6_000, cluster::heal);
      return "partition";
    } else if (dice < 38) {
      cluster.cut(victim, anyNode());
      later(200, 6_000, cluster::heal);
      return "one-way cut";
    } else if (dice < 50) {
      cluster.pause(victim);
      later(300, 8_000, () -> cluster.goOn(victim));
      return "pause";
    } else if (dice < 62) {
      return cluster.depose() ? "depose" : "none";
    } else if (dice < 76) {
      cluster.snapshot(victim);
      return "snapshot";
    } else if (dice < 80) {
      cluster.diskFull(victim, true);
      later(1_000, 10_000, () -> cluster.diskFull(victim, false));
      return "full disk";
    } else if (dice < 84) {
      return setClock(victim);
    } else {
      String target = SimWorld.TARGETS.get(random.nextInt(3));
      world.mood(target, SimWorld.MOODS.get(random.nextInt(SimWorld.MOODS.size())));
      later(1_000, 9_000, () -> world.mood(target, SimWorld.Mood.GOOD));
      return "target";
    }
  }

  private void later(long leastMs, long mostMs, Runnable repair) {
    cluster.schedule(
        Duration.ofMillis(random.nextLong(leastMs, mostMs)),
        () -> {
          watch.fault();
          repair.run();
        });
  }

  /// Only where the others can go on and nothing else was wiped before: two wiped disks of three
  /// are beyond what a quorum can bear.
  private String wipe(String victim) {
    boolean othersLive =
        cluster.nodeIds().stream()
            .allMatch(id -> id.equals(victim) || (cluster.responds(id) && hasAll(id)));
    if (!othersLive || cluster.leaderId().isEmpty()) {
      return "none";
    }
    cluster.crash(victim);
    cluster.wiped(victim);
    disks.remove(victim);
    return "wiped disk";
  }

  private boolean hasAll(String id) {
    return node(id).machine().recovered().index() >= 0;
  }

  private String setClock(String victim) {
    long mostMs = clocksOff ? 4_000 : SKEW_MS;
    if (clocksOff) {
      watch.clocksAreOff();
    }
    cluster.skew(victim, random.nextLong(-mostMs, mostMs + 1));
    return clocksOff ? "clock beyond the bound" : "clock";
  }

  private void conditions(int percent) {
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

  // ---- clients ----

  private @Nullable SimNode someNode() {
    String id = anyNode();
    return cluster.responds(id) && node(id).isOpen() ? node(id) : null;
  }

  private void adoptConfiguration() {
    SimNode node = someNode();
    if (node != null) {
      long number = node.machine().config().view().number();
      if (number == 0 || (!calm && random.nextInt(60) == 0)) {
        byte[] adopt = new ConfigCommand.Adopt(number, "night", "h" + number, new byte[0]).encode();
        var _ = node.log().propose(Domain.CONFIG.wrap(adopt));
      }
    }
  }

  private void write() {
    SimNode node = someNode();
    if (node == null) {
      return;
    }
    SampleBatch batch = new SampleBatch();
    List<Acknowledged> promised = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      written++;
      Labels labels = Labels.of("__name__", "written", "i", "" + written % 7);
      long atMs = cluster.clock().millis() + written;
      batch.add(labels, atMs, written);
      promised.add(new Acknowledged(labels, atMs, written));
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

  private void silence() {
    SimNode node = someNode();
    if (node == null) {
      return;
    }
    long nowMs = cluster.clock().millis();
    String id = "silence-" + nowMs;
    Silence silence =
        new Silence(
            id,
            List.of(new Silence.Condition("alertname", Matcher.Op.EQUALS, "Quiet")),
            nowMs,
            nowMs + random.nextLong(8_000, 25_000),
            nowMs,
            "me",
            "sleep",
            0);
    byte[] set = CommandCodec.encode(new Command.SilenceSet(silence, 0, Optional.empty()));
    lines.accept("silence " + id + " until " + silence.endsMs());
    var _ =
        node.log()
            .propose(Domain.ALERTMANAGER.wrap(set))
            .thenAccept(
                outcome -> {
                  if (outcome instanceof Outcome.Applied(long _, byte[] answer)
                      && Answer.decode(answer) instanceof Answer.Accepted) {
                    silences.add(id);
                  }
                });
  }

  @Override
  public String toString() {
    return "night " + seed;
  }
}
