package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.web.remote.WriteBody;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `out_of_order_time_window` as it is configured and reloaded, from remote write to a query; on a
/// whole node.
class OutOfOrderRoutesTest {
  private static final String WITHOUT = "global: {scrape_interval: 1s}\n";
  private static final String WITH = WITHOUT + "storage: {tsdb: {out_of_order_time_window: 30m}}\n";
  private static final String GAUGE = "trivigil_storage_out_of_order_time_window_seconds ";

  private static HttpResponse<String> write(WholeNode node, Object... samples) throws Exception {
    WriteBody body = new WriteBody();
    for (int i = 0; i < samples.length; i += 2) {
      body.sample(Labels.of("__name__", "m"), (Long) samples[i], (Integer) samples[i + 1]);
    }
    return node.write(body);
  }

  private static String values(WholeNode node, long atMs) throws Exception {
    return node.get("/api/v1/query?query=m[1h]&time=" + atMs / 1e3);
  }

  @Test
  void theWindowIsThatOfTheConfigurationInForce(@TempDir Path root) throws Exception {
    try (WholeNode node = new WholeNode(root, WITH, "--web.enable-lifecycle")) {
      node.await("/metrics", GAUGE + "1800\n");
      long nowMs = System.currentTimeMillis() / 1_000 * 1_000;
      assertThat(write(node, nowMs, 1).statusCode()).isEqualTo(204);
      assertThat(write(node, nowMs - 60_000, 2, nowMs - 1_200_000, 3).statusCode()).isEqualTo(204);
      assertThat(values(node, nowMs))
          .containsSubsequence(
              "[%d,\"3\"]".formatted(nowMs / 1_000 - 1_200),
              "[%d,\"2\"]".formatted(nowMs / 1_000 - 60),
              "[%d,\"1\"]".formatted(nowMs / 1_000));
      HttpResponse<String> old = write(node, nowMs - 61_000, 4, nowMs - 2_000_000, 5);
      assertThat(old.statusCode()).isEqualTo(400);
      assertThat(old.body()).contains("too old sample");
      assertThat(values(node, nowMs)).as("all or nothing").doesNotContain("\"4\"");
      assertThat(node.get("/metrics"))
          .contains("prometheus_tsdb_head_out_of_order_samples_appended_total{type=\"float\"} 2\n");

      Files.writeString(root.resolve("prometheus.yml"), WITHOUT);
      assertThat(node.post("/-/reload").statusCode()).isEqualTo(200);
      node.await("/metrics", GAUGE + "0\n");
      HttpResponse<String> late = write(node, nowMs - 62_000, 6);
      assertThat(late.statusCode()).isEqualTo(400);
      assertThat(late.body()).contains("out of order sample");
    }
  }
}
