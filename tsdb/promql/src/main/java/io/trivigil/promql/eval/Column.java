package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One series of a block: a cell per step, see [Cell].
final class Column {
  /// What a column takes beside its cells; labels that it does not share with the store included.
  private static final int OVERHEAD_BYTES = 96;

  private static final int HISTOGRAM_BYTES = 256;

  /// Whose labels these are.
  Labelled labelled;

  private @Nullable Labels labels; // once somebody asked

  /// The metric's name is to be dropped at the end of the query (delayed name removal).
  final boolean dropName;

  final double[] cells;
  @Nullable FloatHistogram @Nullable [] histograms;

  Column(Labelled labelled, boolean dropName, double[] cells) {
    this.labelled = labelled;
    this.dropName = dropName;
    this.cells = cells;
  }

  /// A column without any value yet.
  static Column absent(Labelled labelled, boolean dropName, int steps) {
    double[] cells = new double[steps];
    Arrays.fill(cells, Cell.ABSENT);
    return new Column(labelled, dropName, cells);
  }

  /// Its labels, made now unless somebody asked before.
  Labels labels() {
    Labels known = labels;
    if (known == null) {
      known = labelled.labels();
      labels = known;
    }
    return known;
  }

  /// Its labels, made now for this column and for all that are made from it: for who has found that
  /// they are not known as numbers.
  Labels settled() {
    Labels known = labels();
    labelled = known;
    return known;
  }

  /// The same cells under other labels.
  Column relabelled(Labelled changed, boolean drop) {
    if (drop == dropName && changed == labelled) {
      return this;
    }
    Column column = new Column(changed, drop, cells);
    column.histograms = histograms;
    return column;
  }

  /// About how much memory a column of floats takes.
  static long bytes(int steps) {
    return OVERHEAD_BYTES + (long) Double.BYTES * steps;
  }

  /// About how much memory it takes.
  long bytes() {
    long bytes = bytes(cells.length);
    if (histograms != null) {
      for (FloatHistogram histogram : histograms) {
        bytes += histogram == null ? 4 : HISTOGRAM_BYTES;
      }
    }
    return bytes;
  }

  /// A copy that stays as it is when the cells are used again.
  Column kept() {
    Column column = new Column(labelled, dropName, cells.clone());
    column.histograms = histograms;
    return column;
  }

  int steps() {
    return cells.length;
  }

  /// The histogram at a step whose cell says that there is one.
  FloatHistogram histogram(int step) {
    FloatHistogram found = histograms == null ? null : histograms[step];
    if (found == null) {
      throw new IllegalStateException("no histogram at step " + step + " of " + labels());
    }
    return found;
  }

  void set(int step, FloatHistogram histogram) {
    if (histograms == null) {
      histograms = new FloatHistogram[cells.length];
    }
    histograms[step] = histogram;
    cells[step] = Cell.HISTOGRAM;
  }

  /// Copies a cell from another column.
  void copy(int step, Column from, int fromStep) {
    double cell = from.cells[fromStep];
    if (Cell.isHistogram(cell)) {
      set(step, from.histogram(fromStep));
    } else {
      cells[step] = cell;
    }
  }

  boolean isEmpty() {
    for (double cell : cells) {
      if (Cell.isPresent(cell)) {
        return false;
      }
    }
    return true;
  }

  /// How many cells hold something.
  int count() {
    int present = 0;
    for (double cell : cells) {
      present += Cell.isPresent(cell) ? 1 : 0;
    }
    return present;
  }
}
