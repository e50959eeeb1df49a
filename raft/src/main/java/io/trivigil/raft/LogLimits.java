package io.trivigil.raft;

/// The limits of the log. Each is also a metric.
///
/// @param maxCommandBytes one command, bytes; default 4 MiB
/// @param maxEntryBytes when commands that wait for each other are cut into entries, bytes; default
///   256 KiB. A larger single command travels alone
/// @param maxPendingBytes proposals that wait or are in flight on this node, bytes; default 32 MiB
/// @param snapshotEveryBytes how much log is applied between two snapshots, bytes; default 16 MiB
/// @param retainLogBytes how much log behind the newest snapshot a slow peer may hold back, bytes;
///   default 256 MiB
public record LogLimits(
    int maxCommandBytes,
    int maxEntryBytes,
    long maxPendingBytes,
    long snapshotEveryBytes,
    long retainLogBytes) {

  /// The limits that Trivigil ships with.
  public static final LogLimits DEFAULT =
      new LogLimits(4 << 20, 256 << 10, 32L << 20, 16L << 20, 256L << 20);

  public LogLimits {
    if (maxEntryBytes <= 0
        || maxCommandBytes < maxEntryBytes
        || maxPendingBytes < maxCommandBytes
        || snapshotEveryBytes <= 0
        || retainLogBytes < 0) {
      throw new IllegalArgumentException(
          "log limits do not fit each other: max_entry_bytes=%d <= max_command_bytes=%d <= max_pending_bytes=%d"
              .formatted(maxEntryBytes, maxCommandBytes, maxPendingBytes));
    }
  }
}
