package io.trivigil.raft.sim;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One entry of the simulated log, from its append on.
final class Slot {
  final long term;
  final long proposedMs;
  final List<byte[]> commands;

  /// Told the index and the leader's answers when the leader has applied the entry; null for a
  /// no-op and for a duplicate.
  final @Nullable BiConsumer<Long, List<byte[]>> whenApplied;

  /// Set when it is committed.
  long index = -1;

  // What the first node that applied it saw; every other must see the same.
  boolean seen;
  long logTimeMs;
  int answersHash;

  /// The state behind it, by content; set with [#seen] where states are watched.
  long stateHash;

  Slot(
      long term,
      long proposedMs,
      List<byte[]> commands,
      @Nullable BiConsumer<Long, List<byte[]>> whenApplied) {
    this.term = term;
    this.proposedMs = proposedMs;
    this.commands = commands;
    this.whenApplied = whenApplied;
  }
}
