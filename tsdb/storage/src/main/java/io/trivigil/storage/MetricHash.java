package io.trivigil.storage;

/// Where a metric stands among the pages of a layer: series are sorted by this and then by their
/// reference, so that the series of one metric are neighbours. Written to disk, so it never
/// changes.
///
/// Two metrics of one hash only share pages: a series is known by its reference.
final class MetricHash {
  private static final long OFFSET = 0xCBF29CE484222325L;
  private static final long PRIME = 0x100000001B3L;

  private MetricHash() {}

  /// FNV-1a over the UTF-16 units.
  static long of(String metric) {
    long hash = OFFSET;
    for (int i = 0; i < metric.length(); i++) {
      hash = (hash ^ metric.charAt(i)) * PRIME;
    }
    return hash;
  }

  /// The order of series in layers.
  static int compare(long hashA, long refA, long hashB, long refB) {
    return hashA == hashB ? Long.compare(refA, refB) : Long.compare(hashA, hashB);
  }
}
