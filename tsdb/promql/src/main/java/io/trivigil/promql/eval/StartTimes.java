package io.trivigil.promql.eval;

/// What the start timestamps of a window's samples say of resets.
///
/// A reset lies before sample `i` if its start is behind the sample before it, or is that very
/// sample's time while that one's own start is known too (then they are deltas).
final class StartTimes {
  private static final StartTimes NONE = new StartTimes(null, true);

  private final @org.jspecify.annotations.Nullable Window w;
  private final boolean floats;

  private StartTimes(@org.jspecify.annotations.Nullable Window w, boolean floats) {
    this.w = w;
    this.floats = floats;
  }

  static StartTimes ofFloats(Window w, boolean wanted) {
    return wanted && w.useStarts && w.samples.floatStarts != null ? new StartTimes(w, true) : NONE;
  }

  static StartTimes ofHistograms(Window w, boolean wanted) {
    return wanted && w.useStarts && w.samples.histogramStarts != null
        ? new StartTimes(w, false)
        : NONE;
  }

  private long start(int i) {
    return w == null ? 0 : floats ? w.start(i) : w.histogramStart(i);
  }

  private long time(int i) {
    return w == null ? 0 : floats ? w.time(i) : w.histogramTime(i);
  }

  private int size() {
    return w == null ? 0 : floats ? w.floats() : w.histograms();
  }

  /// Whether the counter began anew between sample `i - 1` and sample `i`.
  boolean resetBefore(int i) {
    if (w == null) {
      return false;
    }
    long start = start(i);
    long before = time(i - 1);
    if (start == 0 || start >= time(i)) {
      return false;
    }
    long startBefore = start(i - 1);
    return start > before || (start == before && startBefore != 0 && startBefore < before);
  }

  /// Whether the first sample's counter began at zero inside the window.
  boolean zeroAtStart() {
    if (w == null || size() == 0) {
      return false;
    }
    long start = start(0);
    return start != 0 && start > w.startMs && start < time(0);
  }

  /// When the first sample's counter began.
  long firstMs() {
    return start(0);
  }

  /// Tells of samples that began before their predecessor without sharing its start.
  void noteOverlaps() {
    for (int i = 1; w != null && i < size(); i++) {
      long start = start(i);
      if (start != 0 && start < time(i - 1) && start != start(i - 1)) {
        w.notes.startOverlaps(w.metricName(), w.pos);
        return;
      }
    }
  }
}
