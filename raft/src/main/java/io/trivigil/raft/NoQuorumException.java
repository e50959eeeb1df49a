package io.trivigil.raft;

/// The cluster could not be asked: there is no leader, or it has lost its majority.
public final class NoQuorumException extends Exception {
  private static final long serialVersionUID = 1;

  public NoQuorumException(String reason) {
    super(reason);
  }
}
