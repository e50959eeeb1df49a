package io.trivigil.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Compares what the nodes hold with what was acknowledged to the writers and served to the
/// scrapers. Confined to one thread.
final class Audit {
  private static final long WINDOW_MS = 60_000;
  private static final long PATIENCE_MS = 60_000;

  private final Journal journal;
  private long lost;
  private long doubled;
  private long different;
  private long unknown;
  private long compared;
  private long scraped;
  private long scrapedTwice;
  private long torn;

  Audit(Journal journal) {
    this.journal = journal;
  }

  /// Acknowledged samples that a node does not have, counted once for each node and look.
  long lost() {
    return lost;
  }

  /// Samples that a node holds twice.
  long doubled() {
    return doubled;
  }

  /// Samples with another value, or that nobody sent.
  long wrong() {
    return different + unknown;
  }

  long compared() {
    return compared;
  }

  long scraped() {
    return scraped;
  }

  long scrapedTwice() {
    return scrapedTwice;
  }

  long torn() {
    return torn;
  }

  /// Looks at everything from `fromMs` to `toMs` on one node.
  void look(Member member, List<Writer> writers, long fromMs, long toMs) throws IOException {
    for (long startMs = fromMs; startMs < toMs; startMs += WINDOW_MS) {
      long endMs = Math.min(toMs, startMs + WINDOW_MS);
      for (Writer writer : writers) {
        written(member, writer, startMs, endMs);
      }
      scraped(member, startMs, endMs);
    }
  }

  private void written(Member member, Writer writer, long fromMs, long toMs) throws IOException {
    Writer.Sent sent = writer.sent(fromMs, toMs);
    JsonNode found =
        raw(member, "chaos_written{writer=\"%s\"}".formatted(writer.name()), fromMs, toMs);
    long takenHere = 0;
    for (boolean taken : sent.taken()) {
      takenHere += taken ? 1 : 0;
    }
    long lostBefore = lost;
    lost += takenHere * (writer.series() - found.size());
    for (JsonNode series : found) {
      int next = 0;
      long lastMs = Long.MIN_VALUE;
      for (JsonNode sample : series.path("values")) {
        long atMs = Math.round(sample.path(0).asDouble() * 1000);
        compared++;
        doubled += atMs == lastMs ? 1 : 0;
        lastMs = atMs;
        while (next < sent.timesMs().length && sent.timesMs()[next] < atMs) {
          lost += sent.taken()[next] ? 1 : 0;
          next++;
        }
        if (next < sent.timesMs().length && sent.timesMs()[next] == atMs) {
          different += Double.parseDouble(sample.path(1).asText()) == sent.values()[next] ? 0 : 1;
          next++;
        } else {
          unknown++;
        }
      }
      for (; next < sent.timesMs().length; next++) {
        lost += sent.taken()[next] ? 1 : 0;
      }
    }
    if (lost > lostBefore) {
      journal.wrong(
          fromMs,
          "%s lost %d samples of %s between %s and %s"
              .formatted(
                  member.id(),
                  lost - lostBefore,
                  writer.name(),
                  journal.at(fromMs),
                  journal.at(toMs)));
    }
  }

  /// Every answer of a target is stored once and whole: its number stands in all of its series.
  private void scraped(Member member, long fromMs, long toMs) throws IOException {
    Map<String, Map<String, Integer>> byTarget = new HashMap<>();
    for (JsonNode series : raw(member, "chaos_scrape", fromMs, toMs)) {
      byTarget
          .computeIfAbsent(series.path("metric").path("instance").asText(), _ -> new HashMap<>())
          .merge(series.path("values").toString(), 1, Integer::sum);
      double last = -1;
      for (JsonNode sample : series.path("values")) {
        scraped++;
        double value = Double.parseDouble(sample.path(1).asText());
        if (value <= last) {
          scrapedTwice++;
          journal.say(
              "! %s holds an answer twice: %s".formatted(member.id(), series.path("metric")));
        }
        last = value;
      }
    }
    byTarget.forEach(
        (instance, contents) -> {
          if (contents.size() > 1 || !contents.containsValue(ScrapeTargets.SERIES)) {
            torn++;
            journal.wrong(
                fromMs,
                "%s holds parts of an answer of %s between %s and %s"
                    .formatted(member.id(), instance, journal.at(fromMs), journal.at(toMs)));
          }
        });
  }

  /// The distances between neighbouring samples of each target that are longer than `leastMs`.
  List<Hole> holes(Member member, long fromMs, long toMs, long leastMs) throws IOException {
    Map<String, Long> lastMs = new HashMap<>();
    List<Hole> holes = new ArrayList<>();
    for (long startMs = fromMs; startMs < toMs; startMs += WINDOW_MS) {
      long endMs = Math.min(toMs, startMs + WINDOW_MS);
      for (JsonNode series : raw(member, "chaos_scrape{s=\"0\"}", startMs, endMs)) {
        String instance = series.path("metric").path("instance").asText();
        for (JsonNode sample : series.path("values")) {
          long atMs = Math.round(sample.path(0).asDouble() * 1000);
          Long before = lastMs.put(instance, atMs);
          if (before != null && atMs - before > leastMs) {
            holes.add(new Hole(instance, before, atMs));
          }
        }
      }
    }
    return holes;
  }

  /// When an alarm's series were scraped and evaluated between two times, with their values.
  String trail(Member member, Alarms.Alarm alarm, long fromMs, long toMs) {
    List<String> parts = new ArrayList<>();
    try {
      for (String name : List.of("chaos_alarm", "ALERTS")) {
        for (JsonNode series : raw(member, name + "{id=\"" + alarm.id + "\"}", fromMs, toMs)) {
          List<String> samples = new ArrayList<>();
          for (JsonNode sample : series.path("values")) {
            long atMs = Math.round(sample.path(0).asDouble() * 1000);
            samples.add(journal.at(atMs) + "=" + sample.path(1).asText());
          }
          String state = series.path("metric").path("alertstate").asText();
          parts.add(name + " " + state + samples);
        }
      }
    } catch (IOException e) {
      parts.add("no trail: " + e.getMessage());
    }
    return String.join(", ", parts);
  }

  /// No sample of a series between two times.
  record Hole(String instance, long fromMs, long toMs) {
    long lengthMs() {
      return toMs - fromMs;
    }
  }

  /// Whether all nodes answer the same for a span of time, every series of every job included. What
  /// was on its way when the span ended may still come between two questions: it is asked again.
  boolean equal(List<Member> members, long fromMs, long toMs) throws IOException {
    long endMs = Wait.nowMs() + PATIENCE_MS;
    List<String> differences = differences(members, fromMs, toMs);
    while (!differences.isEmpty() && Wait.nowMs() < endMs) {
      Wait.pause(500);
      differences = differences(members, fromMs, toMs);
    }
    differences.forEach(difference -> journal.wrong(Wait.nowMs(), difference));
    return differences.isEmpty();
  }

  private static List<String> differences(List<Member> members, long fromMs, long toMs)
      throws IOException {
    List<String> differences = new ArrayList<>();
    Member one = members.getFirst();
    for (String expression : expressions((toMs - fromMs) / 1000)) {
      Map<String, String> first = vector(one, expression, toMs);
      for (Member other : members.subList(1, members.size())) {
        differences(one, other, expression, first, vector(other, expression, toMs))
            .forEach(differences::add);
      }
    }
    return differences;
  }

  private static List<String> expressions(long seconds) {
    List<String> all = new ArrayList<>();
    all.add("last_over_time({__name__=~\".+\"}[%ds])".formatted(seconds));
    for (String name :
        List.of("chaos_scrape", "chaos_written", "chaos_alarm", "up", "ALERTS", "job:sum")) {
      all.add("count_over_time(%s[%ds])".formatted(name, seconds));
      all.add("sum_over_time(%s[%ds])".formatted(name, seconds));
    }
    return all;
  }

  private static Stream<String> differences(
      Member one, Member two, String expression, Map<String, String> a, Map<String, String> b) {
    TreeMap<String, String> keys = new TreeMap<>(a);
    keys.putAll(b);
    return keys.keySet().stream()
        .filter(key -> !a.getOrDefault(key, "").equals(b.getOrDefault(key, "")))
        .limit(5)
        .map(
            key ->
                "%s differs: %s %s=%s %s=%s"
                    .formatted(expression, key, one.id(), a.get(key), two.id(), b.get(key)));
  }

  private static Map<String, String> vector(Member member, String expression, long atMs)
      throws IOException {
    Map<String, String> found = new HashMap<>();
    for (JsonNode series : query(member, expression, atMs)) {
      found.put(series.path("metric").toString(), series.path("value").path(1).asText());
    }
    return found;
  }

  private static JsonNode raw(Member member, String selector, long fromMs, long toMs)
      throws IOException {
    return query(member, "%s[%dms]".formatted(selector, toMs - fromMs), toMs);
  }

  /// What a node answers once it has all that is committed; it is asked until it answers.
  private static JsonNode query(Member member, String expression, long atMs) throws IOException {
    String url =
        "%s/api/v1/query?query=%s&time=%d.%03d&consistency=linearizable"
            .formatted(member.url(), Http.encode(expression), atMs / 1000, atMs % 1000);
    long endMs = Wait.nowMs() + PATIENCE_MS;
    while (true) {
      try {
        return Http.json(url).path("data").path("result");
      } catch (IOException busy) {
        if (Wait.nowMs() > endMs) {
          throw busy;
        }
        Wait.pause(200);
      }
    }
  }

  /// The value at a share of a sorted list; 0 of an empty one.
  static long quantile(List<Long> sorted, double share) {
    if (sorted.isEmpty()) {
      return 0;
    }
    long[] values = sorted.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(values);
    return values[(int) Math.min(values.length - 1, Math.ceil(share * values.length) - 1)];
  }
}
