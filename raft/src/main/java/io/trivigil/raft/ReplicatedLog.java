package io.trivigil.raft;

import java.util.concurrent.CompletableFuture;

/// One node's end of the replicated log: what the node proposes to, and what it may ask of it.
///
/// Proposals may be made on any node: where this node does not lead, they are passed on to the
/// leader. All methods may be called from any thread; none of them blocks for the network.
public interface ReplicatedLog extends AutoCloseable {

  /// Proposes one command.
  ///
  /// The future completes, never exceptionally, once the outcome is known: after the command was
  /// committed **and applied on this node** ([Outcome.Applied]), or when it can not be said.
  /// Commands proposed while another entry is in flight travel together in one entry, each with its
  /// own answer.
  ///
  /// @param command the bytes of one command; the log keeps the array, so the caller must not
  ///   change it afterwards. At most [LogLimits#maxCommandBytes].
  CompletableFuture<Outcome> propose(byte[] command);

  /// Proposes one command only if this node leads in `term`; otherwise [Outcome.NotLeader]. This is
  /// what work of the leader uses, so that work begun in one term is not decided in another.
  CompletableFuture<Outcome> proposeAsLeader(long term, byte[] command);

  /// What this node knows of the log right now. Not for every request: it asks Raft a dozen things,
  /// and now and then the disk.
  LogStatus status();

  /// The last entry that this node has applied, as in [#status], for who wants to know no more.
  long appliedIndex();

  /// What this node hears of its peers, quorum or not.
  PeerSight sight();

  /// Completes when this node has applied `index`, or has applied more.
  CompletableFuture<Void> applied(long index);

  /// A linearizable read: completes with an index that covers everything that was committed
  /// anywhere before the call, once this node has applied it. What is read from this node's state
  /// after that is not stale, whatever became of leaders and links meanwhile.
  ///
  /// It costs an empty entry in the log, shared by those who read at the same time. Fails with a
  /// [NoQuorumException] where there is no leader with a majority; that may take as long as a
  /// proposal, so callers set a limit of their own.
  CompletableFuture<Long> linearizable();

  /// Completes with an index that covers what the leader knew to be committed, once this node has
  /// applied it. Fails where there is no leader. Cheaper than [#linearizable], it writes nothing.
  ///
  /// **The trap:** a leader that is cut off answers from its last acknowledgement where nothing was
  /// committed since, until it knows that it is cut off. The others may have a new leader after the
  /// shortest election timeout; the old one looks once per longest timeout whether a majority was
  /// heard of within it. So an answer is stale by at most twice the longest election timeout (1.2 s
  /// by default), and by as long as that process stood still, if it did. What must not be stale
  /// asks [#linearizable].
  CompletableFuture<Long> readIndex();

  /// Asks the leader to hand over to `nodeId`, or to the best follower if it is empty. Completes
  /// with whether that node leads now: usually within half a second, after several seconds where it
  /// does not work. The leader refuses at once to hand over to a node that it has not heard of for
  /// two seconds.
  CompletableFuture<Boolean> transferLeadership(String nodeId);

  /// Asks for a snapshot now; completes with the index it covers.
  CompletableFuture<Long> snapshot();

  /// Stops taking part. A leader first hands over to another node, which may hold the stop up for a
  /// second. Entries in flight end as [Outcome.Unknown].
  @Override
  void close();
}
