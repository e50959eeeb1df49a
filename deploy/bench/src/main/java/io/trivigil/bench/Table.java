package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Prints what the harness measured, a row for each figure, with the ratio of the last peer to the
/// others, and where a [Bar] stands, what it asks and whether it was missed.
///
/// Usage: `Table RESULTS_DIRECTORY PEER…`; the last peer is the one that is judged.
public final class Table {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern READY =
      Pattern.compile("(ready after [^:]*|ready, empty): (\\d+) ms");

  private final Path results;
  private final List<String> peers;

  /// Figures by name, then by peer.
  private final Map<String, Map<String, Double>> rows = new LinkedHashMap<>();

  private Table(Path results, List<String> peers) {
    this.results = results;
    this.peers = List.copyOf(peers);
  }

  public static void main(String[] args) throws IOException {
    List<String> peers = Arrays.asList(args).subList(1, args.length);
    System.out.print(of(Path.of(args[0]), peers));
  }

  /// The table as text.
  static String of(Path results, List<String> peers) throws IOException {
    Table table = new Table(results, peers);
    for (String peer : peers) {
      table.ingest(peer, "ingest", "100k series x 240");
      table.ingest(peer, "ingest1m", "1M series x 10");
      table.disk(peer, "ingest", "peerbench, 1 h");
      table.disk(peer, "disk", "peerbench, 6 h");
      table.scrape(peer);
      table.starts(peer);
      table.queries(peer);
    }
    return table.text();
  }

  private void put(String row, String peer, double value) {
    rows.computeIfAbsent(row, _ -> new TreeMap<>()).put(peer, value);
  }

  private void put(String row, String peer, JsonNode value, double scale) {
    if (value.isNumber()) {
      put(row, peer, value.asDouble() * scale);
    }
  }

  private Optional<JsonNode> read(String name) throws IOException {
    Path file = results.resolve(name);
    return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
  }

  private void ingest(String peer, String stage, String title) throws IOException {
    Optional<JsonNode> report = read(peer + "-" + stage + ".json");
    if (report.isPresent()) {
      JsonNode r = report.get();
      put(title + ": samples/s", peer, r.path("acceptedSamplesPerSecond"), 1);
      put(
          title + ": server CPU s per million",
          peer,
          r.path("serverCpuSecondsPerMillionSamples"),
          1);
      put(title + ": RSS after ingest, MB", peer, r.path("serverRssBytes"), 1e-6);
      put(title + ": peak RSS, MB", peer, r.path("serverPeakRssBytes"), 1e-6);
    }
    OptionalDouble settled = settledRss(peer, stage);
    if (settled.isPresent()) {
      put(title + ": RSS settled, MB", peer, settled.getAsDouble() * 1e-6);
    }
  }

  /// RSS at the third look: after the ingest and the pause behind it.
  private OptionalDouble settledRss(String peer, String stage) throws IOException {
    List<JsonNode> seen = readAll(peer + "-" + stage + ".footprint.json");
    int place = stage.equals("ingest") ? 2 : 1;
    return seen.size() > place
        ? OptionalDouble.of(seen.get(place).path("rssBytes").asDouble())
        : OptionalDouble.empty();
  }

  private void disk(String peer, String stage, String title) throws IOException {
    for (JsonNode report : readAll(peer + "-" + stage + ".disk.json")) {
      put(title + ": disk bytes/sample", peer, report.path("bytesPerSample"), 1);
    }
  }

  /// The documents of a file one after the other: a server that was told to compact answers, too.
  private List<JsonNode> readAll(String name) throws IOException {
    Path file = results.resolve(name);
    if (!Files.exists(file)) {
      return List.of();
    }
    try (MappingIterator<JsonNode> documents =
        JSON.readerFor(JsonNode.class).readValues(file.toFile())) {
      return documents.readAll();
    }
  }

  private void scrape(String peer) throws IOException {
    Optional<JsonNode> report = read(peer + "-scrape.json");
    if (report.isPresent()) {
      put("scrape 100k samples/s: cores", peer, report.get().path("cores"), 1);
      put("scrape 100k samples/s: RSS, MB", peer, report.get().path("rss"), 1e-6);
    }
  }

  private void starts(String peer) throws IOException {
    Path log = results.resolve(peer + ".log");
    if (!Files.exists(log)) {
      return;
    }
    for (String line : Files.readAllLines(log)) {
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        put(ready.group(1) + ", ms", peer, Double.parseDouble(ready.group(2)));
      }
    }
  }

  private void queries(String peer) throws IOException {
    Optional<JsonNode> report = read(peer + "-query.json");
    if (report.isEmpty()) {
      return;
    }
    JsonNode all = report.get().isArray() ? report.get() : report.get().path("queries");
    for (JsonNode row : all) {
      put(
          "query %s, concurrency %d: p50 ms"
              .formatted(row.path("id").asText(), row.path("concurrency").asInt()),
          peer,
          row.path("p50Millis"),
          1);
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append("%-58s".formatted("figure"));
    peers.forEach(peer -> text.append("%14s".formatted(peer)));
    String judged = peers.getLast();
    List<String> others = peers.subList(0, peers.size() - 1);
    others.forEach(peer -> text.append("%16s".formatted("/ " + peer)));
    text.append("  bar of ").append(judged).append('\n');
    rows.forEach(
        (row, values) -> {
          text.append("%-58s".formatted(row));
          peers.forEach(peer -> text.append("%14s".formatted(number(values.get(peer)))));
          others.forEach(
              peer -> text.append("%16s".formatted(ratio(values.get(judged), values.get(peer)))));
          String verdict = Bar.verdict(row, values, judged);
          text.append(verdict.isEmpty() ? "" : "  " + verdict).append('\n');
        });
    return text.toString();
  }

  private static String number(@org.jspecify.annotations.Nullable Double value) {
    if (value == null) {
      return "-";
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 1_000 ? "%.0f" : "%.3f", value);
  }

  private static String ratio(
      @org.jspecify.annotations.Nullable Double judged,
      @org.jspecify.annotations.Nullable Double other) {
    return judged == null || other == null || other == 0
        ? "-"
        : String.format(Locale.ROOT, "%.2f", judged / other);
  }
}
