package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadView;
import io.trivigil.storage.page.PageView;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import org.jspecify.annotations.Nullable;

/// Series that the index found for a query, without those that ended before its range; each with
/// the slot where it stands or, of one that is retired and in pages alone, with its row. Owned by
/// one thread.
final class Candidates {
  private final Engine engine;
  private final HeadView view;
  private final LongArrayList refs = new LongArrayList();
  private final IntArrayList slots = new IntArrayList();
  private final RetiredRows.@Nullable Row[] rows;

  /// @param pages those of the epoch that the query has entered
  /// @param rangeFromMs where the query's range begins
  /// @param found rising
  Candidates(Engine engine, PageView pages, HeadView view, long rangeFromMs, LongArrayList found) {
    this.engine = engine;
    this.view = view;
    long fromMs = Math.max(rangeFromMs, view.cutoffMs());
    LongArrayList without = new LongArrayList();
    for (int i = 0; i < found.size(); i++) {
      long ref = found.getLong(i);
      int slot = engine.head.find(ref); // first: what is noted below then holds
      boolean ended =
          slot == Head.NO_SLOT
              ? engine.lastTimes.endedBefore(ref, fromMs)
              : engine.head.lastMs(slot) < fromMs;
      if (!ended) {
        refs.add(ref);
        slots.add(slot);
        if (slot == Head.NO_SLOT) {
          without.add(ref);
        }
      }
    }
    boolean any = engine.head.retiring().retired() > 0 && !without.isEmpty();
    this.rows = new RetiredRows.@Nullable Row[any ? refs.size() : 0];
    if (any) {
      readRows(pages, fromMs, without);
    }
  }

  private void readRows(PageView pages, long fromMs, LongArrayList without) {
    RetiredRows.@Nullable Row[] read = RetiredSeries.rows(pages, without);
    engine.metrics.retiredRows.add(read.length);
    int next = 0;
    for (int i = 0; i < rows.length; i++) {
      RetiredRows.Row row = slot(i) == Head.NO_SLOT ? read[next++] : null;
      rows[i] = row == null || row.lastMs() < fromMs ? null : row;
    }
  }

  int size() {
    return refs.size();
  }

  long ref(int i) {
    return refs.getLong(i);
  }

  /// Where it stands, [Head#NO_SLOT] if in pages alone.
  int slot(int i) {
    return slots.getInt(i);
  }

  /// The labels of one that stands in pages alone.
  @Nullable Labels retiredLabels(int i) {
    RetiredRows.Row row = row(i);
    return row == null ? null : row.labels();
  }

  private RetiredRows.@Nullable Row row(int i) {
    return rows.length == 0 ? null : rows[i];
  }

  /// Whether the view contains the series.
  boolean isVisible(int i) {
    return slot(i) == Head.NO_SLOT ? row(i) != null : engine.head.visible(slot(i), view);
  }

  /// Whether the view contains the series, and did not lose all of it in the range.
  boolean shows(int i, long fromMs, long toMs) {
    return isVisible(i)
        && (view.tombstones().isEmpty()
            || !view.tombstones()
                .cover(ref(i), Math.max(fromMs, view.cutoffMs()), Math.min(toMs, lastMs(i))));
  }

  private long lastMs(int i) {
    RetiredRows.Row row = row(i);
    return row == null ? engine.head.lastMs(slot(i)) : row.lastMs();
  }

  /// The labels of a visible one, made now.
  Labels labels(int i) {
    RetiredRows.Row row = row(i);
    return row == null ? engine.head.labels(slot(i)) : row.labels();
  }

  private String metricName(int i) {
    RetiredRows.Row row = row(i);
    return row == null ? engine.head.metricName(slot(i)) : row.labels().metricName();
  }

  /// Their numbers in the order of references.
  int[] inOrder() {
    int[] order = new int[size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    return order;
  }

  /// Their numbers in the order in which they stand in pages.
  int[] byPlace() {
    long[] hashes = new long[size()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = isVisible(i) ? MetricHash.of(metricName(i)) : 0;
    }
    int[] order = inOrder();
    LongArrays.radixSortIndirect(order, hashes, refs.toLongArray(), false);
    return order;
  }
}
