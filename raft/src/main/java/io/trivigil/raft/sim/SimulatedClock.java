package io.trivigil.raft.sim;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The time of a simulation; moves only when the simulation does. Wall time and elapsed time start
/// far apart, so that mixing them up fails at once.
public final class SimulatedClock implements InstantSource {
  private static final long TICKER_START_NANOS = 7_000_000_000_000L;

  private final long startMs;
  private long nowMs;

  /// @param startMs where wall time starts, epoch ms
  public SimulatedClock(long startMs) {
    this.startMs = startMs;
    this.nowMs = startMs;
  }

  @Override
  public long millis() {
    return nowMs;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowMs);
  }

  /// Elapsed time, nanoseconds.
  public LongSupplier nanoTicker() {
    return () -> TICKER_START_NANOS + (nowMs - startMs) * 1_000_000;
  }

  /// A clock that is off this one by `skewMs`.
  public InstantSource skewed(long skewMs) {
    return () -> Instant.ofEpochMilli(nowMs + skewMs);
  }

  void moveTo(long ms) {
    nowMs = Math.max(nowMs, ms);
  }
}
