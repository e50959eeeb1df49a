package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadView;
import io.trivigil.storage.page.PageView;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import org.jspecify.annotations.Nullable;

/// Series that the index found for a query, each with the slot where it stands or, of one that is
/// retired and in pages alone, with its row. Owned by one thread.
final class Candidates {
  private final Engine engine;
  private final HeadView view;
  private final LongArrayList refs;
  private final int[] slots;
  private final RetiredRows.@Nullable Row[] rows;

  /// @param pages those of the epoch that the query has entered
  /// @param refs rising
  Candidates(Engine engine, PageView pages, HeadView view, LongArrayList refs) {
    this.engine = engine;
    this.view = view;
    this.refs = refs;
    this.slots = new int[refs.size()];
    LongArrayList without = new LongArrayList();
    for (int i = 0; i < slots.length; i++) {
      slots[i] = engine.head.find(refs.getLong(i));
      if (slots[i] == Head.NO_SLOT) {
        without.add(refs.getLong(i));
      }
    }
    boolean any = engine.head.retiring().retired() > 0 && !without.isEmpty();
    this.rows = new RetiredRows.@Nullable Row[any ? slots.length : 0];
    if (any) {
      RetiredRows.@Nullable Row[] found = RetiredSeries.rows(pages, without);
      int next = 0;
      for (int i = 0; i < slots.length; i++) {
        rows[i] = slots[i] == Head.NO_SLOT ? found[next++] : null;
      }
    }
  }

  int size() {
    return slots.length;
  }

  long ref(int i) {
    return refs.getLong(i);
  }

  /// Where it stands, [Head#NO_SLOT] if in pages alone.
  int slot(int i) {
    return slots[i];
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
    RetiredRows.Row row = row(i);
    return slots[i] == Head.NO_SLOT
        ? row != null && row.lastMs() >= view.cutoffMs()
        : engine.head.visible(slots[i], view);
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
    return row == null ? engine.head.lastMs(slots[i]) : row.lastMs();
  }

  /// The labels of a visible one, made now.
  Labels labels(int i) {
    RetiredRows.Row row = row(i);
    return row == null ? engine.head.labels(slots[i]) : row.labels();
  }

  private String metricName(int i) {
    RetiredRows.Row row = row(i);
    return row == null ? engine.head.metricName(slots[i]) : row.labels().metricName();
  }

  /// Their numbers in the order of references.
  int[] inOrder() {
    int[] order = new int[slots.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    return order;
  }

  /// Their numbers in the order in which they stand in pages.
  int[] byPlace() {
    long[] hashes = new long[slots.length];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = isVisible(i) ? MetricHash.of(metricName(i)) : 0;
    }
    int[] order = inOrder();
    LongArrays.radixSortIndirect(order, hashes, refs.toLongArray(), false);
    return order;
  }
}
