package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The answer to a query, to be compared.
///
/// @param problem what went wrong; empty if nothing did
/// @param type the API's `resultType`
/// @param text the string of a string, else empty
/// @param series in the order of the answer; a scalar is one series without labels
record Answer(String problem, String type, String text, List<Series> series) {
  private static final double TOLERANCE = 1e-9;
  private static final double LEAST = 1e-12;

  Answer {
    series = List.copyOf(series);
  }

  /// One series: the labels as text, and its points, oldest first.
  record Series(String labels, SortedMap<Long, Double> points) {}

  static Answer failed(String problem) {
    return new Answer(problem, "", "", List.of());
  }

  /// The body of an answer of the Prometheus API.
  static Answer of(JsonNode body) {
    if (!body.path("status").asText().equals("success")) {
      return failed("error: " + body.path("error").asText());
    }
    String type = body.path("data").path("resultType").asText();
    JsonNode result = body.path("data").path("result");
    List<Series> series = new ArrayList<>();
    switch (type) {
      case "string" -> {
        return new Answer("", type, result.path(1).asText(), List.of());
      }
      case "scalar" -> series.add(new Series("{}", points(List.of(result))));
      default ->
          result.forEach(
              one -> {
                Map<String, String> labels = new TreeMap<>();
                one.path("metric")
                    .properties()
                    .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
                Iterable<JsonNode> all =
                    one.has("value") ? List.of(one.path("value")) : one.path("values");
                series.add(new Series(labels.toString(), points(all)));
              });
    }
    return new Answer("", type, "", series);
  }

  private static SortedMap<Long, Double> points(Iterable<JsonNode> all) {
    SortedMap<Long, Double> points = new TreeMap<>();
    for (JsonNode point : all) {
      points.put(Math.round(point.path(0).asDouble() * 1_000), value(point.path(1).asText()));
    }
    return points;
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /// What the engine answered.
  static Answer of(Result result) {
    return switch (result) {
      case Result.ScalarResult s ->
          new Answer("", s.type(), "", List.of(new Series("{}", one(s.timestampMs(), s.value()))));
      case Result.StringResult s -> new Answer("", s.type(), s.value(), List.of());
      case Result.VectorResult v -> new Answer("", v.type(), "", series(v.series()));
      case Result.MatrixResult m -> new Answer("", m.type(), "", series(m.series()));
    };
  }

  private static SortedMap<Long, Double> one(long timestampMs, double value) {
    SortedMap<Long, Double> points = new TreeMap<>();
    points.put(timestampMs, value);
    return points;
  }

  private static List<Series> series(List<ResultSeries> all) {
    List<Series> series = new ArrayList<>();
    for (ResultSeries one : all) {
      SortedMap<Long, Double> points = new TreeMap<>();
      for (int i = 0; i < one.size(); i++) {
        points.put(one.timestampMs(i), one.value(i));
      }
      series.add(new Series(new TreeMap<>(one.labels().toMap()).toString(), points));
    }
    return series;
  }

  /// Whether both say the same to this expression: the same series, points, and values up to 1e-9
  /// of them. The order counts where the expression sorts; `topk` and `bottomk` may keep any of
  /// several equal series. Two errors are the same.
  boolean sameAs(Answer other, String expression) {
    if (!problem.isEmpty() || !other.problem.isEmpty()) {
      return !problem.isEmpty() && !other.problem.isEmpty();
    }
    String outermost = expression.strip();
    boolean best = outermost.matches("(?s)(topk|bottomk)\\b.*");
    boolean sorted = best || outermost.matches("(?s)(sort|sort_desc)\\b.*");
    return type.equals(other.type)
        && text.equals(other.text)
        && (!sorted || !type.equals("vector") || near(sequence(), other.sequence()))
        && (best ? sameBest(other) : sameSeries(other));
  }

  private List<Double> sequence() {
    return series.stream().map(one -> one.points.firstEntry().getValue()).toList();
  }

  private boolean sameSeries(Answer other) {
    Map<String, SortedMap<Long, Double>> mine = byLabels();
    Map<String, SortedMap<Long, Double>> theirs = other.byLabels();
    return series.size() == other.series.size()
        && mine.keySet().equals(theirs.keySet())
        && mine.entrySet().stream()
            .allMatch(
                one -> {
                  SortedMap<Long, Double> match =
                      theirs.getOrDefault(one.getKey(), new TreeMap<>());
                  return one.getValue().keySet().equals(match.keySet())
                      && near(List.copyOf(one.getValue().values()), List.copyOf(match.values()));
                });
  }

  private Map<String, SortedMap<Long, Double>> byLabels() {
    Map<String, SortedMap<Long, Double>> found = new TreeMap<>();
    series.forEach(one -> found.put(one.labels, one.points));
    return found;
  }

  /// The same values at each time, and the same points of the series that both kept.
  private boolean sameBest(Answer other) {
    SortedMap<Long, List<Double>> mine = byTime();
    SortedMap<Long, List<Double>> theirs = other.byTime();
    if (!mine.keySet().equals(theirs.keySet())
        || !mine.keySet().stream()
            .allMatch(
                time ->
                    near(
                        mine.getOrDefault(time, List.of()),
                        theirs.getOrDefault(time, List.of())))) {
      return false;
    }
    Map<String, SortedMap<Long, Double>> kept = other.byLabels();
    for (Series one : series) {
      SortedMap<Long, Double> match = kept.getOrDefault(one.labels, new TreeMap<>());
      for (Map.Entry<Long, Double> point : one.points.entrySet()) {
        double value = point.getValue();
        if (!near(value, match.getOrDefault(point.getKey(), value))) {
          return false;
        }
      }
    }
    return true;
  }

  private SortedMap<Long, List<Double>> byTime() {
    SortedMap<Long, List<Double>> byTime = new TreeMap<>();
    for (Series one : series) {
      one.points.forEach(
          (time, value) -> byTime.computeIfAbsent(time, _ -> new ArrayList<>()).add(value));
    }
    byTime.values().forEach(values -> values.sort(null));
    return byTime;
  }

  private static boolean near(List<Double> a, List<Double> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!near(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean near(double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) && Double.isNaN(b);
    }
    if (a == b) {
      return true;
    }
    if (Double.isInfinite(a) || Double.isInfinite(b)) {
      return false;
    }
    double difference = Math.abs(a - b);
    return difference <= LEAST || difference <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }
}
