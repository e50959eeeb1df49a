package io.trivigil.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Who waits for which index to be applied here. Thread-safe; completes waiters on the thread that
/// advances.
public final class AppliedIndex {
  private final Object lock = new Object();
  private final TreeMap<Long, List<CompletableFuture<Void>>> waiters = new TreeMap<>();
  private volatile long index = -1;
  private boolean closed;

  /// The last index that was applied; -1 before any.
  public long get() {
    return index;
  }

  /// Completes when `wanted`, or more, is applied; fails when the log is closed first.
  public CompletableFuture<Void> reached(long wanted) {
    synchronized (lock) {
      if (wanted <= index) {
        return CompletableFuture.completedFuture(null);
      }
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException("the log is closed"));
      }
      CompletableFuture<Void> waiter = new CompletableFuture<>();
      waiters.computeIfAbsent(wanted, _ -> new ArrayList<>()).add(waiter);
      return waiter;
    }
  }

  /// Notes that `applied` was applied.
  public void advance(long applied) {
    List<CompletableFuture<Void>> ready = new ArrayList<>();
    synchronized (lock) {
      if (applied <= index) {
        return;
      }
      index = applied;
      while (!waiters.isEmpty() && waiters.firstKey() <= applied) {
        ready.addAll(waiters.pollFirstEntry().getValue());
      }
    }
    ready.forEach(waiter -> waiter.complete(null));
  }

  /// Fails everyone who still waits.
  public void close() {
    List<CompletableFuture<Void>> left = new ArrayList<>();
    synchronized (lock) {
      closed = true;
      waiters.values().forEach(left::addAll);
      waiters.clear();
    }
    left.forEach(
        waiter -> waiter.completeExceptionally(new IllegalStateException("the log is closed")));
  }
}
