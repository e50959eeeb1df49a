package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import io.trivigil.lab.WriteRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// Looks on while others attack: are targets scraped in time, rules evaluated in time, writes
/// taken, and what memory do the nodes need? Its threads run until the process ends.
final class Watch {
  static final long INTERVAL_MS = 1_000;

  final Lateness scrapes = new Lateness(INTERVAL_MS);
  final Lateness rules = new Lateness(INTERVAL_MS);
  final Lateness writes = new Lateness(INTERVAL_MS);
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();
  private final Map<String, Long> arrivals = new ConcurrentHashMap<>();
  private volatile boolean ended;

  /// Serves targets, each below a path of its own.
  void serveTargets(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::scraped);
    server.start();
  }

  private void scraped(HttpExchange exchange) throws IOException {
    long nowMs = Wait.nowMs();
    Long before = arrivals.put(exchange.getRequestURI().getPath(), nowMs);
    if (before != null) {
      scrapes.addGap(nowMs - before);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      text.append("watched{i=\"%d\"} %d\n".formatted(i, nowMs + i));
    }
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /// Begins to look at a node's rules, to write to it, and at the memory of processes.
  void begin(String url, List<Long> pids) {
    repeat("rules", 100, new RuleSight(url)::look);
    repeat("writes", 200, new Writes(url)::write);
    repeat("memory", 250, () -> pids.forEach(this::memory));
  }

  void end() {
    ended = true;
  }

  private interface Task {
    void run() throws IOException;
  }

  private void repeat(String name, long everyMs, Task task) {
    Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              while (!ended) {
                try {
                  task.run();
                } catch (IOException e) {
                  refused.incrementAndGet();
                }
                Wait.pause(everyMs);
              }
            });
  }

  /// When an evaluation is first seen: how long after its time.
  private final class RuleSight {
    private final String url;
    private long lastMs;

    RuleSight(String url) {
      this.url = url;
    }

    void look() throws IOException {
      JsonNode group = Http.json(url + "/api/v1/rules").path("data").path("groups").path(0);
      long evaluatedMs = Instant.parse(group.path("lastEvaluation").asText()).toEpochMilli();
      if (evaluatedMs == lastMs) {
        return;
      }
      if (lastMs > 0) {
        rules.addGap(evaluatedMs - lastMs);
      }
      lastMs = evaluatedMs;
    }
  }

  /// A small batch, and how long it took.
  private final class Writes {
    private final String url;
    private int batch;

    Writes(String url) {
      this.url = url;
    }

    void write() throws IOException {
      WriteRequest request = new WriteRequest();
      long beginMs = Wait.nowMs();
      batch++;
      for (int i = 0; i < 50; i++) {
        request.add(Map.of("__name__", "written", "i", Integer.toString(i)), beginMs, batch);
      }
      Http.Answer answer = WriteRequest.post(url, request.bytes(), Duration.ofSeconds(30));
      writes.add(Wait.nowMs() - beginMs);
      if (answer.status() != 204) {
        throw new IOException("write refused: " + answer.status());
      }
    }
  }

  private void memory(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          long bytes = Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
          peakBytes.accumulateAndGet(bytes, Math::max);
        }
      }
    } catch (IOException gone) {
      // A process that ended is found by its absence.
    }
  }

  /// What was seen since the last time, a line each.
  List<String> take() {
    List<String> lines = new ArrayList<>();
    lines.add("scrapes: " + scrapes.take());
    lines.add("rule evaluations: " + rules.take());
    lines.add("writes: " + writes.take());
    lines.add(
        "refused or failed writes and looks: %d; largest node: %d MB"
            .formatted(refused.getAndSet(0), peakBytes.getAndSet(0) / 1_000_000));
    return lines;
  }
}
