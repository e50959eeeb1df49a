package io.trivigil.web.host;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// How fast a counter of this process grew over the last minute, without any scrape of it; what is
/// made up for after a start does not count. Thread-safe: a private lock guards the marks. [#start]
/// notes one every two seconds on a thread of its own until [#close].
public final class IngestRate implements AutoCloseable {
  static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration PACE = Duration.ofSeconds(2);

  private record Mark(long nanos, double value) {}

  private final DoubleSupplier counter;
  private final BooleanSupplier current;
  private final LongSupplier nanoTicker;
  private final Object lock = new Object();
  private final Deque<Mark> marks = new ArrayDeque<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("ingest-rate").factory());

  /// @param counter only grows
  /// @param current whether it grows by what comes in now, and not by what was missed
  public IngestRate(DoubleSupplier counter, BooleanSupplier current, LongSupplier nanoTicker) {
    this.counter = counter;
    this.current = current;
    this.nanoTicker = nanoTicker;
  }

  /// Begins to note what the counter says.
  public void start() {
    ScheduledFuture<?> _ =
        timer.scheduleAtFixedRate(
            this::mark, PACE.toMillis(), PACE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Notes what the counter says now, and forgets what is older than the window.
  void mark() {
    synchronized (lock) {
      if (!current.getAsBoolean()) {
        marks.clear();
        return;
      }
      long now = nanoTicker.getAsLong();
      marks.addLast(new Mark(now, counter.getAsDouble()));
      while (marks.size() > 1 && now - marks.getFirst().nanos() > WINDOW.toNanos()) {
        marks.removeFirst();
      }
    }
  }

  /// Growth per second since the oldest mark; 0 in the first second.
  public double perSecond() {
    synchronized (lock) {
      if (marks.isEmpty()) {
        return 0;
      }
      Mark oldest = marks.getFirst();
      double seconds = (nanoTicker.getAsLong() - oldest.nanos()) / 1e9;
      return seconds < 1 ? 0 : Math.max(0, counter.getAsDouble() - oldest.value()) / seconds;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
