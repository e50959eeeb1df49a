package io.trivigil.storage.head;

import io.trivigil.model.SampleBuffer;

/// Where the samples of a series that are not in memory are read.
@FunctionalInterface
public interface StoredSamples {
  /// Appends the stored samples of `fromMs <= t <= toMs` to `out`.
  void read(long fromMs, long toMs, SampleBuffer out);
}
