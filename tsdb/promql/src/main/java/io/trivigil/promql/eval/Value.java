package io.trivigil.promql.eval;

import io.trivigil.promql.QueryException;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
        Column repeated = new Column(column.labelled, column.dropName, cells);
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
      if (columns.size() < 2) {
        return this;
      }
      // A name that is to be dropped and one that stays are not the same.
      Places staying = new Places();
      Places leaving = new Places();
      List<Column> all = new ArrayList<>(columns.size());
      for (Column column : columns) {
        (column.dropName ? leaving : staying).add(column, all);
      }
      return all.size() < columns.size() ? new Block(steps, all) : this;
    }

    /// Where the columns of different labels stand.
    private static final class Places {
      private final GroupIndex index = GroupIndex.without(List.of());
      private final IntArrayList places = new IntArrayList();

      void add(Column column, List<Column> all) {
        int number = index.of(column);
        if (number == places.size()) {
          places.add(all.size());
          all.add(column);
        } else {
          int place = places.getInt(number);
          all.set(place, join(all.get(place), column));
        }
      }
    }

    private static Column join(Column a, Column b) {
      Column joined = new Column(a.labelled, a.dropName, a.cells.clone());
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
