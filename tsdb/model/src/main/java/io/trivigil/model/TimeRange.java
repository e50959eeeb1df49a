package io.trivigil.model;

/// The milliseconds from `fromMs` up to, but not including, `toMs`; epoch, UTC.
public record TimeRange(long fromMs, long toMs) {
  public TimeRange {
    if (toMs < fromMs) {
      throw new IllegalArgumentException(
          "time range ends before it begins: from_ms=%d to_ms=%d".formatted(fromMs, toMs));
    }
  }

  public boolean contains(long timeMs) {
    return timeMs >= fromMs && timeMs < toMs;
  }
}
