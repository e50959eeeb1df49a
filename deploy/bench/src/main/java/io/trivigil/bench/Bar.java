package io.trivigil.bench;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// What a figure of the judged server has to hold beside those of the others, in the unit of its
/// row.
sealed interface Bar {
  /// At most so many times a peer's figure, and so much on top.
  record AtMost(String peer, double times, double more) implements Bar {}

  /// At least so many times a peer's figure.
  record AtLeast(String peer, double times) implements Bar {}

  /// At most the smallest figure of any peer.
  record AtMostTheBest() implements Bar {}

  /// At most so much, whatever the peers need.
  record Within(double most) implements Bar {}

  private static Bar timesVictoria(double times) {
    return new AtMost("victoria", times, 0);
  }

  /// The bars by the beginning of a row's name.
  Map<String, Bar> OF_ROWS =
      Map.ofEntries(
          Map.entry("100k series x 240: samples/s", new AtLeast("victoria", 1)),
          Map.entry("100k series x 240: server CPU s per million", timesVictoria(0.7)),
          Map.entry("100k series x 240: RSS after ingest, MB", new AtMost("victoria", 1, 150)),
          Map.entry("1M series x 10: RSS after ingest, MB", timesVictoria(0.8)),
          Map.entry("peerbench, 1 h: disk bytes/sample", timesVictoria(0.85)),
          Map.entry("peerbench, 6 h: disk bytes/sample", timesVictoria(0.85)),
          Map.entry("ready after kill -9 with 24M samples, ms", new Within(2_000)),
          Map.entry("ready after kill -9 with 1M series, ms", new Within(2_000)),
          Map.entry("query instant-count-all, concurrency 1: p50 ms", new Within(50)),
          Map.entry("query instant-count-by-job, concurrency 1: p50 ms", new Within(50)),
          Map.entry("query labels-values, concurrency 1: p50 ms", new AtMostTheBest()),
          Map.entry("query series-one-host, concurrency 1: p50 ms", new AtMostTheBest()),
          Map.entry("query range-selector-wide, concurrency 1: p50 ms", new AtMostTheBest()));

  /// What the row has to hold and whether it does; empty where nothing is asked.
  ///
  /// @param values figures by peer
  static String verdict(String row, Map<String, Double> values, String judged) {
    Bar bar = OF_ROWS.get(row);
    if (bar == null) {
      return "";
    }
    Double own = values.get(judged);
    OptionalDouble limit = bar.limit(values, judged);
    if (own == null || limit.isEmpty()) {
      return "not measured";
    }
    boolean atLeast = bar instanceof AtLeast;
    boolean holds = atLeast ? own >= limit.getAsDouble() : own <= limit.getAsDouble();
    return String.format(
        Locale.ROOT,
        "%s %.3f%s",
        atLeast ? ">=" : "<=",
        limit.getAsDouble(),
        holds ? "" : "  missed");
  }

  private OptionalDouble limit(Map<String, Double> values, String judged) {
    return switch (this) {
      case AtMost(String peer, double times, double more) -> {
        Double theirs = values.get(peer);
        yield theirs == null ? OptionalDouble.empty() : OptionalDouble.of(theirs * times + more);
      }
      case AtLeast(String peer, double times) -> {
        Double theirs = values.get(peer);
        yield theirs == null ? OptionalDouble.empty() : OptionalDouble.of(theirs * times);
      }
      case AtMostTheBest() ->
          values.entrySet().stream()
              .filter(entry -> !entry.getKey().equals(judged))
              .mapToDouble(Map.Entry::getValue)
              .min();
      case Within(double most) -> OptionalDouble.of(most);
    };
  }
}
