package io.trivigil.storage;

import io.trivigil.storage.column.SeriesEncoder;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/// The rows of a layer, taken in any order and told in the layer's: by metric, then by series. Of
/// one metric they come in their order as a rule, so each metric has a chain through its rows,
/// which stands with them: a row's note is the distance from the reference before in the chain.
/// Those of a metric that came otherwise are sorted.
///
/// Owned by one thread.
final class LayerOrder {
  private static final int NONE = -1;

  private final SeriesEncoder rows;

  // Of each metric, by number:
  private final Long2IntOpenHashMap numbers = new Long2IntOpenHashMap(); // by hash
  private final LongArrayList hashes = new LongArrayList();
  private final IntArrayList first = new IntArrayList();
  private final IntArrayList last = new IntArrayList();
  private final LongArrayList lastRefs = new LongArrayList(); // 0 before the first
  private final IntArrayList counts = new IntArrayList(); // below 0: to be sorted

  private int metric; // of the row that was begun

  /// @param rows whose rows are told; each is added there between [#before] and [#add]
  LayerOrder(SeriesEncoder rows) {
    this.rows = rows;
    numbers.defaultReturnValue(NONE);
  }

  /// Begins a row; returns the note that it is to have.
  ///
  /// @param hash the series' [MetricHash]
  long before(long hash, long ref) {
    metric = number(hash);
    return ref - lastRefs.getLong(metric);
  }

  private int number(long hash) {
    int number = numbers.get(hash);
    if (number == NONE) {
      number = hashes.size();
      numbers.put(hash, number);
      hashes.add(hash);
      first.add(NONE);
      last.add(NONE);
      lastRefs.add(0);
      counts.add(0);
    }
    return number;
  }

  /// Ends the row that was begun.
  void add(long ref, int row) {
    int count = counts.getInt(metric);
    if (count == 0) {
      first.set(metric, row);
    } else {
      rows.link(last.getInt(metric), row);
    }
    boolean rises = count >= 0 && lastRefs.getLong(metric) < ref;
    counts.set(metric, rises ? count + 1 : -Math.abs(count) - 1);
    last.set(metric, row);
    lastRefs.set(metric, ref);
  }

  /// Takes a row.
  @FunctionalInterface
  interface Each {
    void row(long hash, long ref, int row);
  }

  /// Tells all rows in the order of [MetricHash#compare].
  void forEach(Each each) {
    int[] metrics = new int[hashes.size()];
    for (int i = 0; i < metrics.length; i++) {
      metrics[i] = i;
    }
    IntArrays.quickSort(metrics, (a, b) -> Long.compare(hashes.getLong(a), hashes.getLong(b)));
    for (int metric : metrics) {
      if (counts.getInt(metric) > 0) {
        inTheirOrder(metric, each);
      } else {
        sorted(metric, each);
      }
    }
  }

  private void inTheirOrder(int metric, Each each) {
    long hash = hashes.getLong(metric);
    int row = first.getInt(metric);
    long ref = 0;
    for (int left = counts.getInt(metric); left > 0; left--) {
      ref += rows.note(row);
      int next = rows.linked(row);
      each.row(hash, ref, row);
      row = next;
    }
  }

  private void sorted(int metric, Each each) {
    int count = -counts.getInt(metric);
    long[] refs = new long[count];
    int[] places = new int[count];
    int[] order = new int[count];
    int row = first.getInt(metric);
    long ref = 0;
    for (int i = 0; i < count; i++) {
      ref += rows.note(row);
      refs[i] = ref;
      places[i] = row;
      order[i] = i;
      row = rows.linked(row);
    }
    IntArrays.mergeSort(order, (a, b) -> Long.compare(refs[a], refs[b]));
    for (int i : order) {
      each.row(hashes.getLong(metric), refs[i], places[i]);
    }
  }
}
