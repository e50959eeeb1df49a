package io.trivigil.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How late something came that is due once an interval, in milliseconds. Thread-safe.
final class Lateness {
  private final long intervalMs;
  private final List<Long> seen = new ArrayList<>();
  private int missed;

  Lateness(long intervalMs) {
    this.intervalMs = intervalMs;
  }

  /// The distance from the one before. What is later than half an interval means that intervals
  /// were missed; as many are counted.
  synchronized void addGap(long gapMs) {
    missed += (int) Math.max(0, (gapMs - intervalMs / 2) / intervalMs);
    add(gapMs - intervalMs);
  }

  /// One that came so late; early counts as punctual.
  synchronized void add(long lateMs) {
    seen.add(Math.max(0, lateMs));
  }

  /// What was seen since the last time.
  synchronized Summary take() {
    List<Long> sorted = seen.stream().sorted().toList();
    Summary summary =
        sorted.isEmpty()
            ? new Summary(0, 0, 0, missed)
            : new Summary(
                sorted.size(),
                sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1),
                sorted.getLast(),
                missed);
    seen.clear();
    missed = 0;
    return summary;
  }

  /// @param count how many came
  /// @param missed how many did not, counted by [#addGap]
  record Summary(int count, long p99Ms, long maxMs, int missed) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%d of them, p99 %d ms, max %d ms, %d missed", count, p99Ms, maxMs, missed);
    }
  }
}
