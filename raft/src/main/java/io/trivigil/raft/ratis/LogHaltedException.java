package io.trivigil.raft.ratis;

/// The log of this node can not go on: its state can not be trusted, its Raft server closed itself,
/// or the cluster refused it. The message says which, and where.
public sealed class LogHaltedException extends RuntimeException permits NodeRemovedException {
  private static final long serialVersionUID = 1;

  LogHaltedException(String message) {
    super(message);
  }

  LogHaltedException(String message, Throwable cause) {
    super(message, cause);
  }
}
