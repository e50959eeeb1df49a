package io.trivigil.chaos;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Targets whose every answer is another: each series of the n-th answer has the value n, so that
/// an answer that is stored twice, or not whole, can be named. Thread-safe.
final class ScrapeTargets implements AutoCloseable {
  static final int SERIES = 50;

  private final List<HttpServer> servers = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Serves `count` targets at `firstPort` and above, and at the last port what `alarms` says.
  ScrapeTargets(String host, int firstPort, int count, Supplier<String> alarms) throws IOException {
    for (int k = 0; k < count; k++) {
      AtomicLong answers = new AtomicLong();
      serve(host, firstPort + k, () -> body(answers.incrementAndGet()));
      addresses.add(host + ":" + (firstPort + k));
    }
    serve(host, firstPort + count, alarms);
  }

  private static String body(long n) {
    StringBuilder body = new StringBuilder("# TYPE chaos_scrape gauge\n");
    for (int s = 0; s < SERIES; s++) {
      body.append("chaos_scrape{s=\"").append(s).append("\"} ").append(n).append('\n');
    }
    return body.toString();
  }

  private void serve(String host, int port, Supplier<String> text) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
    server.setExecutor(threads);
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    servers.add(server);
  }

  /// host:port of each counting target.
  List<String> addresses() {
    return List.copyOf(addresses);
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
