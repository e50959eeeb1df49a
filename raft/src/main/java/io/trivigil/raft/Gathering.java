package io.trivigil.raft;

import java.time.Duration;

/// Decides how long what waits is held back for company, so that senders who each wait for their
/// answer share an entry. Pure: the time comes in.
///
/// Who was just answered is likely to ask again at once. So behind an entry we wait until as many
/// are there as it had, and as were waiting beside it; for [#LONGEST] at the most. With one sender
/// nothing is ever held back. Where nobody came we do without for a while, each time twice as long.
///
/// Not thread-safe.
final class Gathering {
  /// The longest that a command is held back.
  static final Duration LONGEST = Duration.ofMillis(5);

  /// So many entries at the most go without after one that was held back in vain.
  static final int LONGEST_REST = 64;

  private final long longestNanos;

  private int wanted; // commands; 0: nothing is held back
  private int found; // how many waited when it began
  private long untilNanos;
  private int rest; // entries that go without
  private int nextRest = 1;

  /// @param longest how long a command is held back at the most; zero switches it off
  Gathering(Duration longest) {
    this.longestNanos = longest.toNanos();
  }

  /// An entry has ended.
  ///
  /// @param commands how many it had
  /// @param waiting how many wait for the next
  void ended(int commands, int waiting, long nowNanos) {
    wanted = 0;
    if (longestNanos == 0 || commands + waiting < 2) {
      return;
    }
    if (rest > 0) {
      rest--;
      return;
    }
    wanted = commands + waiting;
    found = waiting;
    untilNanos = nowNanos + longestNanos;
  }

  /// For how long what waits is to be held back from now on, ns; 0 if it may go. Whoever is told 0
  /// sends it.
  long holdNanos(int waiting, long nowNanos) {
    if (wanted == 0) {
      return 0;
    }
    long left = untilNanos - nowNanos;
    if (waiting < wanted && left > 0) {
      return left;
    }
    if (waiting > Math.max(1, found)) {
      nextRest = 1;
    } else {
      rest = nextRest;
      nextRest = Math.min(2 * nextRest, LONGEST_REST);
    }
    wanted = 0;
    return 0;
  }
}
