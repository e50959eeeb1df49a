package io.trivigil.promql.eval;

import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import java.util.List;
import java.util.function.Consumer;

/// Reads a leaf series by series, in the order of its series.
final class Scan {
  private static final int CHECK_EVERY = 32;

  private final QueryContext context;
  private final Notes notes;
  private final SampleCounts counts;

  Scan(QueryContext context, Notes notes, SampleCounts counts) {
    this.context = context;
    this.notes = notes;
    this.counts = counts;
  }

  /// Shows every column that has a value.
  ///
  /// @param keep whether the sink keeps the columns; else their cells are used again
  void run(Leaf leaf, boolean keep, Consumer<Column> sink) {
    if (ParallelScan.isWorthIt(leaf, context)) {
      ParallelScan.run(leaf, keep, context, notes, counts, sink);
      return;
    }
    QueryContext.Mark before = context.mark();
    SeriesReader reader = leaf.readers().apply(notes);
    List<Querier.Series> series = leaf.series();
    double[] cells = new double[leaf.steps()];
    long[] perStep = new long[counts.isOn() ? leaf.steps() : 0];
    for (int i = 0; i < series.size(); i++) {
      if (i % CHECK_EVERY == 0) {
        context.check();
      }
      Column column = reader.read(series.get(i), cells);
      if (counts.isOn()) {
        reader.count(perStep);
      }
      context.read(reader.samples());
      context.hold(reader.samples());
      context.release(reader.samples());
      if (column != null) {
        sink.accept(column);
        if (keep) {
          context.hold(leaf.steps());
          context.holdBytes(column.bytes());
          cells = new double[leaf.steps()];
        }
      }
    }
    if (counts.isOn()) {
      counts.add(perStep);
    }
    context.releaseTo(before);
  }
}
