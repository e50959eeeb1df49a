package io.trivigil.lab;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// For how much of a time the machine worked for others: a limit of real time leaves this out where
/// the machine is shared, or it would measure the neighbours. Five times a second a thread of its
/// own does work of 8 ms, longer than a slice of the scheduler's, and notes what share of the time
/// until its end it waited; 2 % of a machine of two processors. Thread-safe.
public final class Stalls implements AutoCloseable {
  private static final long PAUSE_MS = 192;
  private static final long WORK_NANOS = 8_000_000;

  /// By the time of each look, the sum of all until then, ms.
  private final NavigableMap<Long, Long> sums = new ConcurrentSkipListMap<>();

  private final Thread watch = Thread.ofPlatform().daemon().name("stalls").unstarted(this::watch);

  /// Begins to look; without it nothing is left out.
  public void start() {
    watch.start();
  }

  private void watch() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long lookedNanos = System.nanoTime();
    try {
      while (true) {
        Thread.sleep(PAUSE_MS);
        long beginNanos = System.nanoTime();
        long workedNanos = threads.getCurrentThreadCpuTime();
        while (threads.getCurrentThreadCpuTime() - workedNanos < WORK_NANOS) {
          Thread.onSpinWait();
        }
        long nowNanos = System.nanoTime();
        double waited = Math.max(0, 1 - (double) WORK_NANOS / (nowNanos - beginNanos));
        add(Wait.nowMs(), Math.round((nowNanos - lookedNanos) * waited / 1e6));
        lookedNanos = nowNanos;
      }
    } catch (InterruptedException closed) {
      // That is all.
    }
  }

  /// So much of the time until this one, which is later than any before, was others', ms.
  public void add(long atMs, long othersMs) {
    sums.put(atMs, until(atMs) + othersMs);
  }

  private long until(long ms) {
    Map.Entry<Long, Long> last = sums.floorEntry(ms);
    return last == null ? 0 : last.getValue();
  }

  /// How much of the time from `fromMs` to `toMs` is left out, ms; two thirds of it at most, so
  /// that what hangs is seen on any machine.
  public long within(long fromMs, long toMs) {
    return Math.clamp(until(toMs) - until(fromMs), 0, Math.max(0, toMs - fromMs) * 2 / 3);
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
