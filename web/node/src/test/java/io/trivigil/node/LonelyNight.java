package io.trivigil.node;

import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.node.failopen.MergeSettings;
import io.trivigil.raft.sim.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;

/// One night in which the quorum is lost a few times, or a node alone loses sight of it, while
/// alerts come and go: then calm, then the account.
final class LonelyNight extends SimNight {
  /// After how long a node fails open.
  static final Duration AFTER = FailOpenSettings.SHORTEST;

  private static final FailOpenSettings SETTINGS =
      new FailOpenSettings(
          AFTER,
          Duration.ofSeconds(4),
          64 << 20,
          200_000,
          // Two or three scrapes a command, so that merging takes a while.
          MergeSettings.DEFAULT.withChunkBytes(600));
  private static final long TICK_MS = 500;
  private static final int TIMES = 3;
  private static final Duration CALM = Duration.ofSeconds(25);

  // Nothing of the log's is broken but by the script: what is told twice by accident is another
  // test's.
  private static final Faults NETWORK =
      new Faults(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ofMillis(SKEW_MS));

  private final SimConfig config;
  private final LonelyWatch lonely;
  private boolean changing = true;

  LonelyNight(
      long seed, SimConfig config, Tampering tampering, Path scratch, Consumer<String> lines) {
    super(seed, seed % 4 == 3 ? 5 : 3, config, SETTINGS, NETWORK, tampering, scratch, lines);
    this.config = config;
    this.lonely = new LonelyWatch(this);
    watch.alone(lonely);
    world.kind();
  }

  @Override
  boolean somethingIsForgotten() {
    return lonely.somebodyDied();
  }

  @Override
  boolean somethingIsRepeated() {
    return lonely.anythingIsRepeated();
  }

  LonelyWatch lonely() {
    return lonely;
  }

  /// Lives through the night.
  ///
  /// @throws io.trivigil.raft.sim.SimulationFailure if anything was wrong; it names the seed
  void live() {
    cluster.nodeIds().forEach(this::open);
    byte[] found =
        new ConfigCommand.Found(
                new ClusterSettings(
                    NodeOptions.PARTITION.toMillis(),
                    FeatureLevel.NEWEST.number(),
                    cluster.clock().millis()))
            .encode();
    cluster.runFor(Duration.ofSeconds(3));
    var _ = node("n1").log().propose(Domain.CONFIG.wrap(found));
    tick();
    look();
    for (int i = 0; i < TIMES; i++) {
      run(Duration.ofMillis(random.nextLong(15_000, 25_000)));
      lose();
    }
    run(CALM);
    changing = false;
    comeToRest();
    run(CALM);
    conditions(50);
    run(CALM);
    new Account(this, config).check();
    lonely.account();
    fail();
  }

  private void tick() {
    cluster.schedule(Duration.ofMillis(TICK_MS), this::tick);
    adoptConfiguration(false);
    write();
    if (changing) {
      conditions(4);
    }
    if (random.nextInt(8) == 0) {
      cluster.snapshot(anyNode());
    }
  }

  private void look() {
    cluster.schedule(Duration.ofMillis(LonelyWatch.LOOK_MS), this::look);
    lonely.look();
  }

  /// One time without a quorum, or without sight of it.
  private void lose() {
    if (random.nextBoolean()) {
      awaitTelling();
    }
    List<String> ids = new ArrayList<>(cluster.nodeIds());
    Collections.shuffle(ids, new Random(random.nextLong()));
    int majority = ids.size() / 2 + 1;
    watch.fault();
    List<String> gone = ids.subList(0, majority);
    List<List<String>> groups = new ArrayList<>();
    boolean othersSpeak = false;
    switch (random.nextInt(5)) {
      case 0 -> {
        kind("crashed");
        gone.forEach(cluster::crash);
        groups.add(ids.subList(majority, ids.size()));
      }
      case 1 -> {
        kind("stood still");
        gone.forEach(cluster::pause);
        // A leader that goes on in its term does not wait for what others told meanwhile.
        othersSpeak = true;
        groups.add(ids.subList(majority, ids.size()));
      }
      case 2 -> {
        kind("apart");
        for (String id : ids) {
          cluster.partition(List.of(id));
          groups.add(List.of(id));
        }
      }
      case 3 -> {
        kind("crashed and apart");
        cluster.crash(ids.getFirst());
        for (String id : ids.subList(1, ids.size())) {
          cluster.partition(List.of(id));
          groups.add(List.of(id));
        }
      }
      default -> {
        kind("one cut off");
        cluster.partition(List.of(ids.getFirst()));
        groups.add(List.of(ids.getFirst()));
        othersSpeak = true;
      }
    }
    if (random.nextInt(4) == 0) {
      groups.forEach(group -> group.forEach(this::blind));
    }
    lonely.lost(groups, othersSpeak);
    stayAlone(groups.getFirst().getFirst());
    lonely.regained();
    world.calm();
    watch.fault();
    cluster.heal();
    back(ids);
    watch.fault();
  }

  /// Lets the loss come while a notification is on its way, if one is soon.
  private void awaitTelling() {
    cluster.runUntil(
        () -> watch.violation().isPresent() || somebodyTells(), Duration.ofSeconds(10));
    fail();
    if (somebodyTells()) {
      kind("lost while telling");
    }
  }

  private boolean somebodyTells() {
    return cluster.nodeIds().stream()
        .filter(cluster::responds)
        .anyMatch(id -> !node(id).machine().alertmanager().view().attempts().isEmpty());
  }

  /// Some are back before anybody fails open, and some die before they are.
  private void stayAlone(String mayDie) {
    run(Duration.ofMillis(random.nextLong(1_000, 35_000)));
    if (random.nextInt(6) == 0) {
      kind("died alone");
      lonely.dies();
      cluster.crash(mayDie);
      run(Duration.ofMillis(random.nextLong(500, 2_000)));
      back(List.of(mayDie));
      run(Duration.ofMillis(random.nextLong(1_000, 15_000)));
    }
  }

  private void back(List<String> ids) {
    for (String id : new TreeSet<>(ids)) {
      cluster.goOn(id);
      cluster.restart(id);
      open(id);
    }
  }

  private void blind(String id) {
    kind("blind");
    lonely.blind(id);
    world.blind(id, true);
  }

  private void kind(String name) {
    faults.merge(name, 1, Integer::sum);
  }
}
