package io.trivigil.web.prometheus;

import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.QueryStats;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Request;
import io.trivigil.web.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Prometheus's query log: a line of JSON for each query that was run for a client. The file is
/// asked for with every query, so that a reload changes it; whoever moves it away gets a new one
/// with the next query. Thread-safe.
final class QueryLog {
  private static final Logger LOG = LoggerFactory.getLogger(QueryLog.class);

  private final Supplier<Optional<Path>> file;
  private final InstantSource clock;
  private final Metrics.Counter failures;
  private final Object lock = new Object();
  private final AtomicLong failed = new AtomicLong();

  // Guarded by lock:
  private @Nullable Path openPath;
  private @Nullable OutputStream open;

  /// @param file where to write; empty for nowhere
  QueryLog(Supplier<Optional<Path>> file, Metrics metrics, InstantSource clock) {
    this.file = file;
    this.clock = clock;
    metrics.gauge(
        "prometheus_engine_query_log_enabled",
        "Whether queries are logged.",
        () -> file.get().isPresent() ? 1 : 0);
    failures =
        metrics.counter(
            "prometheus_engine_query_log_failures_total", "Queries that could not be logged.");
  }

  /// A query, and what became of it.
  ///
  /// @param stepMs 0 for an instant query
  /// @param error empty if there was an answer
  record Entry(
      Request request,
      String query,
      long startMs,
      long endMs,
      long stepMs,
      Optional<QueryStats> stats,
      String error) {}

  /// Whether anybody wants to know.
  boolean isOn() {
    return file.get().isPresent();
  }

  /// Writes a line. Never fails: what can not be written is counted, and told once.
  void write(Entry entry) {
    Optional<Path> path = file.get();
    if (path.isEmpty()) {
      return;
    }
    byte[] line = line(entry);
    synchronized (lock) {
      try {
        OutputStream out = opened(path.get());
        out.write(line);
        out.flush();
        failed.set(0);
      } catch (IOException e) {
        failures.inc();
        if (failed.getAndIncrement() == 0) {
          LOG.warn("query log can not be written path={} reason={}", path.get(), e.toString());
        }
        closeFile();
      }
    }
  }

  private OutputStream opened(Path path) throws IOException {
    OutputStream known = open;
    if (known != null && path.equals(openPath) && Files.exists(path)) {
      return known;
    }
    closeFile();
    OutputStream next =
        Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    open = next;
    openPath = path;
    return next;
  }

  private void closeFile() {
    OutputStream known = open;
    open = null;
    openPath = null;
    if (known != null) {
      try {
        known.close();
      } catch (IOException e) {
        LOG.warn("query log does not close reason={}", e.toString());
      }
    }
  }

  private byte[] line(Entry entry) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    JsonWriter json = new JsonWriter(out);
    json.beginObject()
        .field("time", clock.instant().toString())
        .field("level", "INFO")
        .field("msg", "promql query logged")
        .name("params")
        .beginObject()
        .field("end", Instant.ofEpochMilli(entry.endMs).toString())
        .field("query", entry.query)
        .field("start", Instant.ofEpochMilli(entry.startMs).toString())
        .field("step", entry.stepMs / 1000)
        .endObject();
    if (!entry.error.isEmpty()) {
      json.field("error", entry.error);
    }
    entry.stats.ifPresent(stats -> StatsJson.write(json.name("stats"), stats));
    json.name("httpRequest")
        .beginObject()
        .field("clientIP", entry.request.header(Author.PEER).orElse(""))
        .field("method", entry.request.method())
        .field("path", entry.request.path())
        .endObject()
        .endObject()
        .flush();
    out.write('\n');
    return out.toByteArray();
  }
}
