package io.trivigil.raft.ratis;

/// The cluster has removed this node, or went on without it: what its directory holds can not be
/// used any more. It may come back blank.
public final class NodeRemovedException extends LogHaltedException {
  private static final long serialVersionUID = 1;

  NodeRemovedException(String message) {
    super(message);
  }
}
