package io.trivigil.raft;

import java.util.List;

/// What this node can say by itself about the cluster while there may be no quorum: how long it has
/// been without one, and whom it can reach right now. Nothing here is agreed upon, and nothing
/// waits: it is what this node has heard, on its own monotonic clock.
///
/// Nodes tell each other about themselves on the log's port, about twice a second, whether or not
/// there is a leader. A peer counts as heard of only by its answer to a question of this node, so
/// both directions work. What is said comes at most [#EVERY_MS] late.
///
/// Thread-safe; no method blocks.
public interface PeerSight {
  /// How often peers are asked, ms.
  long EVERY_MS = 500;

  /// A peer of which nothing was heard for so long is not reachable, ms: four questions went
  /// unanswered.
  long REACHABLE_MS = 2_000;

  /// How long this node has been without a working quorum, ms, in steps of about 100. 0 while it
  /// hears a leader, or leads and hears a majority (within the longest election timeout).
  ///
  /// Only time in which this node was running counts: a process that stood still for a minute does
  /// not come back believing that it was alone for a minute. It counts from the start of the node,
  /// also before the node has found its cluster ([LogStatus.Role#STARTING]). A follower whose
  /// leader has lost its majority hears that leader until the leader steps down, for at most the
  /// longest election timeout.
  long msSinceQuorum();

  /// How long ago this node last heard its leader, or, where it leads, last heard a majority, ms;
  /// [Long#MAX_VALUE] while it neither leads nor knows a leader. Not in steps: what this node knows
  /// is at least this old.
  long quorumHeardMs();

  /// The peers, without this node, that were heard of within [#REACHABLE_MS], in the order of their
  /// ids.
  List<PeerView> reachable();

  /// All peers that were ever heard of, in the order of their ids.
  List<PeerView> heard();

  /// Says whether this node fails open, for the others to see in [PeerView#failingOpen]. False at
  /// the start.
  void failingOpen(boolean failing);

  /// What a peer last said of itself.
  ///
  /// @param id the node id
  /// @param lastHeardMs how long ago it said so, ms
  /// @param leaderKnown whether it knows a leader
  /// @param leaderId that leader; empty if it knows none
  /// @param term the newest term that it knows
  /// @param noQuorumForMs its own [PeerSight#msSinceQuorum]
  /// @param failingOpen what it said by [PeerSight#failingOpen]
  /// @param appliedIndex the last entry that it has applied, -1 before any
  /// @param committedIndex the last entry that it knows to be committed, -1 before any
  /// @param lagMs for how long it has not applied all that it knew to be committed, ms; 0 when it
  ///   has, -1 if it never had since its start
  record PeerView(
      String id,
      long lastHeardMs,
      boolean leaderKnown,
      String leaderId,
      long term,
      long noQuorumForMs,
      boolean failingOpen,
      long appliedIndex,
      long committedIndex,
      long lagMs) {}
}
