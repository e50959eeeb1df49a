package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.promql.ast.Expr;
import java.util.Arrays;

/// One group of an aggregation that adds value to value: a number of columns of running state.
abstract class Fold {
  final int steps;
  final int[] counts;
  private final Expr.Aggregate node;
  private final Notes notes;

  Fold(Expr.Aggregate node, int steps, Notes notes) {
    this.node = node;
    this.steps = steps;
    this.notes = notes;
    this.counts = new int[steps];
  }

  static Fold of(Expr.Aggregate node, int steps, Notes notes) {
    return switch (node.op()) {
      case SUM -> new SumFold(node, steps, notes, false);
      case AVG -> new SumFold(node, steps, notes, true);
      case COUNT, GROUP -> new Count(node, steps, notes);
      case MIN, MAX -> new Extreme(node, steps, notes);
      case STDDEV, STDVAR -> new Variance(node, steps, notes);
      default -> throw new IllegalStateException("no fold: " + node.op());
    };
  }

  /// About how much memory a group takes, its result included.
  static long bytes(int steps) {
    return 3 * Column.bytes(steps);
  }

  /// Adds all cells of a series.
  void add(Column column) {
    double[] cells = column.cells;
    for (int i = 0; i < cells.length; i++) {
      double cell = cells[i];
      if (Cell.isFloat(cell)) {
        add(i, cell);
      } else if (Cell.isHistogram(cell)) {
        add(i, column.histogram(i), column.labels().metricName());
      }
    }
  }

  abstract void add(int step, double value);

  /// Most aggregators pass over histograms and say so.
  void add(int step, FloatHistogram histogram, String metricName) {
    notes.histogramIgnored(node.op().text(), node.expr().pos());
  }

  abstract double result(int step);

  Column column(Labels labels, boolean dropName) {
    Column column = Column.absent(labels, dropName, steps);
    for (int i = 0; i < steps; i++) {
      if (counts[i] > 0) {
        column.cells[i] = result(i);
      }
    }
    return column;
  }

  /// `count` and `group`.
  private static final class Count extends Fold {
    private final boolean one;

    Count(Expr.Aggregate node, int steps, Notes notes) {
      super(node, steps, notes);
      one = node.op() == io.trivigil.promql.ast.AggregateOp.GROUP;
    }

    @Override
    void add(int step, double value) {
      counts[step]++;
    }

    @Override
    void add(int step, FloatHistogram histogram, String metricName) {
      counts[step]++;
    }

    @Override
    double result(int step) {
      return one ? 1 : counts[step];
    }
  }

  /// `min` and `max`: NaN only if there is nothing else.
  private static final class Extreme extends Fold {
    private final double[] best;
    private final boolean max;

    Extreme(Expr.Aggregate node, int steps, Notes notes) {
      super(node, steps, notes);
      best = new double[steps];
      max = node.op() == io.trivigil.promql.ast.AggregateOp.MAX;
    }

    @Override
    void add(int step, double value) {
      double known = best[step];
      if (counts[step]++ == 0 || (max ? value > known : value < known) || Double.isNaN(known)) {
        best[step] = value;
      }
    }

    @Override
    double result(int step) {
      return best[step];
    }
  }

  /// `stddev` and `stdvar` of the whole population.
  private static final class Variance extends Fold {
    private final double[] means;
    private final double[] squares;
    private final boolean root;

    Variance(Expr.Aggregate node, int steps, Notes notes) {
      super(node, steps, notes);
      means = new double[steps];
      squares = new double[steps];
      root = node.op() == io.trivigil.promql.ast.AggregateOp.STDDEV;
    }

    @Override
    void add(int step, double value) {
      if (counts[step]++ == 0) {
        means[step] = value;
        squares[step] = Double.isFinite(value) ? 0 : Double.NaN;
        return;
      }
      double delta = value - means[step];
      means[step] += delta / counts[step];
      squares[step] += delta * (value - means[step]);
    }

    @Override
    double result(int step) {
      double variance = squares[step] / counts[step];
      return root ? Math.sqrt(variance) : variance;
    }
  }

  /// `sum` and `avg`, of floats or of histograms; a mixture has no result.
  private static final class SumFold extends Fold {
    private final Expr.Aggregate node;
    private final Notes notes;
    private final boolean average;
    private final double[] sums;
    private final double[] losts;
    private final boolean[] incremental;
    private String metric = "";
    private HistogramSum @org.jspecify.annotations.Nullable [] histograms;

    SumFold(Expr.Aggregate node, int steps, Notes notes, boolean average) {
      super(node, steps, notes);
      this.node = node;
      this.notes = notes;
      this.average = average;
      sums = new double[steps];
      losts = new double[steps];
      incremental = new boolean[steps];
    }

    /// As that of all; but here it is known which method adds a cell, where millions are added.
    @Override
    void add(Column column) {
      double[] cells = column.cells;
      for (int i = 0; i < cells.length; i++) {
        double cell = cells[i];
        if (Cell.isFloat(cell)) {
          add(i, cell);
        } else if (Cell.isHistogram(cell)) {
          add(i, column.histogram(i), column.labels().metricName());
        }
      }
    }

    @Override
    void add(int step, double value) {
      double count = ++counts[step];
      if (count == 1) {
        sums[step] = value;
        return;
      }
      if (!incremental[step]) {
        double total = sums[step] + value;
        if (!average || !Double.isInfinite(total)) {
          losts[step] = Kahan.lostBy(sums[step], value, total, losts[step]);
          sums[step] = total;
          return;
        }
        incremental[step] = true;
        sums[step] /= count - 1;
        losts[step] /= count - 1;
      }
      double share = (count - 1) / count;
      double mean = sums[step] * share;
      double part = value / count;
      double total = mean + part;
      losts[step] = Kahan.lostBy(mean, part, total, losts[step] * share);
      sums[step] = total;
    }

    @Override
    void add(int step, FloatHistogram histogram, String metricName) {
      metric = metricName;
      HistogramSum[] all = histograms;
      if (all == null) {
        all = new HistogramSum[steps];
        Arrays.setAll(all, i -> new HistogramSum());
        histograms = all;
      }
      all[step].add(histogram);
    }

    @Override
    double result(int step) {
      if (average && !incremental[step]) {
        return sums[step] / counts[step] + losts[step] / counts[step];
      }
      return Double.isInfinite(sums[step]) ? sums[step] : sums[step] + losts[step];
    }

    @Override
    Column column(Labels labels, boolean dropName) {
      Column column = super.column(labels, dropName);
      HistogramSum[] all = histograms;
      for (int i = 0; all != null && i < steps; i++) {
        if (all[i].isEmpty()) {
          continue;
        }
        if (counts[i] > 0) {
          notes.mixedFloatsHistogramsInAggregation(node.expr().pos());
          column.cells[i] = Cell.ABSENT;
          continue;
        }
        FloatHistogram result = all[i].result(average, notes, node.expr().pos(), metric);
        if (result != null) {
          column.set(i, result);
        }
      }
      return column;
    }
  }
}
