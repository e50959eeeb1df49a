package io.trivigil.promql.eval;

import java.util.Arrays;
import java.util.Optional;

/// The common range functions over the floats of one series: all steps in one pass over plain
/// arrays. Says the same, bit for bit, as the [RangeFunction] of its name does window by window;
/// but where windows overlap much, sums and averages are added up in another order, and may differ
/// in their last digits. Reused from series to series by one thread.
///
/// Histograms, start timestamps, `anchored` and `smoothed` are the windows' business.
final class RangeKernel {
  /// So many windows have a sample in common where they overlap much.
  private static final int MUCH = 8;

  /// More than roundings make of what is equal.
  private static final double SURELY = 1 + 1e-9;

  private enum Kind {
    RATE,
    INCREASE,
    DELTA,
    IRATE,
    IDELTA,
    CHANGES,
    RESETS,
    SUM,
    AVERAGE,
    COUNT,
    PRESENT,
    LAST,
    FIRST,
    MIN,
    MAX
  }

  private final Kind kind;
  private final int steps;

  /// The range of step `i` is `(startsMs[i], endsMs[i]]`.
  private final long[] startsMs;

  private final long[] endsMs;

  /// The samples of step `i` are `low[i] <= k < high[i]`.
  private final int[] low;

  private final int[] high;

  /// Events (resets, changes) at or before a sample, where any are counted.
  private int[] events = new int[0];

  /// Samples that were left out.
  private long omitted;

  private final Kahan.Mean mean = new Kahan.Mean();
  private final SlidingSum sliding = new SlidingSum();

  private RangeKernel(Kind kind, Ranges ranges, int steps) {
    this.kind = kind;
    this.steps = steps;
    startsMs = new long[steps];
    endsMs = new long[steps];
    for (int i = 0; i < steps; i++) {
      startsMs[i] = ranges.startMs(i);
      endsMs[i] = ranges.endMs(i);
    }
    low = new int[steps];
    high = new int[steps];
  }

  /// The kernel of a function, if it has one.
  static Optional<RangeKernel> of(String function, Ranges ranges, int steps) {
    Kind kind =
        switch (function) {
          case "rate" -> Kind.RATE;
          case "increase" -> Kind.INCREASE;
          case "delta" -> Kind.DELTA;
          case "irate" -> Kind.IRATE;
          case "idelta" -> Kind.IDELTA;
          case "changes" -> Kind.CHANGES;
          case "resets" -> Kind.RESETS;
          case "sum_over_time" -> Kind.SUM;
          case "avg_over_time" -> Kind.AVERAGE;
          case "count_over_time" -> Kind.COUNT;
          case "present_over_time" -> Kind.PRESENT;
          case "last_over_time" -> Kind.LAST;
          case "first_over_time" -> Kind.FIRST;
          case "min_over_time" -> Kind.MIN;
          case "max_over_time" -> Kind.MAX;
          default -> null;
        };
    return kind == null ? Optional.empty() : Optional.of(new RangeKernel(kind, ranges, steps));
  }

  /// Whether the function at one step can do with what `Querier.Series.readEnds` reads.
  boolean needsEndsOnly() {
    return steps == 1 && (kind == Kind.RATE || kind == Kind.INCREASE);
  }

  /// As [#run] where so many samples were left out between the others.
  boolean run(long[] times, double[] values, int count, long omittedSamples, double[] out) {
    omitted = omittedSamples;
    try {
      return run(times, values, count, out);
    } finally {
      omitted = 0;
    }
  }

  /// Fills every cell of `out`; false if all of them are absent.
  boolean run(long[] times, double[] values, int count, double[] out) {
    Arrays.fill(out, Cell.ABSENT);
    if (!slide(times, count)) {
      return false;
    }
    switch (kind) {
      case RATE -> extrapolated(times, values, count, true, true, out);
      case INCREASE -> extrapolated(times, values, count, true, false, out);
      case DELTA -> extrapolated(times, values, count, false, false, out);
      case IRATE -> lastTwo(times, values, true, out);
      case IDELTA -> lastTwo(times, values, false, out);
      case CHANGES -> {
        countChanges(values, count);
        eventCounts(out);
      }
      case RESETS -> {
        countResets(values, count);
        eventCounts(out);
      }
      case SUM -> {
        if (overlapMuch()) {
          slidingSums(values, count, out);
        } else {
          sums(values, out);
        }
      }
      case AVERAGE -> {
        if (overlapMuch()) {
          slidingAverages(values, count, out);
        } else {
          averages(values, out);
        }
      }
      case COUNT, PRESENT, LAST, FIRST -> picks(values, out);
      case MIN, MAX -> {
        if (overlapMuch()) {
          slidingExtremes(values, count, out);
        } else if (kind == Kind.MIN) {
          minima(values, out);
        } else {
          maxima(values, out);
        }
      }
    }
    for (double cell : out) {
      if (Cell.isPresent(cell)) {
        return true;
      }
    }
    return false;
  }

  /// Finds the windows; false if no window has a sample.
  private boolean slide(long[] times, int count) {
    int from = 0;
    int to = 0;
    boolean any = false;
    long lastMs = count == 0 ? Long.MAX_VALUE : times[count - 1];
    for (int i = 0; i < steps; i++) {
      long end = endsMs[i];
      long start = startsMs[i];
      if (lastMs <= end) {
        to = count; // a window of a week need not be walked through
      }
      while (to < count && times[to] <= end) {
        to++;
      }
      while (from < to && times[from] <= start) {
        from++;
      }
      low[i] = from;
      high[i] = to;
      any |= from < to;
    }
    return any;
  }

  /// Whether a sample is in so many windows that it is better looked at once for all of them.
  private boolean overlapMuch() {
    long looks = 0;
    for (int i = 0; i < steps; i++) {
      looks += high[i] - low[i];
    }
    return looks >= (long) MUCH * (high[steps - 1] - low[0]);
  }

  private int[] eventsFor(int count) {
    if (events.length < count) {
      events = new int[Math.max(count, events.length * 2)];
    }
    return events;
  }

  /// Whether the value ever falls: that of a counter hardly ever does, and then nothing is put
  /// down.
  private static boolean falls(double[] values, int count) {
    boolean falls = false;
    double before = values[0];
    for (int k = 1; k < count; k++) {
      double value = values[k];
      falls |= value < before;
      before = value;
    }
    return falls;
  }

  /// Counts where the value falls; returns how often in all.
  private int countResets(double[] values, int count) {
    int[] counts = eventsFor(count);
    int seen = 0;
    counts[0] = 0;
    for (int k = 1; k < count; k++) {
      seen += values[k] < values[k - 1] ? 1 : 0;
      counts[k] = seen;
    }
    return seen;
  }

  private void countChanges(double[] values, int count) {
    int[] counts = eventsFor(count);
    int seen = 0;
    counts[0] = 0;
    for (int k = 1; k < count; k++) {
      double before = values[k - 1];
      double after = values[k];
      seen += before != after && !(Double.isNaN(before) && Double.isNaN(after)) ? 1 : 0;
      counts[k] = seen;
    }
  }

  private void eventCounts(double[] out) {
    for (int i = 0; i < steps; i++) {
      if (low[i] < high[i]) {
        out[i] = events[high[i] - 1] - events[low[i]];
      }
    }
  }

  /// See [Rates#extrapolated]. Scrapes are regular: most windows lie to their samples as the one
  /// before does, and have its factor, unless their counter began at zero not long ago.
  private void extrapolated(
      long[] times, double[] values, int count, boolean counter, boolean perSecond, double[] out) {
    boolean resets = counter && falls(values, count) && countResets(values, count) > 0;
    double seconds = perSecond ? (endsMs[0] - startsMs[0]) / 1000.0 : 1;
    long headMs = -1; // of the window before: no window has this one
    long sampledMs = 0;
    long tailMs = 0;
    long gaps = 0;
    double sampled = 0;
    double toStart = 0;
    double toEnd = 0;
    double factor = 0;
    for (int i = 0; i < steps; i++) {
      int first = low[i];
      int last = high[i] - 1;
      if (last <= first) {
        continue;
      }
      double result = values[last] - values[first];
      if (resets && events[last] != events[first]) {
        for (int k = first + 1; k <= last; k++) {
          if (values[k] < values[k - 1]) {
            result += values[k - 1];
          }
        }
      }
      long head = times[first] - startsMs[i];
      long between = times[last] - times[first];
      long tail = endsMs[i] - times[last];
      long steady = last - first + omitted;
      if (head != headMs || between != sampledMs || tail != tailMs || steady != gaps) {
        headMs = head;
        sampledMs = between;
        tailMs = tail;
        gaps = steady;
        sampled = between / 1000.0;
        double average = sampled / gaps;
        toStart = beyond(head, average);
        toEnd = beyond(tail, average);
        factor = (sampled + toStart + toEnd) / sampled / seconds;
      }
      boolean mayReachZero =
          counter
              && result > 0
              && values[first] >= 0
              && !(sampled * values[first] > toStart * result * SURELY);
      if (mayReachZero) {
        double toZero = Math.min(toStart, sampled * (values[first] / result));
        out[i] = result * ((sampled + toZero + toEnd) / sampled / seconds);
      } else {
        out[i] = result * factor;
      }
    }
  }

  /// How far a window reaches beyond its samples, seconds: half of their mean distance where there
  /// could have been another one.
  private static double beyond(long ms, double average) {
    double seconds = ms / 1000.0;
    return seconds >= average * 1.1 ? average / 2 : seconds;
  }

  /// See [Rates#instant].
  private void lastTwo(long[] times, double[] values, boolean rate, double[] out) {
    for (int i = 0; i < steps; i++) {
      int last = high[i] - 1;
      if (last <= low[i] || times[last] == times[last - 1]) {
        continue;
      }
      double value = values[last];
      double before = values[last - 1];
      if (rate) {
        double result = value < before ? value : value - before;
        out[i] = result / ((times[last] - times[last - 1]) / 1000.0);
      } else {
        out[i] = value - before;
      }
    }
  }

  private void sums(double[] values, double[] out) {
    for (int i = 0; i < steps; i++) {
      if (low[i] < high[i]) {
        out[i] = sumOf(values, i);
      }
    }
  }

  private double sumOf(double[] values, int step) {
    double sum = 0;
    double lost = 0;
    for (int k = low[step]; k < high[step]; k++) {
      double value = values[k];
      double total = sum + value;
      lost = Kahan.lostBy(sum, value, total, lost);
      sum = total;
    }
    return Double.isInfinite(sum) ? sum : sum + lost;
  }

  private void slidingSums(double[] values, int count, double[] out) {
    sliding.rewind(count);
    for (int i = 0; i < steps; i++) {
      if (low[i] < high[i]) {
        sliding.move(values, low[i], high[i]);
        double sum = sliding.sum();
        out[i] = Double.isFinite(sum) ? sum + sliding.lost() : sumOf(values, i);
      }
    }
  }

  private void averages(double[] values, double[] out) {
    for (int i = 0; i < steps; i++) {
      if (low[i] < high[i]) {
        out[i] = averageOf(values, i);
      }
    }
  }

  private double averageOf(double[] values, int step) {
    int first = low[step];
    double sum = values[first];
    double lost = 0;
    for (int k = first + 1; k < high[step]; k++) {
      double value = values[k];
      double total = sum + value;
      lost = Kahan.lostBy(sum, value, total, lost);
      sum = total;
    }
    int size = high[step] - first;
    return Double.isFinite(sum) ? sum / size + lost / size : meanOf(values, step);
  }

  private void slidingAverages(double[] values, int count, double[] out) {
    sliding.rewind(count);
    for (int i = 0; i < steps; i++) {
      if (low[i] < high[i]) {
        sliding.move(values, low[i], high[i]);
        double sum = sliding.sum();
        int size = high[i] - low[i];
        out[i] = Double.isFinite(sum) ? sum / size + sliding.lost() / size : averageOf(values, i);
      }
    }
  }

  /// The careful way, for sums that leave the range of floats.
  private double meanOf(double[] values, int step) {
    mean.reset();
    for (int k = low[step]; k < high[step]; k++) {
      mean.add(values[k]);
    }
    return mean.result();
  }

  private void picks(double[] values, double[] out) {
    for (int i = 0; i < steps; i++) {
      if (low[i] < high[i]) {
        out[i] =
            switch (kind) {
              case COUNT -> high[i] - low[i];
              case LAST -> values[high[i] - 1];
              case FIRST -> values[low[i]];
              default -> 1;
            };
      }
    }
  }

  /// Keeps what may still become the least (or greatest) of a window: each is passed over once a
  /// later one is as good.
  private void slidingExtremes(double[] values, int count, double[] out) {
    boolean max = kind == Kind.MAX;
    int[] kept = eventsFor(count);
    int oldest = 0;
    int size = 0; // of what was kept, `oldest` of which have left
    int end = 0;
    for (int i = 0; i < steps; i++) {
      for (; end < high[i]; end++) {
        double value = values[end];
        if (Double.isNaN(value)) {
          continue;
        }
        while (size > oldest
            && (max ? value >= values[kept[size - 1]] : value <= values[kept[size - 1]])) {
          size--;
        }
        kept[size++] = end;
      }
      while (oldest < size && kept[oldest] < low[i]) {
        oldest++;
      }
      if (low[i] < high[i]) {
        out[i] = values[oldest < size ? kept[oldest] : low[i]];
      }
    }
  }

  private void minima(double[] values, double[] out) {
    for (int i = 0; i < steps; i++) {
      if (low[i] == high[i]) {
        continue;
      }
      double best = values[low[i]];
      for (int k = low[i] + 1; k < high[i]; k++) {
        if (values[k] <= best || Double.isNaN(best)) {
          best = values[k];
        }
      }
      out[i] = best;
    }
  }

  private void maxima(double[] values, double[] out) {
    for (int i = 0; i < steps; i++) {
      if (low[i] == high[i]) {
        continue;
      }
      double best = values[low[i]];
      for (int k = low[i] + 1; k < high[i]; k++) {
        if (values[k] >= best || Double.isNaN(best)) {
          best = values[k];
        }
      }
      out[i] = best;
    }
  }
}
