package io.trivigil.model;

import java.util.Arrays;

/// Samples of one series as columns, oldest first, for reuse from series to series. Owned by one
/// thread.
///
/// `timestampsMs[i]` and `values[i]` belong together for `i < size()`. The arrays are replaced when
/// they grow: fetch them again after an [#add]. Stale markers stand in `values` as they are.
public final class SampleBuffer {
  private long[] timestampsMs;
  private double[] values;
  private int size;

  public SampleBuffer() {
    this(128);
  }

  public SampleBuffer(int capacity) {
    timestampsMs = new long[capacity];
    values = new double[capacity];
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void clear() {
    size = 0;
  }

  public void add(long timestampMs, double value) {
    if (size == timestampsMs.length) {
      reserve(size + 1);
    }
    timestampsMs[size] = timestampMs;
    values[size] = value;
    size++;
  }

  /// Makes room for `capacity` samples in all.
  public void reserve(int capacity) {
    if (capacity > timestampsMs.length) {
      int grown = Math.max(capacity, Math.max(16, timestampsMs.length * 2));
      timestampsMs = Arrays.copyOf(timestampsMs, grown);
      values = Arrays.copyOf(values, grown);
    }
  }

  /// Keeps the first `count` samples.
  public void truncate(int count) {
    size = Math.min(size, count);
  }

  public long timestampMs(int i) {
    return timestampsMs[i];
  }

  public double value(int i) {
    return values[i];
  }

  /// The column itself, valid below [#size] and until the next [#add].
  public long[] timestampsMs() {
    return timestampsMs;
  }

  /// The column itself, valid below [#size] and until the next [#add].
  public double[] values() {
    return values;
  }
}
