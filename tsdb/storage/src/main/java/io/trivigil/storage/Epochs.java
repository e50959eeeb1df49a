package io.trivigil.storage;

import io.trivigil.storage.head.Head;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// Who reads since when. A new epoch begins whenever a snapshot became durable; what only readers
/// of older epochs need is let go when the last of them is gone. Thread-safe, by a private lock
/// that guards the fields and is not held while anything else is called.
final class Epochs implements AutoCloseable {

  /// The pages as they were at the epoch's begin.
  static final class Epoch {
    private final PageView pages;
    private final long floor;
    private final Runnable whenOlderAreGone;
    private final Map<Long, PartitionRecord> records = new ConcurrentHashMap<>();
    private int readers;

    private Epoch(PageView pages, long floor, Runnable whenOlderAreGone) {
      this.pages = pages;
      this.floor = floor;
      this.whenOlderAreGone = whenOlderAreGone;
    }

    PageView pages() {
      return pages;
    }

    /// The head's position below which these pages hold every sample.
    long floor() {
      return floor;
    }

    /// The record of a partition as these pages have it.
    PartitionRecord record(long partition) {
      return records.computeIfAbsent(
          partition,
          of ->
              pages
                  .get(Table.META, Keys.partitionRecord(of))
                  .map(PartitionRecord::decode)
                  .orElse(PartitionRecord.EMPTY));
    }

    /// The same, if it was asked for before.
    Optional<PartitionRecord> recordAtHand(long partition) {
      return Optional.ofNullable(records.get(partition));
    }
  }

  private final Object lock = new Object();
  private final Deque<Epoch> epochs = new ArrayDeque<>();
  private final Executor executor;
  private boolean closed;

  Epochs(PageView first, Executor executor) {
    this.executor = executor;
    epochs.add(new Epoch(first, Head.START, () -> {}));
  }

  /// Enters the newest epoch; [#leave] it once.
  Epoch enter() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      Epoch newest = epochs.getLast();
      newest.readers++;
      return newest;
    }
  }

  void leave(Epoch epoch) {
    synchronized (lock) {
      epoch.readers--;
    }
    letGo();
  }

  /// As [#leave], for who must not wait: what nobody needs any more is let go elsewhere.
  void leaveSoon(Epoch epoch) {
    boolean any;
    synchronized (lock) {
      epoch.readers--;
      any = epochs.size() > 1 && epochs.getFirst().readers == 0;
    }
    if (any) {
      executor.execute(this::letGo);
    }
  }

  /// Begins an epoch after a snapshot. `whenOlderAreGone` runs on the executor once all readers who
  /// entered before have left.
  void advance(PageView pages, long floor, Runnable whenOlderAreGone) {
    synchronized (lock) {
      epochs.add(new Epoch(pages, floor, whenOlderAreGone));
    }
    letGo();
  }

  /// Begins an epoch with other pages of the same content. Like the other, under the lock of who
  /// writes pages: so that pages and floor belong together.
  void advance(PageView pages, Runnable whenOlderAreGone) {
    synchronized (lock) {
      epochs.add(new Epoch(pages, epochs.getLast().floor, whenOlderAreGone));
    }
    letGo();
  }

  private void letGo() {
    List<PageView> ended = new ArrayList<>();
    List<Runnable> due = new ArrayList<>();
    synchronized (lock) {
      while (epochs.size() > 1 && epochs.getFirst().readers == 0) {
        ended.add(epochs.removeFirst().pages);
        due.add(epochs.getFirst().whenOlderAreGone);
      }
    }
    ended.forEach(PageView::close);
    due.forEach(executor::execute);
  }

  /// Readers of all epochs, for the metric.
  int readers() {
    synchronized (lock) {
      return epochs.stream().mapToInt(epoch -> epoch.readers).sum();
    }
  }

  @Override
  public void close() {
    List<PageView> ended = new ArrayList<>();
    synchronized (lock) {
      closed = true;
      epochs.forEach(epoch -> ended.add(epoch.pages));
      epochs.clear();
    }
    ended.forEach(PageView::close);
  }
}
