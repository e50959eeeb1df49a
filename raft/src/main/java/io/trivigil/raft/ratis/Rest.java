package io.trivigil.raft.ratis;

import io.trivigil.raft.LogLimits;

/// Knows whether the log rests: next to nothing was applied for some time. What stands in it behind
/// the newest snapshot would be applied again by a restart, however long ago it came, so then is
/// the time to write one: nobody waits for anything, and the next start is shorter. Pure; confined
/// to one thread.
final class Rest {
  /// What this part of the bytes that are worth a snapshot does not disturb the rest.
  private static final int NEXT_TO_NOTHING = 16;

  private final LogLimits limits;
  private long markBytes; // applied when the rest began
  private long markNanos;

  Rest(LogLimits limits, long nowNanos) {
    this.limits = limits;
    this.markNanos = nowNanos;
  }

  /// Whether a snapshot should be taken now. To be asked every second or so.
  ///
  /// @param appliedBytes how much log was applied in all
  /// @param capturedBytes how much of that the newest snapshot contains, or the one that is written
  boolean asksForSnapshot(long appliedBytes, long capturedBytes, long nowNanos) {
    if (appliedBytes - markBytes > limits.restBytes() / NEXT_TO_NOTHING) {
      markBytes = appliedBytes;
      markNanos = nowNanos;
    }
    return nowNanos - markNanos >= limits.rest().toNanos()
        && appliedBytes - capturedBytes >= limits.restBytes();
  }
}
