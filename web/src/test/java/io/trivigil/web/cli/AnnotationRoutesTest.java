package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.trivigil.model.Labels;
import io.trivigil.web.remote.WriteBody;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exemplars and metadata, from senders and from targets, on a whole node.
class AnnotationRoutesTest {
  private static final Labels SERIES = Labels.of("__name__", "sent_total", "i", "a");
  private static final String EXEMPLARS = "/api/v1/query_exemplars?query=";
  private static final String BODY =
      """
      # TYPE scraped counter
      # HELP scraped from a target
      scraped_total{i="b"} 7 # {trace_id="of a target"} 0.25
      # EOF
      """;

  @Test
  void bothAreThereWhereverTheyComeFrom(@TempDir Path root) throws Exception {
    HttpServer target =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    target.createContext(
        "/metrics",
        exchange -> {
          byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
          exchange
              .getResponseHeaders()
              .set("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    target.start();
    String config =
        """
        global: {scrape_interval: 1s}
        storage: {exemplars: {max_exemplars: 50}}
        scrape_configs:
        - job_name: web
          static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(target.getAddress().getPort());
    try (WholeNode node = new WholeNode(root, config)) {
      long nowMs = System.currentTimeMillis();
      WriteBody body =
          new WriteBody()
              .sample(SERIES, nowMs, 1)
              .exemplar(SERIES, Labels.of("trace_id", "of a sender"), 0.5, nowMs)
              .family("sent", 1, "from a sender", "");
      assertThat(node.write(body).statusCode()).isEqualTo(204);
      assertThat(node.write(body).statusCode()).isEqualTo(204);
      assertThat(node.get(EXEMPLARS + WholeNode.param("rate(sent_total[5m]) + other")))
          .contains(
              "{\"seriesLabels\":{\"__name__\":\"sent_total\",\"i\":\"a\"},"
                  + "\"exemplars\":[{\"labels\":{\"trace_id\":\"of a sender\"},\"value\":\"0.5\",")
          .containsOnlyOnce("trace_id");
      assertThat(node.get(EXEMPLARS + "sent_total&end=1")).contains("\"data\":[]");
      node.await(EXEMPLARS + "scraped_total", "of a target");
      node.await("/api/v1/metadata", "from a target");
      assertThat(node.get("/api/v1/metadata"))
          .contains("\"sent\":[{\"type\":\"counter\",\"help\":\"from a sender\",\"unit\":\"\"}]")
          .contains("\"scraped\":[{\"type\":\"counter\",\"help\":\"from a target\"");
      assertThat(node.get("/api/v1/metadata?metric=sent")).doesNotContain("scraped");
      node.await("/metrics", "prometheus_tsdb_exemplar_max_exemplars 50\n");
    } finally {
      target.stop(0);
    }
  }
}
