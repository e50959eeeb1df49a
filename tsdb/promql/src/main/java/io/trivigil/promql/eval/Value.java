package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.QueryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a node evaluates to.
sealed interface Value {
  /// One number per step.
  record Scalar(double[] values) implements Value {}

  /// A text.
  record Text(String value) implements Value {}

  /// Many series; the order of columns matters for one step only.
  record Block(int steps, List<Column> columns) implements Value {

    static final String SAME_LABELS = "vector cannot contain metrics with the same labelset";

    /// How many cells hold something.
    long samples() {
      long sum = 0;
      for (Column column : columns) {
        sum += column.count();
      }
      return sum;
    }

    /// About how much memory it takes.
    long bytes() {
      long sum = 0;
      for (Column column : columns) {
        sum += column.bytes();
      }
      return sum;
    }

    /// The only value of every step repeated; for what does not depend on the time.
    Block repeated(int times) {
      List<Column> wide = new ArrayList<>(columns.size());
      for (Column column : columns) {
        double[] cells = new double[times];
        Arrays.fill(cells, column.cells[0]);
        Column repeated = new Column(column.labels, column.dropName, cells);
        if (Cell.isHistogram(column.cells[0])) {
          for (int i = 0; i < times; i++) {
            repeated.set(i, column.histogram(0));
          }
        }
        wide.add(repeated);
      }
      return new Block(times, wide);
    }

    /// Columns of equal labels joined into one.
    ///
    /// @throws QueryException if two of them have a value at the same step
    Block merged() {
      Map<Key, Column> byLabels = new LinkedHashMap<>(columns.size() * 2);
      boolean joined = false;
      for (Column column : columns) {
        Key key = new Key(column.labels, column.dropName);
        Column known = byLabels.putIfAbsent(key, column);
        if (known != null) {
          byLabels.put(key, join(known, column));
          joined = true;
        }
      }
      return joined ? new Block(steps, new ArrayList<>(byLabels.values())) : this;
    }

    /// A name that is to be dropped and one that stays are not the same.
    private record Key(Labels labels, boolean dropName) {}

    private static Column join(Column a, Column b) {
      Column joined = new Column(a.labels, a.dropName, a.cells.clone());
      joined.histograms = a.histograms == null ? null : a.histograms.clone();
      for (int i = 0; i < b.cells.length; i++) {
        if (Cell.isPresent(b.cells[i])) {
          if (Cell.isPresent(a.cells[i])) {
            throw QueryException.execution(SAME_LABELS);
          }
          joined.copy(i, b, i);
        }
      }
      return joined;
    }
  }
}
