package io.trivigil.raft.sim;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
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
  private final Elections elections;
  private final TreeMap<String, SimulatedNode> nodes = new TreeMap<>();
  private final TreeMap<String, Long> skewsMs = new TreeMap<>();
  private final Set<String> wiped = new TreeSet<>();
  private final Set<Link> cuts = new HashSet<>();
  private Faults faults;
  private int directories;
  private @Nullable Consumer<String> tracer;

  /// A way from one node to another.
  private record Link(String from, String to) {}

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
    this.elections = new Elections(this);
    long skewMs = faults.maxSkew().toMillis();
    for (int i = 1; i <= size; i++) {
      String id = "n" + i;
      skewsMs.put(id, skewMs == 0 ? 0 : scheduler.between(-skewMs, skewMs));
      nodes.put(id, start(id, 0));
    }
    elections.hold();
    new FaultPlan(this).next();
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

  /// The same, but forgets the task if the node crashes before, and keeps it while it stands still.
  public void schedule(String nodeId, Duration delay, Runnable task) {
    SimulatedNode owner = node(nodeId);
    scheduler.after(
        delay,
        () -> {
          owner.whenAwake(task);
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
      elections.noticeSilence();
      elections.hold();
    }
  }

  /// Starts a dead node again.
  public void restart(String nodeId) {
    SimulatedNode dead = node(nodeId);
    if (!dead.alive()) {
      boolean blank = wiped.remove(nodeId);
      SimulatedNode fresh = start(nodeId, blank ? 0 : dead.firstIndexOfLog());
      nodes.put(nodeId, fresh);
      if (blank) {
        fresh.startsBlank();
      }
      trace("%s restarts at %d", nodeId, fresh.position().index());
      if (!fresh.position().equals(blank ? Position.NOTHING : dead.durable())) {
        throw failure(
            "%s recovered %s, but had made durable %s"
                .formatted(nodeId, fresh.position(), dead.durable()));
      }
      invariants.compareState(fresh);
      elections.spreadTheNews();
      elections.hold();
    }
  }

  /// Cuts the named nodes off from all others; among themselves they stay connected.
  public void partition(Collection<String> side) {
    refreshSights();
    for (String one : nodes.keySet()) {
      for (String other : nodes.keySet()) {
        if (side.contains(one) != side.contains(other)) {
          cuts.add(new Link(one, other));
        }
      }
    }
    trace("partition %s", side);
    afterCut();
  }

  /// Nothing goes from one node to the other any more; the way back stays.
  public void cut(String from, String to) {
    refreshSights();
    cuts.add(new Link(from, to));
    trace("cut from %s to %s", from, to);
    afterCut();
  }

  private void afterCut() {
    refreshSights();
    elections.hold();
    elections.noticeSilence();
  }

  /// Connects all nodes.
  public void heal() {
    if (!cuts.isEmpty()) {
      refreshSights();
      cuts.clear();
      refreshSights();
      trace("healed");
      elections.spreadTheNews();
      elections.hold();
    }
  }

  /// Lets the node's process stand still: its clock goes on, and it believes what it believed.
  public void pause(String nodeId) {
    trace("%s stands still", nodeId);
    refreshSights();
    node(nodeId).pause();
    refreshSights();
    elections.noticeSilence();
    elections.hold();
  }

  /// Lets a process that stood still go on.
  public void goOn(String nodeId) {
    SimulatedNode node = node(nodeId);
    if (node.alive() && !node.responds()) {
      trace("%s goes on", nodeId);
      node.goOn();
      refreshSights();
      node.pump();
      elections.spreadTheNews(); // who did not hear it may have forgotten it
      scheduler.after(
          scheduler.between(300, 900), () -> node.whenAwake(() -> elections.stepDownAlone(node)));
      elections.hold();
    }
  }

  /// Whether the node lives and does not stand still.
  public boolean responds(String nodeId) {
    return node(nodeId).responds();
  }

  /// Tells that a dead node's disk was wiped: it returns with nothing, and votes once it has caught
  /// up. The factory must give it a blank disk.
  public void wiped(String nodeId) {
    if (node(nodeId).alive()) {
      throw new IllegalStateException("the node lives: " + nodeId);
    }
    trace("%s lost its disk", nodeId);
    wiped.add(nodeId);
  }

  /// Whether snapshots of the node find room on its disk.
  public void diskFull(String nodeId, boolean full) {
    trace("%s disk full=%s", nodeId, full);
    node(nodeId).diskFull(full);
  }

  /// Sets how far the node's clock is ahead, ms; it may be less than none.
  public void skew(String nodeId, long aheadMs) {
    trace("%s clock is %d ms ahead", nodeId, aheadMs);
    skewsMs.put(nodeId, aheadMs);
  }

  /// How far the node's clock is ahead, ms.
  public long skewMs(String nodeId) {
    return skewsMs.getOrDefault(nodeId, 0L);
  }

  /// Writes a snapshot of the node's state, if nothing is in the way.
  public void snapshot(String nodeId) {
    node(nodeId).snapshot(() -> trace("%s wrote %d", nodeId, node(nodeId).durable().index()));
  }

  /// Gives the leadership to another node, while the old one lives and believes for a while. False
  /// if there is none.
  public boolean depose() {
    return elections.depose("");
  }

  /// A failure of this run: names its seed and time.
  public SimulationFailure failed(String what) {
    return failure(what);
  }

  /// Ends all faults: starts the dead, wakes who stands still, connects all, and runs until every
  /// node has applied everything.
  public void settle() {
    faults = Faults.NONE;
    heal();
    nodes.keySet().forEach(this::restart);
    for (String id : nodes.keySet()) {
      node(id).diskFull(false);
      goOn(id);
    }
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

  Elections elections() {
    return elections;
  }

  Collection<SimulatedNode> nodes() {
    return nodes.values();
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

  boolean reaches(SimulatedNode one, SimulatedNode other) {
    return !cuts.contains(new Link(one.id(), other.id()));
  }

  boolean connected(SimulatedNode one, SimulatedNode other) {
    return reaches(one, other) && reaches(other, one);
  }

  /// Something changes who hears whom.
  void refreshSights() {
    nodes.values().forEach(node -> node.sight().refresh());
  }

  boolean hearsTheLeader(SimulatedNode node) {
    SimulatedNode leader = consensus.leader();
    return leader != null && (node == leader || (leader.responds() && reaches(leader, node)));
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
    InstantSource own = () -> Instant.ofEpochMilli(clock.millis() + skewsMs.getOrDefault(id, 0L));
    return new SimulatedNode(id, this, own, factory.apply(id), limits, firstIndexOfLog);
  }

  boolean hasQuorum(SimulatedNode node) {
    long heard =
        nodes.values().stream().filter(other -> other.votes() && connected(node, other)).count();
    return node.votes() && heard * 2 > nodes.size();
  }
}
