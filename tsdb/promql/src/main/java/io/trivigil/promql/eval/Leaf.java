package io.trivigil.promql.eval;

import io.trivigil.promql.Querier;
import java.util.List;
import java.util.function.Function;

/// The part of a query that reads the store: which series, and how each becomes a column.
///
/// @param steps cells per column
/// @param readers makes a reader for one thread, which says what it notices to the notes given
record Leaf(List<Querier.Series> series, int steps, Function<Notes, SeriesReader> readers) {}
