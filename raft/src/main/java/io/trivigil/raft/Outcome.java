package io.trivigil.raft;

/// What became of a proposal.
public sealed interface Outcome {

  /// The command was committed at `index` and applied on this node with this answer.
  record Applied(long index, byte[] answer) implements Outcome {}

  /// The command is certainly not in the log: there is no leader, or (where it was asked for) this
  /// node does not lead in the term it believed in.
  record NotLeader(String reason) implements Outcome {}

  /// The command is certainly not in the log: too much is in flight, or the command is too large.
  record Rejected(String reason) implements Outcome {}

  /// The command may have been committed, or may be yet. Commands are idempotent or conditional, so
  /// the caller may propose it again.
  record Unknown(String reason) implements Outcome {}
}
