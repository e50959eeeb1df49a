package io.trivigil.rules.unit;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labels;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.script.SeriesNotation;
import io.trivigil.rules.unit.RuleTestFile.ExpectedSample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Compares an answer with the samples that a test expects.
final class SampleComparison {
  private record Got(double value, Optional<FloatHistogram> histogram) {}

  private SampleComparison() {}

  /// The difference, if there is one.
  static Optional<String> difference(List<ExpectedSample> expected, Result result, boolean fuzzy) {
    TreeMap<Labels, Got> got = new TreeMap<>();
    switch (result) {
      case Result.ScalarResult scalar ->
          got.put(Labels.EMPTY, new Got(scalar.value(), Optional.empty()));
      case Result.VectorResult vector -> {
        for (ResultSeries series : vector.series()) {
          got.put(series.labels(), new Got(series.value(0), series.histogram(0)));
        }
      }
      case Result.StringResult _, Result.MatrixResult _ -> {
        return Optional.of("err: rule result is not a vector or scalar");
      }
    }
    TreeMap<Labels, ExpectedSample> wanted = new TreeMap<>();
    expected.forEach(sample -> wanted.put(sample.labels(), sample));
    boolean same = got.keySet().equals(wanted.keySet());
    for (Labels labels : wanted.keySet()) {
      ExpectedSample sample = wanted.get(labels);
      Got found = got.get(labels);
      same &= found != null && sample != null && equal(sample, found, fuzzy);
    }
    return same ? Optional.empty() : Optional.of("exp:" + shown(wanted) + ", got:" + shownGot(got));
  }

  private static boolean equal(ExpectedSample wanted, Got found, boolean fuzzy) {
    if (wanted.histogram().isPresent() || found.histogram().isPresent()) {
      return wanted.histogram().isPresent()
          && found.histogram().isPresent()
          && equal(wanted.histogram().get(), found.histogram().get());
    }
    double a = wanted.value();
    double b = found.value();
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return true;
    }
    return fuzzy && (Math.nextUp(a) == b || Math.nextDown(a) == b);
  }

  private static boolean equal(SeriesNotation.Item item, FloatHistogram b) {
    if (item.histogram().isEmpty()) {
      return false;
    }
    FloatHistogram a = item.histogram().get();
    return a.schema() == b.schema()
        && a.count() == b.count()
        && a.sum() == b.sum()
        && a.zeroCount() == b.zeroCount()
        && a.zeroThreshold() == b.zeroThreshold()
        && Arrays.equals(a.bounds(), b.bounds())
        && equal(a.positive().compact(), b.positive().compact())
        && equal(a.negative().compact(), b.negative().compact())
        && (!item.hinted() || a.hint() == b.hint());
  }

  private static boolean equal(FloatHistogram.Buckets a, FloatHistogram.Buckets b) {
    return Arrays.equals(a.indexes(), b.indexes()) && Arrays.equals(a.counts(), b.counts());
  }

  private static String shown(Map<Labels, ExpectedSample> samples) {
    return samples.values().stream()
        .map(s -> s.labels() + " " + text(s.value(), s.histogram().flatMap(i -> i.histogram())))
        .toList()
        .toString();
  }

  private static String shownGot(Map<Labels, Got> samples) {
    return samples.entrySet().stream()
        .map(e -> e.getKey() + " " + text(e.getValue().value(), e.getValue().histogram()))
        .toList()
        .toString();
  }

  private static String text(double value, Optional<FloatHistogram> histogram) {
    return histogram.map(FloatHistogram::toString).orElse(FloatFormat.exponent(value));
  }
}
