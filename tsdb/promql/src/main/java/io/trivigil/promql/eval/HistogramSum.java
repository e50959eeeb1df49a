package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.promql.ast.PosRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up histograms of one group at one step.
final class HistogramSum {
  private final List<FloatHistogram> added = new ArrayList<>(2);

  void add(FloatHistogram histogram) {
    added.add(histogram);
  }

  boolean isEmpty() {
    return added.isEmpty();
  }

  @Nullable FloatHistogram result(boolean average, Notes notes, PosRange pos, Labels labels) {
    return added.size() == 1 ? added.getFirst() : null;
  }
}
