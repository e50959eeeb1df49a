package io.trivigil.storage;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// Guesses where the chunk that holds a time begins, from what was found for the series before: a
/// snapshot cuts all series at about the same time. Of one querier; any of its threads.
final class FloorGuesses {
  /// Series are not scraped at the same instant, so their chunks do not begin at the same either.
  private static final long SLACK_MS = 60_000;

  /// Chunks that may be passed over before a guess counts as too low.
  private static final int FEW = 1;

  private static final int PLACES = 16;

  private record Guess(long partition, long ms, long beginMs) {}

  private final AtomicReferenceArray<Guess> guesses = new AtomicReferenceArray<>(PLACES);

  private static int place(long partition, long ms) {
    return Long.hashCode(ms * 31 + partition) & (PLACES - 1);
  }

  /// A time before which the chunk with `ms` hardly begins; `ms` if nothing is known.
  long below(long partition, long ms) {
    Guess known = guesses.get(place(partition, ms));
    return known != null && known.partition() == partition && known.ms() == ms
        ? known.beginMs()
        : ms;
  }

  /// Learns from a series that has chunks here.
  ///
  /// @param guessMs what [#below] said
  /// @param passed chunks that began at or before `ms`; the last of them is its floor
  /// @param floorMs when the floor begins; meaningless if there is none
  void learn(long partition, long ms, long guessMs, int passed, long floorMs) {
    long beginMs = passed == 0 ? Long.MIN_VALUE : Math.max(Long.MIN_VALUE + SLACK_MS, floorMs);
    long nextMs = passed == 0 ? Long.MIN_VALUE : beginMs - SLACK_MS;
    if (guessMs == ms || nextMs < guessMs || passed > 1 + FEW) {
      guesses.set(place(partition, ms), new Guess(partition, ms, nextMs));
    }
  }
}
