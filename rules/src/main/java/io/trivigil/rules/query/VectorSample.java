package io.trivigil.rules.query;

import io.trivigil.model.Labels;

/// One element of an instant vector.
///
/// @param value its number; 0 where it is a native histogram
/// @param histogram whether it is one, which alerts can fire on but recordings can not store yet
public record VectorSample(Labels labels, double value, boolean histogram) {
  /// A plain number.
  public VectorSample(Labels labels, double value) {
    this(labels, value, false);
  }
}
