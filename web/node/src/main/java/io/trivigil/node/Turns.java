package io.trivigil.node;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread of a node's own that does one thing after the other, some of them again and again. What
/// fails is logged, and the next turn comes all the same: a plain scheduled task that failed once
/// would never come again, without a word.
///
/// Every method may be called from any thread and returns at once. After [#close] nothing is done.
final class Turns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final String name;
  private final ScheduledExecutorService thread;

  /// @param name of the thread
  Turns(String name) {
    this.name = name;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  /// Does it once, behind what was asked for before.
  ///
  /// @return false if this is closed, and it will not be done
  boolean once(Runnable task) {
    try {
      thread.execute(() -> guarded(task));
      return true;
    } catch (RejectedExecutionException closed) {
      LOG.debug("not done after the stop work={}", name);
      return false;
    }
  }

  /// Does it once after a while.
  @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for it.
  void later(Duration delay, Runnable task) {
    try {
      thread.schedule(() -> guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("not done after the stop work={}", name);
    }
  }

  /// Does it after a while, and again a period after the end of each turn.
  ///
  /// @return to end it, by [Future#cancel]
  Future<?> every(Duration first, Duration period, Runnable turn) {
    return thread.scheduleWithFixedDelay(
        () -> guarded(turn), first.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("work failed work={}", name, e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
