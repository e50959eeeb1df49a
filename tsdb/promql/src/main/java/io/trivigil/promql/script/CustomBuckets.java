package io.trivigil.promql.script;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.Labels;
import io.trivigil.promql.text.GoNumbers;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Turns the classic histograms of a load block into native ones with custom buckets.
final class CustomBuckets {
  private static final class Parts {
    final TreeMap<Double, Double> cumulative = new TreeMap<>();
    double count = Double.NaN;
    double sum;
  }

  private CustomBuckets() {}

  static void load(Command.Load load, MemoryStorage storage) {
    TreeMap<Labels, Map<Integer, Parts>> all = new TreeMap<>();
    for (SeriesNotation series : load.series().values()) {
      collect(series, all);
    }
    for (Map.Entry<Labels, Map<Integer, Parts>> entry : all.entrySet()) {
      entry
          .getValue()
          .forEach(
              (step, parts) ->
                  storage.add(
                      entry.getKey(),
                      step * load.stepMs(),
                      new SeriesNotation.Item(false, 0, Optional.of(histogram(parts)), false),
                      0));
    }
  }

  private static void collect(SeriesNotation series, Map<Labels, Map<Integer, Parts>> all) {
    String name = series.labels().metricName();
    String suffix =
        name.endsWith("_bucket")
            ? "_bucket"
            : name.endsWith("_count") ? "_count" : name.endsWith("_sum") ? "_sum" : "";
    double bound = Double.NaN;
    if (suffix.equals("_bucket")) {
      try {
        bound = GoNumbers.parseSigned(series.labels().get("le"));
      } catch (NumberFormatException e) {
        bound = Double.NaN;
      }
    }
    if (suffix.isEmpty() || (suffix.equals("_bucket") && Double.isNaN(bound))) {
      return;
    }
    Labels base =
        series
            .labels()
            .with(Labels.NAME, name.substring(0, name.length() - suffix.length()))
            .with("le", "");
    Map<Integer, Parts> steps = all.computeIfAbsent(base, key -> new TreeMap<>());
    for (int i = 0; i < series.values().size(); i++) {
      SeriesNotation.Item item = series.values().get(i);
      if (item.omitted() || item.histogram().isPresent()) {
        continue;
      }
      Parts parts = steps.computeIfAbsent(i, key -> new Parts());
      switch (suffix) {
        case "_bucket" -> parts.cumulative.put(bound, item.value());
        case "_count" -> parts.count = item.value();
        default -> parts.sum = item.value();
      }
    }
  }

  private static FloatHistogram histogram(Parts parts) {
    double highest = parts.cumulative.isEmpty() ? 0 : parts.cumulative.lastEntry().getValue();
    double count = Double.isNaN(parts.count) ? highest : parts.count;
    parts.cumulative.putIfAbsent(Double.POSITIVE_INFINITY, count);
    int size = parts.cumulative.size();
    int[] indexes = new int[size];
    double[] counts = new double[size];
    double[] bounds = new double[size - 1];
    double before = 0;
    int i = 0;
    for (Map.Entry<Double, Double> bucket : parts.cumulative.entrySet()) {
      indexes[i] = i;
      counts[i] = bucket.getValue() - before;
      if (counts[i] < 0) {
        throw new IllegalArgumentException("histogram is not cumulative");
      }
      if (i < size - 1) {
        bounds[i] = bucket.getKey();
      }
      before = bucket.getValue();
      i++;
    }
    return new FloatHistogram(
        FloatHistogram.CUSTOM_SCHEMA,
        Hint.UNKNOWN,
        count,
        parts.sum,
        0,
        0,
        new Buckets(indexes, counts).compact(),
        Buckets.NONE,
        bounds);
  }
}
