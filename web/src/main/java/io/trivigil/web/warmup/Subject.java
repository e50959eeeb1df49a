package io.trivigil.web.warmup;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What of the node's own samples is asked for: one metric of some series.
///
/// @param metric its name
/// @param endMs when its newest sample was, about
/// @param label the label by which its series differ most
/// @param value one of that label's values
/// @param group a label by which they differ less; the same label where there is none
/// @param series how many series there are
/// @param ofValue how many series of all metrics have that value; [#UNKNOWN] where that may be very
///   many
record Subject(
    String metric, long endMs, String label, String value, String group, int series, int ofValue) {
  /// The most series of one question: enough to see how loops turn, and a few milliseconds.
  static final int MOST_SERIES = 1_200;

  /// Nobody counted.
  static final int UNKNOWN = -1;

  /// A label with fewer values tells little apart: one of them may be that of all series there are.
  private static final int FEWEST_VALUES = 10;

  /// So many are enough, and no other metric is looked at.
  private static final int ENOUGH_SERIES = 400;

  /// The most metrics that are looked at, and about the most series of one of them.
  private static final int MOST_LOOKS = 8;

  private static final Pattern PLAIN = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  private static final List<Duration> BACK =
      List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(15));

  /// Looks for a metric with many series, but not too many; empty if the store has no samples. The
  /// index knows days, not hours: a metric that it names may have no sample in the last hour, and
  /// nothing is practised by asking for what is not there.
  static Optional<Subject> find(Querier querier, long nowMs) {
    for (Duration back : BACK) {
      long fromMs = nowMs - back.toMillis();
      List<String> names =
          querier.labelValues(Labels.NAME, fromMs, nowMs, List.of()).stream()
              .filter(name -> PLAIN.matcher(name).matches())
              .toList();
      Optional<Subject> found = best(querier, fromMs, nowMs, spread(names));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static List<String> spread(List<String> names) {
    List<String> some = new ArrayList<>();
    int count = Math.min(names.size(), MOST_LOOKS);
    for (int i = 0; i < count; i++) {
      some.add(names.get((int) ((long) i * names.size() / count)));
    }
    return some;
  }

  private static Optional<Subject> best(
      Querier querier, long fromMs, long toMs, List<String> names) {
    List<Querier.Series> best = List.of();
    String bestName = "";
    for (String name : names) {
      List<Querier.Series> series =
          querier.select(
              new Querier.Hints(fromMs, toMs, 0, 0, ""), List.of(Matcher.equal(Labels.NAME, name)));
      if (best.isEmpty() || isBetter(series.size(), best.size())) {
        best = series;
        bestName = name;
      }
      if (best.size() >= ENOUGH_SERIES && best.size() <= MOST_SERIES) {
        break;
      }
    }
    return best.isEmpty() ? Optional.empty() : of(querier, bestName, best, fromMs, toMs);
  }

  /// The most within the limit; if there is none, the fewest.
  private static boolean isBetter(int count, int best) {
    return best > MOST_SERIES ? count < best : count > best && count <= MOST_SERIES;
  }

  private static Optional<Subject> of(
      Querier querier, String metric, List<Querier.Series> series, long fromMs, long toMs) {
    Map<String, TreeSet<String>> values = new TreeMap<>();
    for (Querier.Series one : series.subList(0, Math.min(series.size(), MOST_SERIES))) {
      one.labels()
          .dropName()
          .forEach((name, value) -> values.computeIfAbsent(name, _ -> new TreeSet<>()).add(value));
    }
    if (values.isEmpty()) {
      return Optional.empty();
    }
    Comparator<Map.Entry<String, TreeSet<String>>> byValues =
        Comparator.comparing(entry -> entry.getValue().size());
    Map.Entry<String, TreeSet<String>> label = Collections.max(values.entrySet(), byValues);
    List<String> all = List.copyOf(label.getValue());
    String value = all.get(all.size() / 2);
    int ofValue =
        all.size() < FEWEST_VALUES
            ? UNKNOWN
            : querier
                .select(
                    new Querier.Hints(fromMs, toMs, 0, 0, "series"),
                    List.of(Matcher.equal(label.getKey(), value)))
                .size();
    OptionalLong end = newest(series, fromMs, toMs);
    return end.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Subject(
                metric,
                end.getAsLong(),
                label.getKey(),
                value,
                Collections.min(values.entrySet(), byValues).getKey(),
                series.size(),
                ofValue));
  }

  /// When the newest sample of some of the series was; empty if they have none.
  private static OptionalLong newest(List<Querier.Series> series, long fromMs, long toMs) {
    SampleBuffer last = new SampleBuffer();
    int apart = Math.max(1, series.size() / MOST_LOOKS);
    for (int i = 0; i < series.size(); i += apart) {
      series.get(i).readLast(fromMs, toMs, last);
    }
    return Arrays.stream(last.timestampsMs(), 0, last.size()).max();
  }
}
