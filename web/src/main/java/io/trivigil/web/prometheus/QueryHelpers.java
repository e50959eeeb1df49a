package io.trivigil.web.prometheus;

import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Helpers;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Helpers for queries: at most half the cores, and only while queries and helpers together are no
/// more than the cores and no write waits. Whether one does is asked every few milliseconds, so a
/// helper is gone about as soon. Thread-safe; [#close] ends the threads.
final class QueryHelpers implements Helpers, AutoCloseable {
  private static final long ASK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long IDLE_SECONDS = 30;

  private final int cores;
  private final BooleanSupplier writesWait;
  private final LongSupplier nanoTicker;
  private final ThreadPoolExecutor threads;
  private final AtomicInteger queries = new AtomicInteger();
  private final AtomicLong askedNanos;
  private final Metrics.Counter pieces;
  private volatile boolean busy;

  /// @param writesWait whether entries of the log wait to be applied on this node
  QueryHelpers(int cores, BooleanSupplier writesWait, Metrics metrics, LongSupplier nanoTicker) {
    this.cores = cores;
    this.writesWait = writesWait;
    this.nanoTicker = nanoTicker;
    this.askedNanos = new AtomicLong(nanoTicker.getAsLong() - ASK_EVERY_NANOS);
    threads =
        new ThreadPoolExecutor(
            0,
            Math.max(1, cores / 2),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("query-help-", 0).factory());
    metrics.gauge(
        "trivigil_query_helpers_max",
        "Threads that may help queries.",
        threads::getMaximumPoolSize);
    metrics.gauge("trivigil_query_helpers", "Threads that help queries.", threads::getActiveCount);
    pieces =
        metrics.counter("trivigil_query_helped_total", "Pieces of queries that helpers have read.");
  }

  /// A query begins to run.
  void begin() {
    queries.incrementAndGet();
  }

  /// A query has ended.
  void end() {
    queries.decrementAndGet();
  }

  @Override
  public void offer(int wanted, Runnable work) {
    int free = cores - queries.get() - threads.getActiveCount();
    for (int i = 0; i < Math.min(wanted, free); i++) {
      try {
        threads.execute(work);
      } catch (RejectedExecutionException e) {
        return; // all are busy, or the node stops: the query goes on alone
      }
    }
  }

  @Override
  public boolean mayGoOn() {
    if (queries.get() + threads.getActiveCount() > cores || writesWait()) {
      return false;
    }
    pieces.inc();
    return true;
  }

  private boolean writesWait() {
    long now = nanoTicker.getAsLong();
    long asked = askedNanos.get();
    if (now - asked >= ASK_EVERY_NANOS && askedNanos.compareAndSet(asked, now)) {
      busy = writesWait.getAsBoolean();
    }
    return busy;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
