package io.trivigil.storage;

import java.util.Arrays;

/// When the last sample came of series that are in pages alone, so that a query passes those over
/// that ended before its range, without a look at the disk.
///
/// In chunks of 1,024 references, which are handed out rising: seconds, rounded up, of each series,
/// and of each chunk the latest. Where chunks are too many those with the lowest references keep
/// the latest alone. A time only grows, so by the newest that is known a series is passed over for
/// older views as well.
///
/// Thread-safe: readers take no lock. Who finds no slot for a reference sees what was noted before
/// the way to its slot was taken away.
final class LastTimes {
  /// The most series of which each time is kept: 8 MiB. A chunk's latest, 4 bytes, stays.
  static final int MOST = 1 << 21;

  private static final int SHIFT = 10;
  private static final int CHUNK = 1 << SHIFT;
  private static final int MASK = CHUNK - 1;
  private static final int UNKNOWN = 0;
  private static final int NEVER = Integer.MAX_VALUE; // what ended then is never passed over
  private static final int[] NONE = {};

  private final int most;
  private volatile int[][] times = new int[0][]; // by chunk; none of those that are not kept
  private volatile int[] latest = new int[0]; // by chunk
  private volatile boolean complete;

  // Guarded by this, as all changes:
  private int kept; // series
  private int firstKept; // chunk

  /// @param most of so many series each time is kept
  LastTimes(int most) {
    this.most = most;
  }

  /// Notes when a series ended that is about to be in pages alone, or is already.
  synchronized void note(long ref, long lastMs) {
    int chunk = Math.toIntExact(ref >>> SHIFT);
    if (chunk >= latest.length) {
      int length = Math.max(chunk + 1, latest.length + latest.length / 4);
      int[][] grown = Arrays.copyOf(times, length);
      Arrays.fill(grown, times.length, length, NONE);
      latest = Arrays.copyOf(latest, length);
      times = grown;
    }
    int seconds = Math.clamp(Math.ceilDiv(lastMs, 1000L), UNKNOWN + 1, NEVER);
    latest[chunk] = Math.max(latest[chunk], seconds);
    if (chunk >= firstKept) {
      if (times[chunk].length == 0) {
        times[chunk] = new int[CHUNK];
        kept += CHUNK;
      }
      int at = (int) ref & MASK;
      times[chunk][at] = Math.max(times[chunk][at], seconds);
      forgetFirst();
    }
  }

  private void forgetFirst() {
    while (kept > most) {
      kept -= times[firstKept].length;
      times[firstKept++] = NONE;
    }
  }

  /// From now on every series that is in pages alone was noted.
  void complete() {
    complete = true;
  }

  /// Whether a series, if it is in pages alone, has no sample at `fromMs` or later; false where it
  /// is not known.
  boolean endedBefore(long ref, long fromMs) {
    int[][] chunks = times;
    int chunk = (int) (ref >>> SHIFT);
    if (chunk >= chunks.length) {
      return false;
    }
    int[] each = chunks[chunk];
    int seconds = each.length == 0 ? UNKNOWN : each[(int) ref & MASK];
    if (seconds == UNKNOWN && complete) {
      seconds = latest[chunk];
    }
    return seconds != UNKNOWN && seconds != NEVER && seconds * 1000L < fromMs;
  }

  /// Of how many series there is room for each time.
  synchronized int kept() {
    return kept;
  }
}
