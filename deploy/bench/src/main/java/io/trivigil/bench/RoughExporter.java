package io.trivigil.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Executors;

/// A target whose series do everything that a query may stumble over: counters that reset, gauges
/// that are NaN, infinite or huge, series that come and go, labels that change, buckets, and a
/// scrape that fails now and then (gaps and stale markers). One scrape after the other.
///
/// Usage: `RoughExporter PORT SEED`.
public final class RoughExporter {
  // No -0: Prometheus's remote write leaves it out as it does 0, so no receiver gets to know of it.
  private static final double[] ODD = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -3.5, 0.0, 1e300, 5
  };
  private static final String[] BOUNDS = {"0.1", "0.5", "1", "2.5", "+Inf"};

  private final Random random;
  private final double[] counters = new double[12];
  private final long[][] buckets = new long[3][BOUNDS.length];
  private int scrapes;

  private RoughExporter(long seed) {
    random = new Random(seed);
  }

  public static void main(String[] args) throws IOException {
    RoughExporter exporter = new RoughExporter(Long.parseLong(args[1]));
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 0);
    server.setExecutor(Executors.newSingleThreadExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exporter.scrape().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(
              body.length == 0 ? 500 : 200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /// One scrape; empty where it is to fail.
  private String scrape() {
    scrapes++;
    StringBuilder text = new StringBuilder();
    if (random.nextInt(100) < 8) {
      return "";
    }
    for (int i = 0; i < counters.length; i++) {
      counters[i] = random.nextInt(100) < 2 ? 0 : counters[i] + random.nextInt(15) / 2.0;
      if (random.nextInt(100) < 90) {
        line(
            text,
            "rough_requests_total{shift=\"%s\",inst=\"%d\",code=\"%d\"}"
                .formatted("ab".charAt(i % 2), i / 2, i % 2 == 0 ? 200 : 500),
            counters[i]);
      }
    }
    for (int i = 0; i < 10; i++) {
      double value =
          random.nextBoolean() ? ODD[random.nextInt(ODD.length)] : random.nextDouble() * 100;
      if (random.nextInt(100) < 92) {
        line(text, "rough_gauge{inst=\"%d\",zone=\"z%d\"}".formatted(i, i % 3), value);
      }
    }
    for (int path = 0; path < buckets.length; path++) {
      long sum = 0;
      for (int b = 0; b < BOUNDS.length; b++) {
        buckets[path][b] += random.nextInt(4);
        sum += buckets[path][b];
        line(
            text,
            "rough_latency_seconds_bucket{path=\"/p%d\",le=\"%s\"}".formatted(path, BOUNDS[b]),
            (double) sum);
      }
      line(text, "rough_latency_seconds_count{path=\"/p%d\"}".formatted(path), (double) sum);
      line(text, "rough_latency_seconds_sum{path=\"/p%d\"}".formatted(path), sum * 0.37);
    }
    for (int i = 0; i < 5; i++) {
      line(text, "rough_info{inst=\"%d\",version=\"v%d\"}".formatted(i, (scrapes / 60 + i) % 3), 1);
    }
    return text.toString();
  }

  private static void line(StringBuilder to, String series, double value) {
    to.append(series).append(' ');
    if (Double.isNaN(value)) {
      to.append("NaN");
    } else if (Double.isInfinite(value)) {
      to.append(value > 0 ? "+Inf" : "-Inf");
    } else {
      to.append(value);
    }
    to.append('\n');
  }
}
