package io.trivigil.raft;

import java.time.Duration;

/// The limits of the log. Each is also a metric.
///
/// @param maxCommandBytes one command, bytes; default 4 MiB
/// @param maxEntryBytes when commands that wait for each other are cut into entries, bytes; default
///   256 KiB. A larger single command travels alone
/// @param maxPendingBytes proposals that wait or are in flight on this node, bytes; default 32 MiB
/// @param snapshotEveryBytes how much log is applied between two snapshots, bytes; default 16 MiB
/// @param retainLogBytes how much log behind the newest snapshot a slow peer may hold back, bytes;
///   default 256 MiB
/// @param restBytes how much log behind the newest snapshot is worth one as soon as the log rests,
///   so that a restart need not apply it, bytes; default 1 MiB
/// @param rest how long next to nothing must have been applied for that (a sixteenth of `restBytes`
///   at most); default 10 s
public record LogLimits(
    int maxCommandBytes,
    int maxEntryBytes,
    long maxPendingBytes,
    long snapshotEveryBytes,
    long retainLogBytes,
    long restBytes,
    Duration rest) {

  /// The limits that Trivigil ships with.
  public static final LogLimits DEFAULT =
      new LogLimits(
          4 << 20, 256 << 10, 32L << 20, 16L << 20, 256L << 20, 1L << 20, Duration.ofSeconds(10));

  public LogLimits {
    if (maxEntryBytes <= 0
        || maxCommandBytes < maxEntryBytes
        || maxPendingBytes < maxCommandBytes
        || snapshotEveryBytes <= 0
        || retainLogBytes < 0
        || restBytes <= 0
        || !rest.isPositive()) {
      throw new IllegalArgumentException(
          "log limits do not fit each other: max_entry_bytes=%d <= max_command_bytes=%d <= max_pending_bytes=%d; snapshot_every_bytes=%d rest_bytes=%d rest=%s above 0"
              .formatted(
                  maxEntryBytes,
                  maxCommandBytes,
                  maxPendingBytes,
                  snapshotEveryBytes,
                  restBytes,
                  rest));
    }
  }

  /// These with another measure of rest.
  public LogLimits withRest(long bytes, Duration time) {
    return new LogLimits(
        maxCommandBytes,
        maxEntryBytes,
        maxPendingBytes,
        snapshotEveryBytes,
        retainLogBytes,
        bytes,
        time);
  }
}
