package io.trivigil.promql.eval;

import io.trivigil.promql.Querier;
import org.jspecify.annotations.Nullable;

/// Turns stored series into columns, one after the other. Each thread has its own.
interface SeriesReader {
  /// The column of a series; null if it has none (called per series: no Optional).
  ///
  /// @param cells becomes the column's cells; anything may stand in it before and afterwards
  @Nullable Column read(Querier.Series series, double[] cells);

  /// How many samples the last series had.
  int samples();

  /// Adds what was looked at of the last series to the counts of its steps; before its column's
  /// cells are used for anything else.
  void count(long[] perStep);
}
