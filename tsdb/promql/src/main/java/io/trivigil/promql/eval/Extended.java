package io.trivigil.promql.eval;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr.Extension;
import java.util.Locale;

/// Selectors with `anchored` or `smoothed`: they also look beyond the borders of their range.
///
/// Anchored takes the last sample before the left border for the value there; smoothed interpolates
/// at both borders.
final class Extended {
  private static final String ANCHORED = "changes, delta, increase, rate, resets";
  private static final String SMOOTHED = "delta, increase, rate";

  private Extended() {}

  /// Fails unless the function can use such a range.
  static void check(Extension extension, String function) {
    if (extension == Extension.NONE) {
      return;
    }
    String allowed = extension == Extension.ANCHORED ? ANCHORED : SMOOTHED;
    if (!java.util.List.of(allowed.split(", ")).contains(function)) {
      throw QueryException.execution(
          "%s modifier can only be used with: %s - not with %s"
              .formatted(extension.name().toLowerCase(Locale.ROOT), allowed, function));
    }
  }

  /// A function of a window that also holds the samples beyond its borders.
  static double apply(Window w, RangeFunction function, String name) {
    refuseHistograms(w);
    if (w.floats() == 0 || w.time(w.floats() - 1) <= w.startMs) {
      return Cell.ABSENT;
    }
    return switch (name) {
      case "rate", "increase", "delta" -> change(w, !name.equals("delta"), name.equals("rate"));
      default -> {
        w.floatLow += firstIndex(w);
        yield function.apply(w);
      }
    };
  }

  private static void refuseHistograms(Window w) {
    if (w.histograms() > 0) {
      throw QueryException.execution(
          "smoothed and anchored modifiers do not work with native histograms");
    }
  }

  // The last sample at or before the left border, else the first behind it.
  private static int firstIndex(Window w) {
    int i = 0;
    while (i < w.floats() - 1 && w.time(i) <= w.startMs) {
      i++;
    }
    return Math.max(0, i - 1);
  }

  // The first sample at or behind the right border, else the last one.
  private static int lastIndex(Window w) {
    int last = w.floats() - 1;
    if (w.extension != Extension.SMOOTHED) {
      return last;
    }
    int i = 0;
    while (i < last && w.time(i) < w.endMs) {
      i++;
    }
    return i;
  }

  private static double change(Window w, boolean counter, boolean perSecond) {
    int first = firstIndex(w);
    int last = lastIndex(w);
    if (w.time(last) <= w.startMs) {
      return Cell.ABSENT;
    }
    double left = left(w, first, counter);
    double right = right(w, last, counter);
    double result = right - left;
    if (counter) {
      int from = w.time(first) <= w.startMs ? first + 1 : first;
      int to = w.time(last) >= w.endMs ? last - 1 : last;
      double before = left;
      for (int i = from; i <= to; i++) {
        result += w.value(i) < before ? before : 0;
        before = w.value(i);
      }
      result += right < before ? before : 0;
    }
    return perSecond ? result / ((w.endMs - w.startMs) / 1000.0) : result;
  }

  private static double left(Window w, int first, boolean counter) {
    boolean between =
        w.extension == Extension.SMOOTHED && w.time(first) < w.startMs && first + 1 < w.floats();
    return between ? interpolated(w, first, w.startMs, counter) : w.value(first);
  }

  private static double right(Window w, int last, boolean counter) {
    boolean between = w.extension == Extension.SMOOTHED && last > 0 && w.time(last) > w.endMs;
    return between ? interpolated(w, last - 1, w.endMs, counter) : w.value(last);
  }

  /// The value at a time between sample `i` and the next; a counter that was reset between them
  /// counts from zero.
  private static double interpolated(Window w, int i, long atMs, boolean counter) {
    double a = w.value(i);
    double b = w.value(i + 1);
    if (counter && b < a) {
      a = 0;
    }
    return a + (b - a) * (atMs - w.time(i)) / (w.time(i + 1) - w.time(i));
  }

  /// The samples of such a range by itself: one at each border, and those between.
  static SampleBuffer bordered(Window w) {
    refuseHistograms(w);
    SampleBuffer out = new SampleBuffer();
    if (w.floats() == 0) {
      return out;
    }
    int first = firstIndex(w);
    int last = lastIndex(w);
    if (w.time(last) <= w.startMs) {
      return out;
    }
    out.add(w.startMs, left(w, first, false));
    int from = w.time(first) <= w.startMs ? first + 1 : first;
    int to = w.time(last) >= w.endMs ? last - 1 : last;
    for (int i = from; i <= to; i++) {
      out.add(w.time(i), w.value(i));
    }
    out.add(w.endMs, right(w, last, false));
    return out;
  }

  /// An instant selector with `smoothed`: interpolates between the samples around each step.
  static void smooth(SampleBuffer read, Grid looks, long lookbackMs, Column out) {
    SampleBuffer samples = new SampleBuffer(read.size());
    for (int i = 0; i < read.size(); i++) {
      if (read.histogram(i) != null) {
        throw QueryException.execution(
            "smoothed and anchored modifiers do not work with native histograms");
      }
      if (!Staleness.isMarker(read.value(i))) {
        samples.addFrom(read, i);
      }
    }
    int before = -1;
    for (int k = 0; k < looks.size(); k++) {
      long now = looks.timeMs(k);
      while (before + 1 < samples.size() && samples.timestampMs(before + 1) <= now) {
        before++;
      }
      if (before < 0 || samples.timestampMs(before) <= now - lookbackMs) {
        continue;
      }
      double a = samples.value(before);
      int after = before + 1;
      boolean between =
          samples.timestampMs(before) < now
              && after < samples.size()
              && samples.timestampMs(after) <= now + lookbackMs;
      if (between) {
        double span = samples.timestampMs(after) - samples.timestampMs(before);
        a += (samples.value(after) - a) * (now - samples.timestampMs(before)) / span;
      }
      out.cells[k] = Cell.clean(a);
    }
  }
}
