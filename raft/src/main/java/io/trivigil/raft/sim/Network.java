package io.trivigil.raft.sim;

import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.GroupCommit.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Carries entries from nodes to whoever they believe to lead, and outcomes back; badly.
final class Network {
  private static final long TIMEOUT_MS = 3_000;
  private static final long RETRY_MS = 50;

  private final SimulatedCluster cluster;
  private final Scheduler scheduler;

  Network(SimulatedCluster cluster) {
    this.cluster = cluster;
    this.scheduler = cluster.scheduler();
  }

  /// An entry on its way.
  private record Parcel(
      SimulatedNode from,
      long requiredTerm,
      List<byte[]> commands,
      long deadlineMs,
      CompletableFuture<Reply> reply) {}

  CompletableFuture<Reply> send(SimulatedNode from, long requiredTerm, List<byte[]> commands) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    long deadlineMs = cluster.clock().millis() + TIMEOUT_MS;
    Parcel parcel = new Parcel(from, requiredTerm, commands, deadlineMs, reply);
    scheduler.after(TIMEOUT_MS, () -> finish(parcel, new Reply.Lost("timed out")));
    if (requiredTerm != EntryCodec.ANY_TERM
        && (!from.believesItLeads() || from.believedTerm() != requiredTerm)) {
      scheduler.after(0, () -> finish(parcel, new Reply.Refused("does not lead in that term")));
    } else {
      scheduler.after(latencyMs(), () -> arrive(parcel));
    }
    return reply;
  }

  private long latencyMs() {
    return scheduler.between(0, 5);
  }

  private void arrive(Parcel parcel) {
    SimulatedNode from = parcel.from();
    if (!from.responds() || parcel.reply().isDone()) {
      return;
    }
    if (from.believedLeader().isEmpty()) {
      retry(parcel, "no leader is known");
      return;
    }
    SimulatedNode at = cluster.node(from.believedLeader());
    if (at.alive() && !at.responds()) {
      return; // it stands still, so the timeout ends it
    }
    if (!at.alive() || !cluster.reaches(from, at)) {
      later(parcel, new Reply.Lost("connection lost"));
    } else if (at != cluster.leader()) {
      atADeposedLeader(parcel);
    } else if (parcel.requiredTerm() != EntryCodec.ANY_TERM
        && parcel.requiredTerm() != cluster.consensus().term()) {
      later(parcel, new Reply.Refused("term is over"));
    } else {
      atTheLeader(parcel, at);
    }
  }

  /// It may know already, or append to a log that nobody will ever see.
  private void atADeposedLeader(Parcel parcel) {
    if (scheduler.chance(50)) {
      later(parcel, new Reply.Lost("leader was deposed"));
    } else if (parcel.requiredTerm() != EntryCodec.ANY_TERM) {
      later(parcel, new Reply.Refused("term is over"));
    } else {
      retry(parcel, "the leader changes");
    }
  }

  private void retry(Parcel parcel, String reason) {
    if (cluster.clock().millis() + RETRY_MS >= parcel.deadlineMs()) {
      finish(parcel, new Reply.Refused(reason));
    } else {
      scheduler.after(RETRY_MS, () -> arrive(parcel));
    }
  }

  private void atTheLeader(Parcel parcel, SimulatedNode leader) {
    Faults faults = cluster.faults();
    if (scheduler.chance(faults.lostReply())) {
      // Reported lost at any time, before or after the commit; half of them never get in.
      scheduler.after(
          scheduler.between(0, 300), () -> finish(parcel, new Reply.Lost("reply lost")));
      if (scheduler.chance(50)) {
        return;
      }
    }
    if (scheduler.chance(faults.duplicate())) {
      scheduler.after(scheduler.between(0, 1_000), () -> duplicate(parcel));
    }
    append(parcel, leader, false);
  }

  private void duplicate(Parcel parcel) {
    SimulatedNode leader = cluster.leader();
    boolean termHolds =
        parcel.requiredTerm() == EntryCodec.ANY_TERM
            || parcel.requiredTerm() == cluster.consensus().term();
    if (leader != null && termHolds) {
      cluster.trace("duplicate of an entry of %s", parcel.from().id());
      append(parcel, leader, true);
    }
  }

  private void append(Parcel parcel, SimulatedNode leader, boolean duplicate) {
    cluster
        .consensus()
        .append(
            new Slot(
                cluster.consensus().term(),
                leader.clock().millis(),
                parcel.commands(),
                duplicate ? null : (index, answers) -> answered(parcel, leader, index, answers)));
    scheduler.after(scheduler.between(1, 10), cluster::commitWhatMayBe);
  }

  private void answered(Parcel parcel, SimulatedNode leader, long index, List<byte[]> answers) {
    SimulatedNode from = parcel.from();
    if (!from.alive() || !cluster.reaches(leader, from)) {
      return; // the timeout ends it
    }
    var _ =
        from.applied()
            .reached(index)
            .thenRun(() -> later(parcel, new Reply.Committed(index, answers)));
  }

  private void later(Parcel parcel, Reply reply) {
    long late =
        scheduler.chance(cluster.faults().lateCallback())
            ? scheduler.between(0, 2_000)
            : latencyMs();
    scheduler.after(late, () -> finish(parcel, reply));
  }

  private static void finish(Parcel parcel, Reply reply) {
    parcel.from().whenAwake(() -> parcel.reply().complete(reply));
  }
}
