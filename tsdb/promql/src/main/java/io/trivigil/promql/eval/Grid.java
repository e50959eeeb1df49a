package io.trivigil.promql.eval;

/// The times at which a node is evaluated: `startMs`, `startMs + stepMs`, … up to `endMs`
/// inclusive.
///
/// @param stepMs above 0; of no meaning for one step
public record Grid(long startMs, long endMs, long stepMs) {
  public Grid {
    if (stepMs <= 0) {
      throw new IllegalArgumentException("step must be positive: step_ms=" + stepMs);
    }
  }

  /// One moment.
  public static Grid instant(long timeMs) {
    return new Grid(timeMs, timeMs, 1);
  }

  /// How many steps; 0 if the end lies before the start.
  public int size() {
    return endMs < startMs ? 0 : Math.toIntExact((endMs - startMs) / stepMs + 1);
  }

  public long timeMs(int step) {
    return startMs + step * stepMs;
  }

  /// The last step's time.
  long lastMs() {
    return timeMs(Math.max(0, size() - 1));
  }

  Grid first() {
    return instant(startMs);
  }
}
