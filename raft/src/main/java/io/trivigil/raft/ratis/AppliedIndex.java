package io.trivigil.raft.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Who waits for which index to be applied here. Thread-safe; completes waiters on the thread that
/// advances.
final class AppliedIndex {
  private final Object lock = new Object();
  private final TreeMap<Long, List<CompletableFuture<Void>>> waiters = new TreeMap<>();
  private volatile long index = -1;
  private boolean closed;

  long get() {
    return index;
  }

  CompletableFuture<Void> reached(long wanted) {
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

  void advance(long applied) {
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

  void close() {
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
