package io.trivigil.raft.ratis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// Ends what has waited for too long, up to [#LOOK] late. One timer for all of them, and none while
/// nothing waits: a timer of its own for each entry of the log, to be cancelled after some
/// milliseconds, woke the JVM's timer thread with each. Thread-safe.
final class Overdue {
  /// How often it looks.
  static final Duration LOOK = Duration.ofMillis(250);

  private final LongSupplier nanoTicker;
  private final Executor later;
  private final ConcurrentHashMap<Wait, Wait> waits = new ConcurrentHashMap<>();
  private final AtomicBoolean asked = new AtomicBoolean(); // for the next look

  /// One wait; equal to itself alone.
  private static final class Wait {
    private final long deadlineNanos;
    private final Runnable end;

    Wait(long deadlineNanos, Runnable end) {
      this.deadlineNanos = deadlineNanos;
      this.end = end;
    }
  }

  /// @param nodeId for the name of the thread that looks
  Overdue(String nodeId, LongSupplier nanoTicker) {
    this(
        nanoTicker,
        CompletableFuture.delayedExecutor(
            LOOK.toMillis(),
            TimeUnit.MILLISECONDS,
            look -> Thread.ofVirtual().name("raft-overdue-" + nodeId).start(look)));
  }

  /// @param later runs a look after a while
  Overdue(LongSupplier nanoTicker, Executor later) {
    this.nanoTicker = nanoTicker;
    this.later = later;
  }

  /// Waits as [CompletableFuture#get] does.
  ///
  /// @throws TimeoutException if that takes longer than `limit`
  <T> T get(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (future.isDone()) {
      return future.get();
    }
    CompletableFuture<T> own = future.copy();
    try (var _ = during(limit, () -> own.completeExceptionally(new Late()))) {
      return own.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Late late) {
        throw late;
      }
      throw e;
    }
  }

  /// Made when it is too late, and not for each wait: most of what it costs is its stack.
  private static final class Late extends TimeoutException {
    private static final long serialVersionUID = 1;
  }

  /// Until when somebody waits.
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /// Runs `end` if this is not closed within `limit`; it has to be quick.
  Watch during(Duration limit, Runnable end) {
    Wait wait = new Wait(nanoTicker.getAsLong() + limit.toNanos(), end);
    waits.put(wait, wait);
    askForLook();
    return () -> waits.remove(wait);
  }

  private void askForLook() {
    if (asked.compareAndSet(false, true)) {
      later.execute(this::look);
    }
  }

  private void look() {
    // In this order: who begins to wait from here on asks for a look of its own.
    asked.set(false);
    long now = nanoTicker.getAsLong();
    for (Wait wait : waits.values()) {
      if (now - wait.deadlineNanos >= 0 && waits.remove(wait) != null) {
        wait.end.run();
      }
    }
    if (!waits.isEmpty()) {
      askForLook();
    }
  }
}
