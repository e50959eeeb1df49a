package io.trivigil.raft.sim;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A cluster of `n1`, `n2`, … over a hostile log: one thread, one seed, simulated time.
///
/// ```java
/// SimulatedCluster cluster = new SimulatedCluster(seed, 3, scratch, id -> newMachine(id), clock);
/// cluster.watchState(machine -> ((MyMachine) machine).hash());
/// cluster.schedule(Duration.ofMillis(100), () -> cluster.log("n1").propose(command));
/// cluster.runFor(Duration.ofSeconds(30));
/// cluster.settle(); // no more faults; every node lives, hears the others and has applied everything
/// ```
///
/// The factory is asked for a machine at each start of a node, and what the machine made durable
/// must be there again (the test keeps one disk for each node id). After every applied entry the
/// cluster checks that all nodes saw the same log time and gave the same answers at that index,
/// and, where a state is watched, that they hold the same; else it throws a [SimulationFailure]
/// with the seed. Not thread-safe.
public final class SimulatedCluster {
  private static final long LONGEST_MS = 600_000;

  private final long seed;
  private final Path scratch;
  private final Function<String, StateMachine> factory;
  private final SimulatedClock clock;
  private final LogLimits limits;
  private final Scheduler scheduler;
  private final Consensus consensus;
  private final Network network;
  private final Invariants invariants;
  private final TreeMap<String, SimulatedNode> nodes = new TreeMap<>();
  private final TreeMap<String, InstantSource> clocks = new TreeMap<>();
  private final Set<String> cutOff = new TreeSet<>(); // one side of the partition
  private Faults faults;
  private boolean electing;
  private int directories;
  private @Nullable Consumer<String> tracer;

  /// A hostile cluster with the default limits.
  ///
  /// @param scratch an empty directory for the files of checkpoints
  public SimulatedCluster(
      long seed,
      int size,
      Path scratch,
      Function<String, StateMachine> factory,
      SimulatedClock clock) {
    this(seed, size, scratch, factory, clock, LogLimits.DEFAULT, Faults.HOSTILE);
  }

  /// A cluster as hostile as `faults` says.
  public SimulatedCluster(
      long seed,
      int size,
      Path scratch,
      Function<String, StateMachine> factory,
      SimulatedClock clock,
      LogLimits limits,
      Faults faults) {
    this.seed = seed;
    this.scratch = scratch;
    this.factory = factory;
    this.clock = clock;
    this.limits = limits;
    this.faults = faults;
    this.scheduler = new Scheduler(clock, seed);
    this.consensus = new Consensus(scheduler);
    this.network = new Network(this);
    this.invariants = new Invariants(this);
    long skewMs = faults.maxSkew().toMillis();
    for (int i = 1; i <= size; i++) {
      String id = "n" + i;
      clocks.put(id, clock.skewed(skewMs == 0 ? 0 : scheduler.between(-skewMs, skewMs)));
      nodes.put(id, start(id, 0));
    }
    holdElection();
    planFault();
  }

  // ---- what tests use ----

  /// Checks after every entry that all nodes hold the same.
  public void watchState(ToLongFunction<StateMachine> hash) {
    invariants.watch(hash);
  }

  /// Says what happens, line by line; for replaying one seed.
  public void traceTo(Consumer<String> lines) {
    this.tracer = lines;
  }

  /// The node's end of the log. A crash ends it; ask again after the restart.
  public ReplicatedLog log(String nodeId) {
    return node(nodeId).log();
  }

  /// The node's state machine as it is now; a restart makes another.
  public StateMachine machine(String nodeId) {
    return node(nodeId).machine();
  }

  /// The node's own clock, which may be off.
  public InstantSource clock(String nodeId) {
    return node(nodeId).clock();
  }

  /// Simulated time.
  public SimulatedClock clock() {
    return clock;
  }

  /// All node ids, in order.
  public Collection<String> nodeIds() {
    return List.copyOf(nodes.keySet());
  }

  /// Whether the node lives.
  public boolean alive(String nodeId) {
    return node(nodeId).alive();
  }

  /// The node that can commit now, or empty.
  public String leaderId() {
    SimulatedNode leader = consensus.leader();
    return leader == null ? "" : leader.id();
  }

  /// The index of the last committed entry.
  public long committedIndex() {
    return consensus.lastIndex();
  }

  /// Runs `task` once, after `delay`, on the thread that steps.
  public void schedule(Duration delay, Runnable task) {
    scheduler.after(delay, task);
  }

  /// The same, but forgets the task if the node crashes before.
  public void schedule(String nodeId, Duration delay, Runnable task) {
    SimulatedNode owner = node(nodeId);
    scheduler.after(
        delay,
        () -> {
          if (owner.alive()) {
            task.run();
          }
        });
  }

  /// Runs the next event. False when nothing will ever happen any more.
  public boolean step() {
    return scheduler.step();
  }

  /// Runs for `time`.
  public void runFor(Duration time) {
    long untilMs = clock.millis() + time.toMillis();
    while (scheduler.hasUntil(untilMs)) {
      step();
    }
    clock.moveTo(untilMs);
  }

  /// Runs until `condition` holds; false if it does not within `limit`.
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    long untilMs = clock.millis() + limit.toMillis();
    while (!condition.getAsBoolean()) {
      if (!scheduler.hasUntil(untilMs)) {
        return false;
      }
      step();
    }
    return true;
  }

  /// Kills the node: what its machine had not made durable is lost, and what it waited for never
  /// comes.
  public void crash(String nodeId) {
    SimulatedNode node = node(nodeId);
    if (node.alive()) {
      trace(
          "%s crashes at %d, durable %d", nodeId, node.position().index(), node.durable().index());
      node.die();
      if (consensus.leader() == node) {
        consensus.leaderLost();
      }
      holdElection();
    }
  }

  /// Starts a dead node again.
  public void restart(String nodeId) {
    SimulatedNode dead = node(nodeId);
    if (!dead.alive()) {
      SimulatedNode fresh = start(nodeId, dead.firstIndexOfLog());
      nodes.put(nodeId, fresh);
      trace("%s restarts at %d", nodeId, fresh.position().index());
      if (!fresh.position().equals(dead.durable())) {
        throw failure(
            "%s recovered %s, but had made durable %s"
                .formatted(nodeId, fresh.position(), dead.durable()));
      }
      invariants.compareState(fresh);
      spreadTheNews();
      holdElection();
    }
  }

  /// Cuts the named nodes off from all others; among themselves they stay connected.
  public void partition(Collection<String> side) {
    refreshSights();
    cutOff.clear();
    cutOff.addAll(side);
    refreshSights();
    trace("partition %s", cutOff);
    holdElection();
    for (SimulatedNode node : nodes.values()) {
      if (node.believesItLeads() && !hasQuorum(node)) {
        scheduler.after(scheduler.between(300, 2_000), () -> stepDownAlone(node));
      }
    }
  }

  /// A leader that hears no quorum steps down, but not at once.
  private void stepDownAlone(SimulatedNode node) {
    if (node.alive() && !hasQuorum(node)) {
      refreshSights();
      trace("%s steps down", node.id());
      if (consensus.leader() == node) {
        consensus.leaderLost();
        holdElection();
      }
      node.stepDown();
    }
  }

  /// Connects all nodes.
  public void heal() {
    if (!cutOff.isEmpty()) {
      refreshSights();
      cutOff.clear();
      refreshSights();
      trace("healed");
      spreadTheNews();
      holdElection();
    }
  }

  /// Ends all faults: starts the dead, connects all, and runs until every node has applied
  /// everything.
  public void settle() {
    faults = Faults.NONE;
    heal();
    nodes.keySet().forEach(this::restart);
    if (!runUntil(this::settled, Duration.ofMillis(LONGEST_MS))) {
      throw failure("the cluster does not settle");
    }
    runFor(Duration.ofSeconds(5)); // outcomes that come late
    if (!runUntil(this::settled, Duration.ofMillis(LONGEST_MS))) {
      throw failure("the cluster does not settle");
    }
  }

  private boolean settled() {
    SimulatedNode leader = consensus.leader();
    return leader != null
        && leader.ready()
        && !consensus.hasAppended()
        && nodes.values().stream().allMatch(n -> n.position().index() == consensus.lastIndex());
  }

  // ---- what the parts use ----

  Scheduler scheduler() {
    return scheduler;
  }

  Consensus consensus() {
    return consensus;
  }

  Network network() {
    return network;
  }

  Invariants invariants() {
    return invariants;
  }

  Faults faults() {
    return faults;
  }

  @Nullable SimulatedNode leader() {
    return consensus.leader();
  }

  SimulatedNode node(String nodeId) {
    SimulatedNode node = nodes.get(nodeId);
    if (node == null) {
      throw new IllegalArgumentException("no such node: " + nodeId);
    }
    return node;
  }

  boolean connected(SimulatedNode one, SimulatedNode other) {
    return cutOff.contains(one.id()) == cutOff.contains(other.id());
  }

  /// Something changes who hears whom.
  void refreshSights() {
    nodes.values().forEach(node -> node.sight().refresh());
  }

  boolean hearsTheLeader(SimulatedNode node) {
    SimulatedNode leader = consensus.leader();
    return leader != null && connected(node, leader);
  }

  boolean leaderHasQuorum() {
    SimulatedNode leader = consensus.leader();
    return leader != null && hasQuorum(leader);
  }

  long applyDelayMs() {
    return scheduler.chance(faults.slowApply())
        ? scheduler.between(0, 500)
        : scheduler.between(0, 5);
  }

  Path newDirectory() {
    try {
      return Files.createDirectories(scratch.resolve("checkpoint-" + directories++));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void trace(String format, Object... values) {
    if (tracer != null) {
      tracer.accept(clock.millis() + " " + format.formatted(values));
    }
  }

  SimulationFailure failure(String what) {
    return new SimulationFailure(seed, clock.millis(), what);
  }

  SimulationFailure failure(String what, Throwable cause) {
    return new SimulationFailure(seed, clock.millis(), what, cause);
  }

  /// Commits what the leader has appended, if a quorum hears it.
  void commitWhatMayBe() {
    while (consensus.hasAppended() && leaderHasQuorum()) {
      consensus.commitOne();
    }
    nodes.values().forEach(SimulatedNode::pump);
  }

  // ---- leadership ----

  private SimulatedNode start(String id, long firstIndexOfLog) {
    InstantSource own = clocks.get(id);
    return new SimulatedNode(
        id, this, own == null ? clock : own, factory.apply(id), limits, firstIndexOfLog);
  }

  private boolean hasQuorum(SimulatedNode node) {
    long heard =
        nodes.values().stream().filter(other -> other.alive() && connected(node, other)).count();
    return node.alive() && heard * 2 > nodes.size();
  }

  private void holdElection() {
    if (!electing) {
      electing = true;
      scheduler.after(
          scheduler.between(300, 900),
          () -> {
            electing = false;
            if (!leaderHasQuorum()) {
              electAnyone();
            }
          });
    }
  }

  private void electAnyone() {
    List<SimulatedNode> candidates = nodes.values().stream().filter(this::hasQuorum).toList();
    if (!candidates.isEmpty()) {
      elect(candidates.get(scheduler.below(candidates.size())));
    }
  }

  private void elect(SimulatedNode winner) {
    SimulatedNode old = consensus.leader();
    refreshSights();
    consensus.elect(winner, old == null || connected(old, winner));
    trace("%s leads in term %d", winner.id(), consensus.term());
    winner.believe(consensus.term(), winner.id());
    spreadTheNews();
    scheduler.after(scheduler.between(1, 10), this::commitWhatMayBe);
  }

  /// Tells every node who leads, in its own time; those that are cut off hear it after the healing.
  private void spreadTheNews() {
    for (SimulatedNode node : nodes.values()) {
      scheduler.after(scheduler.between(0, 300), () -> hear(node));
    }
  }

  private void hear(SimulatedNode node) {
    if (hearsTheLeader(node)) {
      node.believe(consensus.term(), leaderId());
      node.pump();
      scheduler.after(scheduler.between(1, 10), this::commitWhatMayBe);
    }
  }

  /// Another leader, while the old one lives and still believes for a while.
  boolean depose(String wanted) {
    List<SimulatedNode> heirs =
        nodes.values().stream()
            .filter(n -> n != consensus.leader() && hasQuorum(n))
            .filter(n -> wanted.isEmpty() || n.id().equals(wanted))
            .toList();
    if (heirs.isEmpty()) {
      return false;
    }
    elect(heirs.get(scheduler.below(heirs.size())));
    return true;
  }

  // ---- planned faults ----

  private void planFault() {
    long everyMs = faults.every().toMillis();
    if (everyMs > 0) {
      scheduler.after(scheduler.between(1, 2 * everyMs), this::fault);
    }
  }

  private void fault() {
    List<String> ids = new ArrayList<>(nodes.keySet());
    String victim = ids.get(scheduler.below(ids.size()));
    int dice = scheduler.below(100);
    if (dice < faults.crash()) {
      crash(victim);
      scheduler.after(scheduler.between(1, 3_000), () -> restart(victim));
    } else if (dice < faults.crash() + faults.partition()) {
      partition(List.of(victim));
      scheduler.after(scheduler.between(1, 3_000), this::heal);
    } else if (dice < faults.crash() + faults.partition() + faults.depose()) {
      depose("");
    } else if (dice < faults.crash() + faults.partition() + faults.depose() + faults.snapshot()) {
      node(victim).snapshot(() -> trace("%s wrote %d", victim, node(victim).durable().index()));
    }
    planFault();
  }
}
