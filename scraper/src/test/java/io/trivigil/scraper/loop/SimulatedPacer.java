package io.trivigil.scraper.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;

/// Time that stands still until a test moves it on; it then waits until every thread has come to
/// rest again. All state is guarded by the monitor.
final class SimulatedPacer implements Pacer {
  private static final long PATIENCE_MS = 10_000;

  private long nowMs;
  private final List<Long> sleepers = new ArrayList<>();

  SimulatedPacer(long nowMs) {
    this.nowMs = nowMs;
  }

  @Override
  public synchronized long nowMs() {
    return nowMs;
  }

  @Override
  public synchronized long nanoTime() {
    return (nowMs + 77_000_000) * 1_000_000; // far from the wall clock
  }

  synchronized void set(long toMs) {
    nowMs = toMs;
  }

  @Override
  public synchronized void sleepUntil(long atMs) throws InterruptedException {
    if (atMs <= nowMs) {
      return;
    }
    sleepers.add(atMs);
    notifyAll();
    try {
      while (atMs > nowMs) {
        wait();
      }
    } finally {
      sleepers.remove(atMs);
    }
  }

  @Override
  public synchronized void await(Semaphore signal, long atMs) throws InterruptedException {
    sleepers.add(atMs);
    notifyAll();
    try {
      while (atMs > nowMs && !signal.tryAcquire()) {
        wait(1); // a signal does not notify this monitor
      }
      signal.drainPermits();
    } finally {
      sleepers.remove(atMs);
    }
  }

  /// Waits until exactly `threads` threads sleep.
  synchronized void settle(int threads) throws InterruptedException {
    long left = PATIENCE_MS;
    while (sleepers.stream().filter(at -> at > nowMs).count() != threads || isAnyDue()) {
      wait(10);
      left -= 10;
      if (left <= 0) {
        throw new AssertionError("threads did not come to rest: sleeping=" + sleepers);
      }
    }
  }

  private boolean isAnyDue() {
    return sleepers.stream().anyMatch(at -> at <= nowMs);
  }

  /// Moves time to `toMs`, stopping wherever a thread wants to wake.
  synchronized void advance(long toMs, int threads) throws InterruptedException {
    settle(threads);
    while (true) {
      OptionalLong next = sleepers.stream().mapToLong(at -> at).min();
      if (next.isEmpty() || next.getAsLong() > toMs) {
        nowMs = toMs;
        return;
      }
      nowMs = next.getAsLong();
      notifyAll();
      settle(threads);
    }
  }
}
