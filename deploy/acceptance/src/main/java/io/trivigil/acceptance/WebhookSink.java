package io.trivigil.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/// Receives webhook calls and remembers them; also stands in for the operator's `:8080` back end.
/// Thread-safe.
final class WebhookSink implements AutoCloseable {
  /// One call: when it came, its key and its body.
  record Call(long receivedMs, String key, JsonNode body) {
    String status() {
      return body.path("status").asText();
    }

    /// Whether it tells of an alert of this name whose job contains `job`.
    ///
    /// @param status of the alert; empty for any
    boolean tells(String alertName, String job, String status) {
      for (JsonNode alert : body.path("alerts")) {
        JsonNode labels = alert.path("labels");
        if (labels.path("alertname").asText().equals(alertName)
            && labels.path("job").asText().contains(job)
            && (status.isEmpty() || alert.path("status").asText().equals(status))) {
          return true;
        }
      }
      return false;
    }

    /// Whether every alert in it is marked as sent by `node` without a quorum.
    boolean degradedBy(String node) {
      for (JsonNode alert : body.path("alerts")) {
        JsonNode annotations = alert.path("annotations");
        if (!annotations.path("degraded").asText().equals("true")
            || !annotations.path("degraded_by").asText().equals(node)) {
          return false;
        }
      }
      return true;
    }

    boolean concerns(String alertName) {
      for (JsonNode alert : body.path("alerts")) {
        if (alert.path("labels").path("alertname").asText().equals(alertName)) {
          return true;
        }
      }
      return false;
    }
  }

  private final HttpServer server;
  private final List<Call> calls = new ArrayList<>();

  WebhookSink() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/hook",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String key = String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
          synchronized (calls) {
            calls.add(new Call(Wait.nowMs(), key, Http.parse(body)));
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] body = "# TYPE backend_up gauge\nbackend_up 1\n".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  List<Call> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  void clear() {
    synchronized (calls) {
      calls.clear();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
