package io.trivigil.storage.head;

/// Collects samples from the newest to the oldest, and gives them the other way round. Owned by one
/// thread.
final class Backwards {
  private long[] data = new long[32]; // timestamp and value bits in turn, filled from the end
  private int from = data.length;

  void clear() {
    from = data.length;
  }

  void add(long timestampMs, long bits) {
    if (from == 0) {
      long[] grown = new long[data.length * 2];
      System.arraycopy(data, 0, grown, data.length, data.length);
      from = data.length;
      data = grown;
    }
    data[--from] = bits;
    data[--from] = timestampMs;
  }

  long[] data() {
    return data;
  }

  /// The first pair.
  int from() {
    return from / 2;
  }

  /// Behind the last pair.
  int to() {
    return data.length / 2;
  }
}
