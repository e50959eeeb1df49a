package io.trivigil.storage;

/// A place in the log, with the log's time there.
///
/// @param term the term of the entry
/// @param index the entry's index
/// @param logTimeMs the entry's log time
public record SnapshotPosition(long term, long index, long logTimeMs) {
  /// Before the first entry.
  public static final SnapshotPosition NOTHING = new SnapshotPosition(0, -1, 0);
}
