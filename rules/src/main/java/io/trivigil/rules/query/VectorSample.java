package io.trivigil.rules.query;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import java.util.Optional;

/// One element of an instant vector.
///
/// @param value its number; 0 where it is a native histogram
/// @param histogram what it is instead of a number
public record VectorSample(Labels labels, double value, Optional<FloatHistogram> histogram) {
  /// A plain number.
  public VectorSample(Labels labels, double value) {
    this(labels, value, Optional.empty());
  }
}
