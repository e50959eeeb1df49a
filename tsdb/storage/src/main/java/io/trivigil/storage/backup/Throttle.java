package io.trivigil.storage.backup;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Keeps reading in the background below a rate. Thread-safe; blocks its caller.
public final class Throttle {
  /// What background reading takes of a disk unless told otherwise, bytes per second.
  public static final long DEFAULT_RATE = 20L << 20;

  private static final long MAX_AHEAD_NANOS = 100_000_000L;

  private final double nanosPerByte;
  private final LongSupplier nanoTicker;
  private final LongConsumer pause;
  private long freeAtNanos; // guarded by this
  private long taken; // guarded by this

  /// @param bytesPerSecond the rate; 0 for any
  /// @param pause waits so many nanoseconds, or less
  public Throttle(long bytesPerSecond, LongSupplier nanoTicker, LongConsumer pause) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("rate below 0: bytes_per_second=" + bytesPerSecond);
    }
    this.nanosPerByte = bytesPerSecond == 0 ? 0 : 1e9 / (double) bytesPerSecond;
    this.nanoTicker = nanoTicker;
    this.pause = pause;
    this.freeAtNanos = nanoTicker.getAsLong();
  }

  public Throttle(long bytesPerSecond, LongSupplier nanoTicker) {
    this(bytesPerSecond, nanoTicker, LockSupport::parkNanos);
  }

  /// Takes note of bytes that were moved, and waits if that was too fast. Returns early, with the
  /// flag set, where the thread is interrupted.
  public void took(long bytes) {
    long untilNanos;
    synchronized (this) {
      long now = nanoTicker.getAsLong();
      taken += bytes;
      freeAtNanos = Math.max(freeAtNanos, now - MAX_AHEAD_NANOS) + (long) (bytes * nanosPerByte);
      untilNanos = freeAtNanos;
    }
    long wait = untilNanos - nanoTicker.getAsLong();
    while (wait > 0 && !Thread.currentThread().isInterrupted()) {
      pause.accept(wait);
      wait = untilNanos - nanoTicker.getAsLong();
    }
  }

  /// All bytes so far.
  public synchronized long taken() {
    return taken;
  }
}
