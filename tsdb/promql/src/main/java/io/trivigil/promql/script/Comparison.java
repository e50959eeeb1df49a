package io.trivigil.promql.script;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.Labels;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Compares answers with what a script expects. Every method returns the first difference.
final class Comparison {
  private static final double EPSILON = 1e-6;

  private Comparison() {}

  static boolean equal(double a, double b) {
    if (Staleness.isMarker(a) || Staleness.isMarker(b)) {
      return Staleness.isMarker(a) && Staleness.isMarker(b);
    }
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) && Double.isNaN(b);
    }
    if (a == b) {
      return true;
    }
    double size = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || size < Double.MIN_NORMAL) {
      return difference < EPSILON * Double.MIN_NORMAL;
    }
    return difference / Math.min(size, Double.MAX_VALUE) < EPSILON;
  }

  private static boolean equal(FloatHistogram a, FloatHistogram b) {
    return a.schema() == b.schema()
        && equal(a.count(), b.count())
        && equal(a.sum(), b.sum())
        && equal(a.zeroCount(), b.zeroCount())
        && a.zeroThreshold() == b.zeroThreshold()
        && Arrays.equals(a.bounds(), b.bounds())
        && equal(a.positive().compact(), b.positive().compact())
        && equal(a.negative().compact(), b.negative().compact());
  }

  private static boolean equal(Buckets a, Buckets b) {
    if (!Arrays.equals(a.indexes(), b.indexes())) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.counts()[i], b.counts()[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(SeriesNotation.Item wanted, ResultSeries series, int i) {
    Optional<FloatHistogram> histogram = series.histogram(i);
    if (wanted.histogram().isPresent() != histogram.isPresent()) {
      return false;
    }
    if (histogram.isEmpty()) {
      return equal(wanted.value(), series.value(i));
    }
    return equal(wanted.histogram().get(), histogram.get())
        && (!wanted.hinted() || wanted.histogram().get().hint() == histogram.get().hint());
  }

  static String text(ResultSeries series, int i) {
    return series
        .histogram(i)
        .map(h -> h + " schema=" + h.schema() + " hint=" + h.hint() + Arrays.toString(h.bounds()))
        .orElse(FloatFormat.plain(series.value(i)));
  }

  private static String text(SeriesNotation.Item item) {
    return item.histogram()
        .map(h -> h + " schema=" + h.schema() + " hint=" + h.hint() + Arrays.toString(h.bounds()))
        .orElse(FloatFormat.plain(item.value()));
  }

  static Optional<String> vector(Expected expected, List<ResultSeries> got, boolean ordered) {
    for (int i = 0; i < got.size(); i++) {
      ResultSeries series = got.get(i);
      Expected.Line line = expected.series.get(series.labels());
      if (line == null) {
        return Optional.of("unexpected series " + series.labels() + " = " + text(series, 0));
      }
      if (ordered && line.position() != i + 1) {
        return Optional.of(
            "%s stands at %d, expected at %d".formatted(series.labels(), i + 1, line.position()));
      }
      SeriesNotation.Item wanted = line.series().values().getFirst();
      if (!equal(wanted, series, 0)) {
        return Optional.of(
            "%s: expected %s, got %s".formatted(series.labels(), text(wanted), text(series, 0)));
      }
    }
    return missing(expected, got);
  }

  private static Optional<String> missing(Expected expected, List<ResultSeries> got) {
    for (Labels labels : expected.series.keySet()) {
      boolean wanted =
          expected.series.get(labels).series().values().stream().anyMatch(i -> !i.omitted());
      if (wanted && got.stream().noneMatch(series -> series.labels().equals(labels))) {
        return Optional.of("missing series " + labels);
      }
    }
    return Optional.empty();
  }

  static Optional<String> matrix(
      Expected expected, List<ResultSeries> got, long startMs, long endMs, long stepMs) {
    for (int s = 0; s < got.size(); s++) {
      ResultSeries series = got.get(s);
      if (s > 0 && got.get(s - 1).labels().compareTo(series.labels()) >= 0) {
        return Optional.of("series are not sorted at " + series.labels());
      }
      Expected.Line line = expected.series.get(series.labels());
      if (line == null) {
        return Optional.of("unexpected series " + series.labels());
      }
      Optional<String> problem = points(line.series(), series, startMs, endMs, stepMs);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return missing(expected, got);
  }

  private static Optional<String> points(
      SeriesNotation wanted, ResultSeries got, long startMs, long endMs, long stepMs) {
    int k = 0;
    for (int i = 0; i < wanted.values().size(); i++) {
      long time = startMs + i * stepMs;
      SeriesNotation.Item item = wanted.values().get(i);
      if (time > endMs) {
        return Optional.of("more values than steps for " + wanted.labels());
      }
      if (item.omitted()) {
        continue;
      }
      if (k >= got.size() || got.timestampMs(k) != time) {
        return Optional.of(
            "%s: expected %s at %d, got %s"
                .formatted(
                    wanted.labels(),
                    text(item),
                    time,
                    k < got.size() ? "a point at " + got.timestampMs(k) : "nothing"));
      }
      if (!equal(item, got, k)) {
        return Optional.of(
            "%s at %d: expected %s, got %s"
                .formatted(wanted.labels(), time, text(item), text(got, k)));
      }
      k++;
    }
    return k == got.size()
        ? Optional.empty()
        : Optional.of(
            "%s: unexpected point at %d: %s"
                .formatted(wanted.labels(), got.timestampMs(k), text(got, k)));
  }

  static Optional<String> annotations(
      Expected expected, String kind, List<String> got, Result result) {
    if (expected.has("no_" + kind) && !got.isEmpty()) {
      return Optional.of("unexpected " + kind + ": " + got);
    }
    List<Expected.Expectation> wanted = expected.of(kind);
    for (Expected.Expectation expectation : wanted) {
      if (got.stream().noneMatch(expectation::matches)) {
        return Optional.of(
            "expected %s %s, got %s (%s)".formatted(kind, expectation, got, result.type()));
      }
    }
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    for (String annotation : got) {
      if (wanted.stream().noneMatch(expectation -> expectation.matches(annotation))) {
        return Optional.of("unexpected " + kind + ": " + annotation);
      }
    }
    return Optional.empty();
  }
}
