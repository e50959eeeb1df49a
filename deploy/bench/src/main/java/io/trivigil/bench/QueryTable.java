package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Prints what the harness measured of queries beside two peers, and which of them miss the bar: a
/// median of at most half of Prometheus's and at most all of VictoriaMetrics's.
///
/// Usage: `QueryTable RESULTS_DIRECTORY SET PEER…`; reads `SET-PEER-query.json` and, for the
/// memory, `SET-PEER-footprint.json`. The last peer is judged, by those of the others that were
/// measured.
public final class QueryTable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The largest ratio of medians that holds, by peer.
  private static final Map<String, Double> BARS = Map.of("prometheus", 0.5, "victoria", 1.0);

  private QueryTable() {}

  /// Medians and processor time of one query, in ms.
  private record Cost(double median, double cpu) {}

  public static void main(String[] args) throws IOException {
    System.out.print(of(Path.of(args[0]), args[1], Arrays.asList(args).subList(2, args.length)));
  }

  /// The table as text.
  static String of(Path results, String set, List<String> peers) throws IOException {
    Map<String, Map<String, Cost>> rows = new LinkedHashMap<>();
    for (String peer : peers) {
      JsonNode answers = JSON.readTree(results.resolve(set + "-" + peer + "-query.json").toFile());
      for (JsonNode row : answers) {
        String name = "%s, %d".formatted(row.path("id").asText(), row.path("concurrency").asInt());
        rows.computeIfAbsent(name, _ -> new TreeMap<>())
            .put(
                peer,
                new Cost(
                    row.path("p50Millis").asDouble(),
                    row.path("serverCpuMillisPerQuery").asDouble()));
      }
    }
    String judged = peers.getLast();
    List<String> others = peers.subList(0, peers.size() - 1);
    StringBuilder text = new StringBuilder();
    text.append("%-28s".formatted(set + ": query, askers"));
    peers.forEach(peer -> text.append("%16s".formatted(peer + ", ms")));
    others.forEach(peer -> text.append("%14s".formatted("/ " + peer)));
    peers.forEach(peer -> text.append("%18s".formatted("CPU " + peer)));
    text.append('\n');
    int held = 0;
    for (Map.Entry<String, Map<String, Cost>> row : rows.entrySet()) {
      Map<String, Cost> costs = row.getValue();
      Cost own = costs.get(judged);
      text.append("%-28s".formatted(row.getKey()));
      peers.forEach(peer -> text.append("%16s".formatted(number(median(costs.get(peer))))));
      boolean holds = own != null;
      for (String peer : others) {
        double ratio = median(own) / median(costs.get(peer));
        text.append("%14s".formatted(number(ratio)));
        holds &= !(ratio > BARS.getOrDefault(peer, Double.POSITIVE_INFINITY));
      }
      peers.forEach(
          peer -> {
            Cost cost = costs.get(peer);
            text.append("%18s".formatted(number(cost == null ? Double.NaN : cost.cpu())));
          });
      text.append(holds ? "\n" : "  missed\n");
      held += holds ? 1 : 0;
    }
    text.append("%d of %d rows hold%n".formatted(held, rows.size()));
    for (String peer : peers) {
      text.append(memory(results.resolve(set + "-" + peer + "-footprint.json"), peer));
    }
    return text.toString();
  }

  private static double median(@org.jspecify.annotations.Nullable Cost cost) {
    return cost == null ? Double.NaN : cost.median();
  }

  private static String memory(Path file, String peer) throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    JsonNode seen = JSON.readTree(file.toFile());
    return String.format(
        Locale.ROOT,
        "%s after the questions: RSS %.0f MB, peak %.0f MB%n",
        peer,
        seen.path("rssBytes").asDouble() * 1e-6,
        seen.path("peakRssBytes").asDouble() * 1e-6);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }
}
