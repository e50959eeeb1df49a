package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.RetiredRows.Row;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.Sleeping;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The series that are retired, as far as they are in pages alone; see ADR 17.
///
/// Thread-safe. A view must hold what it is asked for: that of an epoch which was entered before
/// the head had no slot for the reference.
final class RetiredSeries {
  /// The most labels that are kept for queries that ask again.
  static final int MOST_KEPT = 1 << 14;

  /// Of references that are wanted, neighbours no further apart are read in one go.
  private static final int NEAR = 64;

  /// So many are worth it.
  private static final int WORTH_A_SCAN = 4;

  /// Rows that are learnt from before somebody else's turn comes.
  private static final int LEARNT_AT_ONCE = 1 << 14;

  /// Rows that go in one batch.
  private static final int SWEPT_AT_ONCE = 4096;

  private final Engine engine;
  private final AtomicReferenceArray<@Nullable Kept> kept = new AtomicReferenceArray<>(MOST_KEPT);

  RetiredSeries(Engine engine) {
    this.engine = engine;
  }

  /// A reference's labels never change; its last sample may.
  private record Kept(long ref, Labels labels) {}

  // ---- the thread that applies ----

  /// The retired series of these labels, wherever it is; null if there is none. (Hot path: no box.)
  @Nullable Sleeping find(Labels labels, long cutoffMs) {
    if (engine.head.retiring().retired() == 0) {
      return null;
    }
    Sleeping inHead = engine.head.retiring().find(labels);
    if (inHead != null) {
      return inHead;
    }
    Epochs.Epoch epoch = engine.epochs.enter();
    try {
      Sleeping found = find(epoch.pages(), labels, cutoffMs);
      engine.metrics.retiredLookup(found != null);
      return found;
    } finally {
      engine.epochs.leave(epoch);
    }
  }

  private static @Nullable Sleeping find(PageView view, Labels labels, long cutoffMs) {
    for (long ref : RetiredRows.refs(view, RetiredRows.hash(labels))) {
      Row row = row(view, ref);
      if (row != null && row.lastMs() >= cutoffMs && row.labels().equals(labels)) {
        return new Sleeping(ref, Head.NO_SLOT, row.lastMs(), row.lastBits());
      }
    }
    return null;
  }

  /// The newest timestamp of a series, retired or not; [Head#NONE] if it is not there.
  long lastMs(long ref) {
    Head head = engine.head;
    int slot = head.find(ref);
    if (slot != Head.NO_SLOT) {
      return head.removedBy(slot, Long.MAX_VALUE - 1) ? Head.NONE : head.lastMs(slot);
    }
    if (head.retiring().retired() == 0) {
      return Head.NONE;
    }
    Epochs.Epoch epoch = engine.epochs.enter();
    try {
      Row row = row(epoch.pages(), ref);
      return row == null || row.lastMs() < head.cutoffMs() ? Head.NONE : row.lastMs();
    } finally {
      engine.epochs.leave(epoch);
    }
  }

  // ---- any thread ----

  /// The row of a reference, null if there is none. (Hot path: no box.)
  static @Nullable Row row(PageView view, long ref) {
    byte[] row = view.get(Table.CATALOGUE, Keys.retired(ref)).orElse(null);
    return row == null ? null : Row.decode(row);
  }

  /// The labels of a series that has not left, whether or not it is in the head; null if it has.
  /// (Called once per candidate: no box.)
  @Nullable Labels labels(long ref) {
    Epochs.Epoch epoch = engine.epochs.enter();
    try {
      return labels(epoch.pages(), ref);
    } finally {
      engine.epochs.leave(epoch);
    }
  }

  /// The same, for who has entered an epoch: in later ones the row may have been swept.
  ///
  /// @param pages that epoch's
  @Nullable Labels labels(PageView pages, long ref) {
    Labels inHead = engine.head.labelsOrNull(ref);
    if (inHead != null) {
      return inHead;
    }
    Kept known = kept.get(place(ref));
    if (known != null && known.ref() == ref) {
      return known.labels();
    }
    Row row = row(pages, ref);
    if (row != null) {
      kept.set(place(ref), new Kept(ref, row.labels()));
    }
    return row == null ? null : row.labels();
  }

  private static int place(long ref) {
    return (int) ref & (MOST_KEPT - 1);
  }

  /// How many labels are kept.
  int kept() {
    int count = 0;
    for (int i = 0; i < MOST_KEPT; i++) {
      count += kept.get(i) == null ? 0 : 1;
    }
    return count;
  }

  /// The rows of some references, in their order; null where there is none.
  ///
  /// @param refs rising
  static @Nullable Row[] rows(PageView view, LongArrayList refs) {
    @Nullable Row[] rows = new Row[refs.size()];
    Map<String, String> texts = new HashMap<>();
    for (int from = 0; from < rows.length; ) {
      int to = from + 1;
      while (to < rows.length && refs.getLong(to) - refs.getLong(to - 1) <= NEAR) {
        to++;
      }
      if (to - from >= WORTH_A_SCAN) {
        scan(view, refs, from, to, rows, texts);
      } else {
        for (int i = from; i < to; i++) {
          rows[i] = row(view, refs.getLong(i));
        }
      }
      from = to;
    }
    return rows;
  }

  private static void scan(
      PageView view,
      LongArrayList refs,
      int from,
      int to,
      @Nullable Row[] rows,
      Map<String, String> texts) {
    int[] next = {from};
    view.scan(
        Table.CATALOGUE,
        Keys.retired(refs.getLong(from)),
        Keys.retired(refs.getLong(to - 1) + 1),
        (key, row) -> {
          long ref = Keys.retiredRef(key);
          while (refs.getLong(next[0]) < ref) { // the range ends with the last of them
            next[0]++;
          }
          if (refs.getLong(next[0]) == ref) {
            rows[next[0]] = Row.decode(row, text -> texts.computeIfAbsent(text, same -> same));
          }
          return true;
        });
  }

  // ---- background ----

  /// Learns when the series ended that were retired in an earlier life. Until that is done, queries
  /// read their rows.
  void learn() {
    if (engine.head.retiring().retired() == 0) {
      engine.lastTimes.complete();
    } else {
      engine.executor.execute(() -> learn(0));
    }
  }

  private void learn(long fromRef) {
    long[] next = {fromRef};
    int[] left = {LEARNT_AT_ONCE};
    Epochs.Epoch epoch = engine.epochs.enter();
    try {
      epoch
          .pages()
          .scan(
              Table.CATALOGUE,
              Keys.retired(fromRef),
              Keys.retiredHashFloor(),
              (key, row) -> {
                long ref = Keys.retiredRef(key);
                engine.lastTimes.note(ref, RetiredRows.lastMs(row));
                next[0] = ref + 1;
                return --left[0] > 0;
              });
    } finally {
      engine.epochs.leave(epoch);
    }
    if (left[0] == 0) {
      engine.executor.execute(() -> learn(next[0]));
    } else {
      engine.lastTimes.complete();
    }
  }

  /// Deletes the rows of series of which nothing is left above the durable cut-off: for everybody
  /// they are gone already. Not on the thread that applies.
  void sweep() {
    long cutoffMs = engine.durableRow().cutoffMs();
    LongArrayList refs = new LongArrayList();
    LongArrayList hashes = new LongArrayList();
    try (PageView view = engine.pages.view()) {
      view.scan(
          Table.CATALOGUE,
          Keys.retiredFloor(),
          Keys.retiredHashFloor(),
          (key, bytes) -> {
            Row row = Row.decode(bytes);
            if (row.lastMs() < cutoffMs) {
              refs.add(Keys.retiredRef(key));
              hashes.add(RetiredRows.hash(row.labels()));
            }
            return true;
          });
    }
    for (int from = 0; from < refs.size(); from += SWEPT_AT_ONCE) {
      int to = Math.min(refs.size(), from + SWEPT_AT_ONCE);
      sweep(refs.subList(from, to).toLongArray(), hashes.subList(from, to).toLongArray(), cutoffMs);
    }
  }

  private void sweep(long[] refs, long[] hashes, long cutoffMs) {
    synchronized (engine.writeLock) {
      engine.requireMergeable();
      try (PageView view = engine.pages.view();
          PageBatch batch = engine.pages.begin()) {
        HashRows rows = new HashRows(view);
        for (int i = 0; i < refs.length; i++) {
          Row row = row(view, refs[i]); // which may have come anew
          if (row != null && row.lastMs() < cutoffMs) {
            batch.delete(Table.CATALOGUE, Keys.retired(refs[i]));
            rows.remove(hashes[i], refs[i]);
          }
        }
        rows.write(batch);
        batch.commit();
      }
    }
  }

  /// The rows by hash that one batch changes.
  static final class HashRows {
    private final PageView view;
    private final Map<Long, LongArrayList> changed = new HashMap<>();

    HashRows(PageView view) {
      this.view = view;
    }

    private LongArrayList of(long hash) {
      return changed.computeIfAbsent(hash, missing -> RetiredRows.refs(view, missing));
    }

    void add(long hash, long ref) {
      LongArrayList refs = of(hash);
      if (!refs.contains(ref)) {
        refs.add(ref);
        refs.sort(null);
      }
    }

    void remove(long hash, long ref) {
      of(hash).rem(ref);
    }

    void write(PageBatch batch) {
      changed.forEach(
          (hash, refs) -> {
            if (refs.isEmpty()) {
              batch.delete(Table.CATALOGUE, Keys.retiredHash(hash));
            } else {
              batch.put(Table.CATALOGUE, Keys.retiredHash(hash), RetiredRows.encode(refs));
            }
          });
    }
  }
}
