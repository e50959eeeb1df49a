package io.trivigil.raft;

import java.util.List;

/// What one node knows of the log at one moment.
///
/// @param self this node's id
/// @param leaderId the leader's id, empty when unknown
/// @param term the current term
/// @param role this node's role
/// @param ready whether this node leads and has applied the first entry of its term
/// @param appliedIndex the last entry applied here
/// @param committedIndex the last entry known to be committed
/// @param logTimeMs the log time of the last entry applied here, epoch ms
/// @param logBytes bytes of log on this node's disk
/// @param members all members, in the order of their ids
public record LogStatus(
    String self,
    String leaderId,
    long term,
    Role role,
    boolean ready,
    long appliedIndex,
    long committedIndex,
    long logTimeMs,
    long logBytes,
    List<Member> members) {

  /// What a node is in the cluster.
  public enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    /// A member without a vote: it catches up.
    LISTENER,
    STARTING,
    CLOSED
  }

  /// One member as this node sees it. The leader knows from Raft, every node from what its peers
  /// say of themselves ([PeerSight]); -1 is unknown, which does not mean dead.
  ///
  /// @param id the node id
  /// @param address host:port of its log
  /// @param voting whether it votes
  /// @param matchIndex the last entry known to be committed on it, or -1
  /// @param appliedIndex the last entry known to be applied on it, or -1
  /// @param lastSeenMs how long ago it was last heard of, ms, or -1; a living member is heard of
  ///   about every [PeerSight#EVERY_MS]
  /// @param lagMs how old its state was at most when this node last heard of it, and the time since
  ///   then where that is not just now, ms; 0 when it has applied all that it knows to be
  ///   committed; -1 when unknown, as it is of a member that knew no leader, or was never caught up
  public record Member(
      String id,
      String address,
      boolean voting,
      long matchIndex,
      long appliedIndex,
      long lastSeenMs,
      long lagMs) {}

  public LogStatus {
    members = List.copyOf(members);
  }
}
