package io.trivigil.web.heap;

import java.util.random.RandomGenerator;

/// Decides when to collect the whole heap. The serial collector lets the old generation grow up to
/// `-Xmx` before it does so by itself: most of that would be garbage that stays resident. It has no
/// clock and asks nobody: it is told what there is to see. Confined to one thread.
final class HeapPace {
  private final double share;
  private final long baseBytes;
  private final long growthBytes;
  private long collections;
  private long collectionMs;
  private long lastMs; // how long the last one took
  private long lastNanos; // when it was first seen
  private boolean seen; // one of them

  /// What there is to see.
  ///
  /// @param nanos now, by the ticker
  /// @param usedBytes of the old generation
  /// @param livedBytes what of it lived after its last collection; 0 before the first
  /// @param collections how many collections of the whole heap there were, whoever asked for them
  /// @param collectionMs how long they took together
  record Sight(long nanos, long usedBytes, long livedBytes, long collections, long collectionMs) {}

  HeapPace(HeapLimits limits, RandomGenerator random) {
    this.share = limits.share();
    this.baseBytes = limits.baseBytes();
    this.growthBytes = limits.growthBytes() + random.nextLong(limits.spreadBytes());
  }

  /// Whether to collect now.
  boolean isDue(Sight sight) {
    if (sight.collections() != collections) {
      lastMs = (sight.collectionMs() - collectionMs) / (sight.collections() - collections);
      lastNanos = sight.nanos();
      seen = true;
      collections = sight.collections();
      collectionMs = sight.collectionMs();
    }
    boolean rests = seen && (sight.nanos() - lastNanos) / 1e6 < lastMs / share;
    return !rests && sight.usedBytes() - Math.max(sight.livedBytes(), baseBytes) >= growthBytes;
  }

  /// By how much the old generation may grow.
  long growthBytes() {
    return growthBytes;
  }
}
