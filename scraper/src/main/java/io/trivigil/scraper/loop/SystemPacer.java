package io.trivigil.scraper.loop;

import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// The pacer of a running node.
public final class SystemPacer implements Pacer {
  private final InstantSource clock;
  private final LongSupplier nanoTicker;

  public SystemPacer(InstantSource clock, LongSupplier nanoTicker) {
    this.clock = clock;
    this.nanoTicker = nanoTicker;
  }

  @Override
  public long nowMs() {
    return clock.millis();
  }

  @Override
  public long nanoTime() {
    return nanoTicker.getAsLong();
  }

  @Override
  public void sleepUntil(long atMs) throws InterruptedException {
    while (true) {
      long leftMs = atMs - clock.millis();
      if (leftMs <= 0) {
        return;
      }
      // In steps, so that a wall clock that is set is noticed.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.min(leftMs, 10_000)));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  @Override
  public void await(Semaphore signal, long atMs) throws InterruptedException {
    long leftMs = Math.clamp(atMs - clock.millis(), 0, 10_000);
    if (signal.tryAcquire(leftMs, TimeUnit.MILLISECONDS)) {
      signal.drainPermits();
    }
  }
}
