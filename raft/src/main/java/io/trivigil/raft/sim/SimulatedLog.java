package io.trivigil.raft.sim;

import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.LogStatus.Member;
import io.trivigil.raft.LogStatus.Role;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.ReplicatedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// One node's end of the simulated log, from its start to its crash. After the crash it is as
/// silent as a dead process: nothing completes any more.
final class SimulatedLog implements ReplicatedLog {
  private static final long READ_RETRY_MS = 20;
  private static final long READ_TIMEOUT_MS = 3_000;

  private final SimulatedNode node;
  private final SimulatedCluster cluster;

  SimulatedLog(SimulatedNode node, SimulatedCluster cluster) {
    this.node = node;
    this.cluster = cluster;
  }

  @Override
  public CompletableFuture<Outcome> propose(byte[] command) {
    return node.alive()
        ? node.commits().propose(EntryCodec.ANY_TERM, command)
        : new CompletableFuture<>();
  }

  @Override
  public CompletableFuture<Outcome> proposeAsLeader(long term, byte[] command) {
    if (term <= 0) {
      throw new IllegalArgumentException("not a term: " + term);
    }
    return node.alive() ? node.commits().propose(term, command) : new CompletableFuture<>();
  }

  @Override
  public LogStatus status() {
    Role role = !node.alive() ? Role.CLOSED : node.believesItLeads() ? Role.LEADER : Role.FOLLOWER;
    List<Member> members = new ArrayList<>();
    for (String id : cluster.nodeIds()) {
      long index = cluster.node(id).position().index();
      members.add(new Member(id, id + ":0", true, index, index, 0, 0));
    }
    return new LogStatus(
        node.id(),
        node.believedLeader(),
        node.believedTerm(),
        role,
        node.ready(),
        node.position().index(),
        node.position().index(),
        node.position().logTimeMs(),
        0,
        members);
  }

  @Override
  public PeerSight sight() {
    return node.sight();
  }

  @Override
  public long appliedIndex() {
    return node.applied().get();
  }

  @Override
  public CompletableFuture<Void> applied(long index) {
    return node.applied().reached(index);
  }

  @Override
  public CompletableFuture<Long> linearizable() {
    if (!node.alive()) {
      return new CompletableFuture<>();
    }
    long committed = cluster.consensus().lastIndex();
    CompletableFuture<Long> read = node.reads().pass();
    var _ =
        read.thenAccept(
            index -> {
              // In an event of its own: what is thrown here, the future would swallow.
              cluster.scheduler().after(0, () -> cluster.invariants().read(node, committed, index));
            });
    return read;
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    CompletableFuture<Long> index = new CompletableFuture<>();
    read(index, cluster.clock().millis() + READ_TIMEOUT_MS);
    return index;
  }

  private void read(CompletableFuture<Long> index, long deadlineMs) {
    if (!node.alive()) {
      return;
    }
    boolean cutOff = !cluster.leaderHasQuorum() || !cluster.hearsTheLeader(node);
    boolean deposed = node.believesItLeads() && cluster.leader() != node;
    if (node.believesItLeads() && (cutOff || deposed) && cluster.scheduler().chance(50)) {
      // The trap: it does not know yet that it leads no more.
      index.complete(node.position().index());
    } else if (!cutOff) {
      long committed = cluster.consensus().lastIndex();
      cluster
          .scheduler()
          .after(
              cluster.scheduler().between(1, 5),
              () -> {
                var _ = applied(committed).thenRun(() -> index.complete(committed));
              });
    } else if (cluster.clock().millis() >= deadlineMs) {
      index.completeExceptionally(new IllegalStateException("no leader"));
    } else {
      cluster.scheduler().after(READ_RETRY_MS, () -> read(index, deadlineMs));
    }
  }

  @Override
  public CompletableFuture<Boolean> transferLeadership(String nodeId) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    cluster
        .scheduler()
        .after(
            cluster.scheduler().between(10, 100),
            () -> done.complete(cluster.elections().depose(nodeId)));
    return done;
  }

  @Override
  public CompletableFuture<Long> snapshot() {
    CompletableFuture<Long> done = new CompletableFuture<>();
    node.snapshot(() -> done.complete(node.durable().index()));
    return done;
  }

  @Override
  public void close() {
    if (node.alive()) {
      cluster.crash(node.id());
    }
  }
}
