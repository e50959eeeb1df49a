package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;

/// Series with their samples, in the order of layers. Owned by one thread.
interface MergeSource {
  /// Goes to the next series; false at the end.
  boolean next();

  /// The [MetricHash] of the series.
  long hash();

  long ref();

  /// Appends all its samples; what is corrupt is told of and left out.
  void read(SampleBuffer out);
}
