package io.trivigil.node.failopen;

import java.util.List;

/// What a node knows of the quorum: this package's port to the log. Callable from any thread.
@FunctionalInterface
public interface QuorumView {
  /// Looks.
  Sight look();

  /// What was seen.
  ///
  /// @param leaderKnown whether this node leads or follows a leader now
  /// @param lostMs for how long this node has been without a quorum, time in which it stood still
  ///   left out
  /// @param voters how many members vote
  /// @param peers members that answer this node now, itself left out
  record Sight(boolean leaderKnown, long lostMs, int voters, List<Peer> peers) {
    public Sight {
      peers = List.copyOf(peers);
    }
  }

  /// A member that answers.
  ///
  /// @param speaks whether it says that it works on its own and speaks for those that see it
  record Peer(String id, boolean speaks) {}
}
