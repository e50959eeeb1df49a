package io.trivigil.raft.sim;

import io.trivigil.raft.AppliedIndex;
import io.trivigil.raft.Entry;
import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.GroupCommit;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ReadBarrier;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.StateMachine.Capture;
import io.trivigil.raft.StateMachine.Leadership;
import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One node from its start to its crash: its state machine, how far it has applied, whom it
/// believes to lead. A restart makes a new one.
final class SimulatedNode {
  private final String id;
  private final SimulatedCluster cluster;
  private final InstantSource clock;
  private final StateMachine machine;
  private final GroupCommit commits;
  private final AppliedIndex applied = new AppliedIndex();
  private final SimulatedLog log;
  private final SimulatedSight sight;
  private final ReadBarrier reads;

  private final ArrayDeque<Runnable> held = new ArrayDeque<>(); // what came while it stood still

  private boolean alive = true;
  private boolean paused;
  private boolean blank;
  private long pausedMs;
  private Position position;
  private Position durable;
  private long firstIndexOfLog; // what lies before is purged
  private boolean pumping;
  private boolean diskFull;

  private long believedTerm;
  private String believedLeader = "";
  private boolean ready;
  private @Nullable Leadership told;

  SimulatedNode(
      String id,
      SimulatedCluster cluster,
      InstantSource clock,
      StateMachine machine,
      LogLimits limits,
      long firstIndexOfLog) {
    this.id = id;
    this.cluster = cluster;
    this.clock = clock;
    this.machine = machine;
    this.firstIndexOfLog = firstIndexOfLog;
    this.durable = machine.recovered();
    this.position = durable;
    this.commits =
        new GroupCommit(
            limits,
            4,
            GroupCommit.Pace.usual(cluster.clock().nanoTicker(), this::later),
            (term, commands) -> cluster.network().send(this, term, commands));
    this.log = new SimulatedLog(this, cluster);
    this.sight = new SimulatedSight(this, cluster);
    this.reads =
        new ReadBarrier(() -> cluster.network().send(this, EntryCodec.ANY_TERM, List.of()));
    if (position.index() >= 0) {
      applied.advance(position.index());
    }
  }

  private void later(long nanos, Runnable task) {
    long delayMs = Math.ceilDiv(nanos, 1_000_000);
    cluster.scheduler().after(delayMs, () -> whenAwake(task));
  }

  String id() {
    return id;
  }

  boolean alive() {
    return alive;
  }

  InstantSource clock() {
    return clock;
  }

  StateMachine machine() {
    return machine;
  }

  GroupCommit commits() {
    return commits;
  }

  AppliedIndex applied() {
    return applied;
  }

  SimulatedLog log() {
    return log;
  }

  ReadBarrier reads() {
    return reads;
  }

  SimulatedSight sight() {
    return sight;
  }

  Position position() {
    return position;
  }

  Position durable() {
    return durable;
  }

  long firstIndexOfLog() {
    return firstIndexOfLog;
  }

  long believedTerm() {
    return believedTerm;
  }

  String believedLeader() {
    return believedLeader;
  }

  boolean believesItLeads() {
    return believedLeader.equals(id);
  }

  boolean ready() {
    return ready;
  }

  /// Whether the process lives and does not stand still.
  boolean responds() {
    return alive && !paused;
  }

  /// Whether it takes part in elections and commits: not before a node with a wiped disk has caught
  /// up.
  boolean votes() {
    return responds() && !blank;
  }

  void startsBlank() {
    blank = true;
  }

  void diskFull(boolean full) {
    diskFull = full;
  }

  /// The process stands still: what happens to it happens when it goes on.
  void pause() {
    paused = true;
    pausedMs = cluster.clock().millis();
  }

  void goOn() {
    paused = false;
    sight.stoodStill(cluster.clock().millis() - pausedMs);
    while (!paused && !held.isEmpty()) {
      Runnable next = held.removeFirst();
      cluster.scheduler().after(0, () -> whenAwake(next));
    }
  }

  /// Runs what belongs to this process: now, or when it goes on, or never if it is gone.
  void whenAwake(Runnable work) {
    if (paused && alive) {
      held.addLast(work);
    } else if (alive) {
      work.run();
    }
  }

  /// The process is gone: nothing that was on its way to it arrives.
  void die() {
    cluster.refreshSights();
    alive = false;
  }

  // ---- leadership ----

  /// Learns who leads. News of an older term comes too late.
  void believe(long term, String leader) {
    if (!alive || term < believedTerm || (term == believedTerm && leader.equals(believedLeader))) {
      return;
    }
    sight.refresh();
    believedTerm = term;
    believedLeader = leader;
    ready = false;
    sight.refresh();
    tell(new Leadership(term, leader, false));
  }

  /// It leads no more, and knows nobody who does.
  void stepDown() {
    if (believesItLeads()) {
      knowsNoLeader();
    }
  }

  /// It knows nobody who leads.
  void knowsNoLeader() {
    if (alive) {
      sight.refresh();
      believedLeader = "";
      ready = false;
      tell(new Leadership(believedTerm, "", false));
    }
  }

  private void tell(Leadership leadership) {
    if (!leadership.equals(told)) {
      told = leadership;
      machine.onLeadership(leadership);
    }
  }

  // ---- applying ----

  /// Sees to it that what is committed gets applied here, in its own time.
  void pump() {
    if (!alive || pumping) {
      return;
    }
    pumping = true;
    cluster.scheduler().after(cluster.applyDelayMs(), () -> whenAwake(this::pumpNow));
  }

  private void pumpNow() {
    pumping = false;
    if (!alive || !cluster.hearsTheLeader(this)) {
      return; // pumped again when it does
    }
    Consensus consensus = cluster.consensus();
    int next = consensus.behind(position.index());
    if (next < consensus.size()) {
      SimulatedNode leader = cluster.leader();
      if (leader != null
          && leader != this
          && leader.mustSendCheckpoint(consensus.slot(next).index)) {
        installFrom(leader);
      } else {
        int few = 1 + cluster.scheduler().below(4);
        for (int i = next; i < consensus.size() && i < next + few && alive; i++) {
          apply(consensus.slot(i));
        }
      }
      pump();
    }
    blank &= position.index() < consensus.lastIndex();
  }

  private boolean mustSendCheckpoint(long neededIndex) {
    return neededIndex < firstIndexOfLog;
  }

  private void apply(Slot slot) {
    Entry entry =
        new Entry(
            slot.index, slot.term, Math.max(position.logTimeMs(), slot.proposedMs), slot.commands);
    List<byte[]> answers;
    try {
      answers = machine.apply(entry);
    } catch (RuntimeException e) {
      throw cluster.failure("%s could not apply index %d".formatted(id, slot.index), e);
    }
    position = Position.of(entry);
    cluster.invariants().compare(this, slot, entry, answers);
    applied.advance(slot.index);
    boolean leads = cluster.leader() == this && cluster.consensus().term() == believedTerm;
    if (leads && slot.term == believedTerm && !ready && believesItLeads()) {
      ready = true;
      tell(new Leadership(believedTerm, id, true));
    }
    if (leads && slot.whenApplied != null) {
      slot.whenApplied.accept(slot.index, answers);
    }
  }

  private void installFrom(SimulatedNode leader) {
    try {
      Path directory = cluster.newDirectory();
      Position sent = leader.machine.writeCheckpoint(directory);
      Position installed = machine.install(directory);
      if (!installed.equals(sent) || sent.index() <= position.index()) {
        throw cluster.failure(
            "%s installed %s, sent was %s, had %s".formatted(id, installed, sent, position));
      }
      position = installed;
      durable = installed;
      firstIndexOfLog = installed.index() + 1;
      cluster.trace("%s installs a checkpoint of %s at %d", id, leader.id, installed.index());
      cluster.invariants().compareState(this);
      applied.advance(installed.index());
      if (cluster.scheduler().chance(cluster.faults().crash())) {
        cluster.crash(id); // right behind an install: it must be durable
      }
    } catch (IOException e) {
      throw cluster.failure("%s could not install a checkpoint".formatted(id), e);
    }
  }

  // ---- snapshots ----

  /// Captures the state now; writes it later, beside further entries, if the node still lives.
  void snapshot(Runnable written) {
    if (!responds()) {
      return;
    }
    Capture capture = machine.capture();
    if (!capture.position().equals(position)) {
      throw cluster.failure(
          "%s captured %s, applied was %s".formatted(id, capture.position(), position));
    }
    cluster
        .scheduler()
        .after(cluster.scheduler().between(0, 200), () -> whenAwake(() -> write(capture, written)));
  }

  private void write(Capture capture, Runnable written) {
    if (diskFull) {
      cluster.trace("%s can not write a snapshot: its disk is full", id);
      return;
    }
    if (capture.position().index() > durable.index()) {
      try {
        capture.write();
      } catch (IOException e) {
        throw cluster.failure("%s could not write a snapshot".formatted(id), e);
      }
      durable = capture.position();
      if (!machine.recovered().equals(durable)) {
        throw cluster.failure(
            "%s wrote %s, but would recover %s".formatted(id, durable, machine.recovered()));
      }
      if (cluster.scheduler().chance(70)) {
        firstIndexOfLog = Math.max(firstIndexOfLog, durable.index() + 1); // purged
      }
    }
    written.run();
  }
}
