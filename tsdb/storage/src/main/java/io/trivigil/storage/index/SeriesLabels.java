package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import org.jspecify.annotations.Nullable;

/// Looks labels up by reference. Safe to call from any thread.
@FunctionalInterface
public interface SeriesLabels {
  /// The labels, or null where the series has left (called once per candidate, so no Optional).
  @Nullable Labels labels(long ref);
}
