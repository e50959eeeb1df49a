package io.trivigil.web.drill;

import io.trivigil.dashboards.report.DrillReport.Write;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Writes one sample after the other through whichever node takes it, and keeps account. A sample
/// that is not acknowledged is sent again, to the next node, with the same time. Thread-safe.
final class Probe {
  static final String METRIC = "trivigil_drill_probe";
  private static final Duration PERIOD = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final Duration GIVE_UP = Duration.ofSeconds(10);
  private static final int NO_CONTENT = 204;

  private final Nodes nodes;
  private final InstantSource clock;
  private final SortedMap<String, String> labels;
  private final List<Write> writes = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private int turn; // owned by the thread

  /// @param run names this drill among others
  Probe(Nodes nodes, InstantSource clock, String run) {
    this.nodes = nodes;
    this.clock = clock;
    this.labels = new TreeMap<>(Map.of("__name__", METRIC, "run", run));
    this.thread = Thread.ofVirtual().name("drill-probe").unstarted(this::run);
  }

  /// Writes one sample at once, to see whether samples are taken at all.
  ///
  /// @return what the node says; 204 if it took it
  int tryOnce() throws IOException, InterruptedException {
    return send(nodes.ids().getFirst(), clock.millis(), Duration.ofSeconds(5));
  }

  void start() {
    thread.start();
  }

  List<Write> writes() {
    return List.copyOf(writes);
  }

  private void run() {
    try {
      while (!stopping.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        long atMs = clock.millis();
        long tookMs = -1;
        while (tookMs < 0
            && clock.millis() - atMs < GIVE_UP.toMillis()
            && stopping.getCount() > 0) {
          tookMs = once(atMs) ? clock.millis() - atMs : -1;
        }
        writes.add(new Write(atMs, tookMs));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean once(long atMs) throws InterruptedException {
    try {
      if (send(nodes.ids().get(turn % nodes.ids().size()), atMs, PATIENCE) == NO_CONTENT) {
        return true;
      }
    } catch (IOException _) {
      // the next node may take it
    }
    turn++;
    var _ = stopping.await(20, TimeUnit.MILLISECONDS);
    return false;
  }

  private int send(String id, long atMs, Duration patience)
      throws IOException, InterruptedException {
    return nodes
        .send(
            HttpRequest.newBuilder(URI.create(nodes.url(id) + "/api/v1/write"))
                .header("Content-Encoding", "snappy")
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(ProbeRequest.of(labels, atMs, 1))),
            patience)
        .statusCode();
  }

  /// Ends the writing; returns when the last sample is accounted for.
  void stop() throws InterruptedException {
    stopping.countDown();
    if (thread.isAlive()) {
      thread.join(GIVE_UP);
    }
  }
}
