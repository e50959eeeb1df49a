package io.trivigil.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Stalls;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Measures how long nothing was scraped after a leader died: from the kill to the moment at which
/// another node shows a committed scrape that was made after it. Confined to one thread.
final class Failovers {
  static final String KILL = "kill the leader";
  static final String KILL_BESIDE = "kill the leader beside another fault";
  static final long LIMIT_MS = 20_000;
  private static final String NEWEST =
      Http.encode("max(timestamp(chaos_scrape{s=\"0\"}))"); // seconds

  private final Stalls stalls;
  private final Map<String, List<Long>> lengthsMs = new TreeMap<>();
  private final List<Long> killsMs = new ArrayList<>();

  Failovers(Stalls stalls) {
    this.stalls = stalls;
  }

  /// Waits until one of `others` shows a scrape from after the kill. -1 if none did in time.
  long measure(long killedMs, List<Member> others) {
    while (Wait.nowMs() - killedMs < LIMIT_MS) {
      for (Member other : others) {
        long newestMs = newest(other);
        if (newestMs > killedMs) {
          return Wait.nowMs() - killedMs;
        }
      }
      Wait.pause(10);
    }
    return -1;
  }

  void count(String kind, long fromMs, long lengthMs) {
    lengthsMs.computeIfAbsent(kind, _ -> new ArrayList<>()).add(lengthMs);
    if (kind.equals(KILL)) {
      killsMs.add(lengthMs - stalls.within(fromMs, fromMs + lengthMs));
    }
  }

  /// After kills of a leader, without what the machine did for others meanwhile, sorted, ms.
  List<Long> killsMs() {
    return killsMs.stream().sorted().toList();
  }

  /// By what ended the leadership, each sorted, ms.
  Map<String, List<Long>> lengthsMs() {
    Map<String, List<Long>> sorted = new TreeMap<>();
    lengthsMs.forEach((kind, lengths) -> sorted.put(kind, lengths.stream().sorted().toList()));
    return sorted;
  }

  private static long newest(Member member) {
    try {
      Http.Answer answer =
          Http.get(member.url() + "/api/v1/query?query=" + NEWEST, Duration.ofMillis(400));
      JsonNode result = Http.parse(answer.body()).path("data").path("result");
      return result.isEmpty()
          ? -1
          : Math.round(result.path(0).path("value").path(1).asDouble() * 1000);
    } catch (IOException notNow) {
      return -1;
    }
  }
}
