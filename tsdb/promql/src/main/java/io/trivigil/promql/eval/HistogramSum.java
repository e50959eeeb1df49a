package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.promql.ast.PosRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Adds histograms up, one group at one step or one window, and remembers what went wrong.
///
/// First the common layout is found, then every figure is summed with compensation.
final class HistogramSum {
  private final List<FloatHistogram> all = new ArrayList<>(2);
  private boolean reconciled;
  private boolean reset;
  private boolean notReset;

  void add(FloatHistogram histogram) {
    reset |= histogram.hint() == Hint.RESET;
    notReset |= histogram.hint() == Hint.NOT_RESET;
    all.add(histogram);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /// The sum or average; null if the histograms do not fit together.
  @Nullable FloatHistogram result(boolean average, Notes notes, PosRange pos, String metric) {
    if (reset && notReset) {
      notes.conflictingResets("aggregation", pos);
    }
    FloatHistogram layout = layout();
    if (reconciled) {
      notes.reconciledBuckets("aggregation", pos);
    }
    if (layout == null) {
      notes.mixedExponentialCustom(metric, pos);
      return null;
    }
    return (all.size() == 1 ? layout : total(layout, average)).compact();
  }

  private @Nullable FloatHistogram layout() {
    FloatHistogram sum = all.getFirst();
    for (int i = 1; i < all.size(); i++) {
      Optional<HistogramOps.Combined> next = HistogramOps.combine(sum, all.get(i), 1);
      if (next.isEmpty()) {
        return null;
      }
      reconciled |= next.get().reconciled();
      sum = next.get().histogram();
    }
    return sum;
  }

  private FloatHistogram total(FloatHistogram layout, boolean average) {
    Tally count = new Tally(average);
    Tally sum = new Tally(average);
    Tally zero = new Tally(average);
    Tally[] positive = tallies(layout.positive(), average);
    Tally[] negative = tallies(layout.negative(), average);
    FloatHistogram empty =
        FloatHistogram.empty(
            layout.schema(), layout.hint(), layout.zeroThreshold(), layout.bounds());
    for (FloatHistogram histogram : all) {
      FloatHistogram fitted = HistogramOps.combine(empty, histogram, 1).orElseThrow().histogram();
      count.add(fitted.count());
      sum.add(fitted.sum());
      zero.add(fitted.zeroCount());
      add(positive, layout.positive(), fitted.positive());
      add(negative, layout.negative(), fitted.negative());
    }
    return new FloatHistogram(
        layout.schema(),
        layout.hint(),
        count.result(),
        sum.result(),
        zero.result(),
        layout.zeroThreshold(),
        buckets(layout.positive(), positive),
        buckets(layout.negative(), negative),
        layout.bounds());
  }

  private static Tally[] tallies(Buckets side, boolean average) {
    Tally[] tallies = new Tally[side.size()];
    Arrays.setAll(tallies, i -> new Tally(average));
    return tallies;
  }

  private static void add(Tally[] tallies, Buckets layout, Buckets side) {
    for (int i = 0; i < tallies.length; i++) {
      tallies[i].add(side.at(layout.indexes()[i]));
    }
  }

  private static Buckets buckets(Buckets layout, Tally[] tallies) {
    return new Buckets(
        layout.indexes(), Arrays.stream(tallies).mapToDouble(Tally::result).toArray());
  }

  /// One figure's sum or average.
  private static final class Tally {
    private final Kahan sum = new Kahan();
    private final Kahan.Mean mean = new Kahan.Mean();
    private final boolean average;

    Tally(boolean average) {
      this.average = average;
    }

    void add(double value) {
      if (average) {
        mean.add(value);
      } else {
        sum.add(value);
      }
    }

    double result() {
      return average ? mean.result() : sum.result();
    }
  }
}
