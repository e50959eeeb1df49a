package io.trivigil.node;

/// What became of samples that were handed to the log.
public sealed interface WriteOutcome {
  /// Committed, applied on this node, and answered.
  ///
  /// @param index the entry; a reader that waits for it sees the samples
  record Answered(long index, WriteAnswer answer) implements WriteOutcome {}

  /// Not known to be stored: the sender tries again.
  record Unavailable(String reason) implements WriteOutcome {}
}
