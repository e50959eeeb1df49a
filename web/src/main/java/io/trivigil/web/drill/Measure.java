package io.trivigil.web.drill;

import io.trivigil.dashboards.report.DrillReport.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What follows from what was seen. Pure.
public final class Measure {
  private Measure() {}

  /// From a fault to the first acknowledgement of a sample that was sent after it; -1 for none.
  public static long rtoMs(long faultMs, Collection<Write> writes) {
    return writes.stream()
        .filter(write -> write.atMs() >= faultMs && write.tookMs() >= 0)
        .mapToLong(write -> write.atMs() + write.tookMs() - faultMs)
        .min()
        .orElse(-1);
  }

  /// From a fault to the first scrape after it of any series; -1 for none.
  ///
  /// @param times sorted timestamps by series
  public static long scrapedMs(long faultMs, Map<String, List<Long>> times) {
    return times.values().stream()
        .flatMap(List::stream)
        .filter(atMs -> atMs >= faultMs)
        .mapToLong(atMs -> atMs - faultMs)
        .min()
        .orElse(-1);
  }

  /// The acknowledged samples that some node lacks.
  ///
  /// @param stored timestamps by node
  public static long lost(Collection<Write> writes, Map<String, Set<Long>> stored) {
    return writes.stream()
        .filter(write -> write.tookMs() >= 0)
        .filter(write -> stored.values().stream().anyMatch(all -> !all.contains(write.atMs())))
        .count();
  }

  /// The longest time between two neighbours.
  public record Hole(String series, long lengthMs) {}

  /// The longest hole of all series, and that at their end; of no series, one of -1.
  ///
  /// @param times sorted timestamps by series
  /// @param endMs until when there should be samples
  public static Hole longest(Map<String, List<Long>> times, long endMs) {
    Hole longest = new Hole("", -1);
    for (Map.Entry<String, List<Long>> series : new TreeMap<>(times).entrySet()) {
      long before = -1;
      List<Long> all = new ArrayList<>(series.getValue());
      all.add(endMs);
      for (long at : all) {
        if (before >= 0 && at - before > longest.lengthMs()) {
          longest = new Hole(series.getKey(), at - before);
        }
        before = at;
      }
    }
    return longest;
  }

  /// Alerts that fire before and after, but since another time.
  ///
  /// @param before since when, by labels
  public static List<String> breaks(Map<String, String> before, Map<String, String> after) {
    List<String> breaks = new ArrayList<>();
    new TreeMap<>(before)
        .forEach(
            (labels, since) -> {
              String now = after.getOrDefault(labels, since);
              if (!now.equals(since)) {
                breaks.add("%s: since %s, and now since %s".formatted(labels, since, now));
              }
            });
    return breaks;
  }
}
