package io.trivigil.storage.column;

import io.trivigil.model.SampleBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Where the rows of one page begin and end, as far as somebody has decoded them: a counter that
/// never falls is known by that, and the page need not be opened again. Does not keep the page's
/// bytes. Thread-safe.
public final class PageEnds {
  private static final int BYTES_PER_ROW = 48; // reference, column, what is known
  private static final Ends UNSTEADY = new Ends(false, 0, 0);

  private final long[] refs;
  private final int[] columnOf;
  private final Page.Column[] columns;
  private final AtomicReferenceArray<Ends> ends;

  /// The first and the last value of a row, which only count where it is steady: it never falls.
  private record Ends(boolean steady, double first, double last) {}

  public PageEnds(Page page) {
    refs = page.refs;
    columnOf = page.columnOf;
    columns = page.columns;
    ends = new AtomicReferenceArray<>(refs.length);
  }

  /// About how much memory it takes once all rows are known.
  public int sizeBytes() {
    int all = 128 + refs.length * BYTES_PER_ROW;
    for (Page.Column column : columns) {
      all += 96 + column.firstMs().length * 12;
    }
    return all;
  }

  /// The row of a series among some rows with rising references; negative if it has none.
  public int row(long ref, int from, int to) {
    return to > refs.length ? -1 : Arrays.binarySearch(refs, from, to, ref);
  }

  /// Appends the first and the last sample of a row, and how many are left out between them.
  ///
  /// @return false, and nothing was appended, if the row has to be decoded
  public boolean read(int row, long fromMs, long toMs, SampleBuffer out) {
    Page.Column column = columns[columnOf[row]];
    if (toMs < column.minMs() || fromMs > column.maxMs()) {
      return true;
    }
    Ends known = ends.get(row);
    if (known == null || !known.steady() || column.minMs() < fromMs || column.maxMs() > toMs) {
      return false;
    }
    out.add(column.minMs(), known.first());
    if (column.count() > 1) {
      out.omit(column.count() - 2L);
      out.add(column.maxMs(), known.last());
    }
    return true;
  }

  /// Learns from a row that was read whole: the last samples of a buffer, from `start` on.
  public void learn(int row, SampleBuffer samples, int start) {
    int count = samples.size() - start;
    if (count != columns[columnOf[row]].count() || ends.get(row) != null) {
      return;
    }
    boolean steady = !samples.hasHistograms() || isFloats(samples, start);
    double[] values = samples.values();
    for (int i = start; steady && i < samples.size(); i++) {
      // A NaN is not steady either, also if it is the only sample.
      steady = values[i] >= values[Math.max(start, i - 1)];
    }
    ends.set(row, steady ? new Ends(true, values[start], values[samples.size() - 1]) : UNSTEADY);
  }

  private static boolean isFloats(SampleBuffer samples, int start) {
    for (int i = start; i < samples.size(); i++) {
      if (samples.stored(i) != null || samples.histogram(i) != null) {
        return false;
      }
    }
    return true;
  }
}
