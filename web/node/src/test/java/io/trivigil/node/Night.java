package io.trivigil.node;

import io.trivigil.alertmanager.state.Answer;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.model.Matcher;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.sim.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/// One night of three whole nodes: faults for a while, then calm, then the account.
///
/// Everything that chance decides comes from the seed. `lines` gets what happened.
final class Night extends SimNight {
  private static final long TICK_MS = 500;
  private static final Duration CHAOS = Duration.ofSeconds(35);
  private static final Duration CALM = Duration.ofSeconds(22);
  private static final Faults NETWORK =
      new Faults(6, 6, 5, 5, 0, 0, 0, 0, Duration.ZERO, Duration.ofMillis(SKEW_MS));

  private final SimConfig config;
  private final TreeSet<String> restarting = new TreeSet<>();
  private final boolean clocksOff;
  private boolean calm;

  Night(long seed, SimConfig config, Tampering tampering, Path scratch, Consumer<String> lines) {
    super(seed, 3, config, FailOpenSettings.DEFAULT, NETWORK, tampering, scratch, lines);
    this.config = config;
    this.clocksOff = seed % 6 == 5;
  }

  /// Lives through the night.
  ///
  /// @throws io.trivigil.raft.sim.SimulationFailure if anything was wrong; it names the seed
  void live() {
    cluster.nodeIds().forEach(this::open);
    tick();
    run(CHAOS);
    calm = true;
    comeToRest();
    run(CALM);
    conditions(50);
    run(CALM);
    new Account(this, config).check();
    fail();
  }

  private void tick() {
    cluster.schedule(Duration.ofMillis(TICK_MS), this::tick);
    adoptConfiguration(!calm && random.nextInt(60) == 0);
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
}
