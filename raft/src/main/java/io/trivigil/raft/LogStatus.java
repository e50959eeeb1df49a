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

  /// One member as this node sees it.
  ///
  /// @param id the node id
  /// @param address host:port of its log
  /// @param voting whether it votes
  /// @param matchIndex the last entry known to be committed on it; known to the leader alone, else
  ///   -1
  /// @param lastSeenMs how long ago it was last heard of, ms; a living member answers the leader
  ///   every half of the shortest election timeout. The leader knows it of all members, a follower
  ///   of the leader and itself alone: -1 when unknown, which does not mean dead
  public record Member(
      String id, String address, boolean voting, long matchIndex, long lastSeenMs) {}

  public LogStatus {
    members = List.copyOf(members);
  }
}
