package io.trivigil.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// All three nodes are killed at once under remote write and scraping, and started again:
/// everything that was acknowledged, and everything that a query had shown, is there.
final class Crash {
  private static final Duration MINUTES = Duration.ofMinutes(2);
  private static final int LEAST_REQUESTS = 20;

  private final Cluster cluster;
  private final Report report;

  Crash(Cluster cluster, Report report) {
    this.cluster = cluster;
    this.report = report;
  }

  void run(int round) throws IOException {
    long startMs = Wait.nowMs() - 60_000;
    String name = "acceptance_written_" + round;
    RemoteWriter writer =
        new RemoteWriter(cluster.nodes().stream().map(Cluster.Node::url).toList(), name, startMs);
    Thread thread = Thread.ofVirtual().name("remote-writer").start(writer);
    Wait.pause(8_000);
    Wait.until(MINUTES, () -> writer.acknowledged().size() > LEAST_REQUESTS);

    // What a query shows now must be there after the crash.
    long seenFromMs = Wait.nowMs() - 20_000;
    Map<String, Set<String>> seen = new HashMap<>();
    for (Cluster.Node node : cluster.nodes()) {
      samples(node, "{job=~\"master-.*\"}", seenFromMs)
          .forEach(
              (series, samples) ->
                  seen.computeIfAbsent(series, _ -> new HashSet<>()).addAll(samples));
    }
    cluster.nodes().forEach(node -> node.process().kill());
    writer.stop();
    join(thread);

    long restartMs = Wait.nowMs();
    cluster.start();
    report.check(
        cluster.awaitReady(MINUTES),
        "all three are ready again after %d ms",
        Wait.nowMs() - restartMs);

    Map<Integer, Boolean> acknowledged = writer.acknowledged();
    report.check(
        acknowledged.size() > LEAST_REQUESTS,
        "%d requests of %d samples were acknowledged, %d were not",
        acknowledged.size(),
        writer.samplesPerRequest(),
        writer.failed());
    for (Cluster.Node node : cluster.nodes()) {
      report.check(cluster.awaitUpToDate(node, MINUTES), "%s has all that is committed", node.id());
      checkWritten(node, name, writer, acknowledged);
      Map<String, Set<String>> now = samples(node, "{job=~\"master-.*\"}", seenFromMs - 10_000);
      long missing =
          seen.entrySet().stream()
              .mapToLong(
                  e ->
                      e.getValue().stream()
                          .filter(s -> !now.getOrDefault(e.getKey(), Set.of()).contains(s))
                          .count())
              .sum();
      long total = seen.values().stream().mapToLong(Set::size).sum();
      report.check(
          missing == 0 && total > 100,
          "%s: %d of %d samples that queries had shown are missing",
          node.id(),
          missing,
          total);
    }
  }

  private void checkWritten(
      Cluster.Node node, String name, RemoteWriter writer, Map<Integer, Boolean> acknowledged)
      throws IOException {
    Map<String, Set<String>> found = samples(node, name, writer.timestampMs(0) - 1_000);
    long lost = 0;
    long wrong = 0;
    for (Set<String> samples : found.values()) {
      for (int k : acknowledged.keySet()) {
        if (!samples.contains(key(writer.timestampMs(k), Integer.toString(k)))) {
          lost++;
        }
      }
      Set<String> times = new HashSet<>();
      for (String sample : samples) {
        wrong += times.add(sample.substring(0, sample.indexOf('='))) ? 0 : 1;
      }
    }
    report.check(
        found.size() == writer.samplesPerRequest() && lost == 0 && wrong == 0,
        "%s: %d acknowledged samples, %d lost, %d doubled",
        node.id(),
        (long) acknowledged.size() * found.size(),
        lost,
        wrong);
  }

  private Map<String, Set<String>> samples(Cluster.Node node, String selector, long fromMs)
      throws IOException {
    long seconds = Math.max(1, (Wait.nowMs() - fromMs) / 1000 + 1);
    Map<String, Set<String>> found = new HashMap<>();
    for (JsonNode series : cluster.query(node, selector + "[" + seconds + "s]")) {
      Set<String> samples =
          found.computeIfAbsent(series.path("metric").toString(), _ -> new HashSet<>());
      for (JsonNode value : series.path("values")) {
        long atMs = Math.round(value.path(0).asDouble() * 1000);
        if (atMs >= fromMs) {
          samples.add(key(atMs, value.path(1).asText()));
        }
      }
    }
    return found;
  }

  private static String key(long timestampMs, String value) {
    return timestampMs + "=" + value;
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
