package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.Labels;
import io.trivigil.model.Staleness;
import io.trivigil.web.remote.WriteBody;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Native histograms from remote write to the answers of the API, on a whole node, before and after
/// its restart.
class HistogramRoutesTest {
  private static final Labels SERIES = Labels.of("__name__", "latency", "i", "a");
  private static final int[] SPANS = {0, 2, 1, 1};

  private static WriteBody at(long timestampMs, long... counts) {
    return new WriteBody().histogram(SERIES, timestampMs, 0, 4.5, SPANS, counts);
  }

  private static String query(String expr, long timestampMs) {
    return "/api/v1/query?query=%s&time=%s".formatted(WholeNode.param(expr), timestampMs / 1000.0);
  }

  @Test
  void histogramsAreTakenKeptAndShown(@TempDir Path root) throws Exception {
    Path rules = root.resolve("rules.yml");
    Files.writeString(
        rules,
        """
        groups:
        - name: g
          interval: 1s
          rules: [{record: latency:sum, expr: sum(latency)}]
        """);
    String config = "rule_files: [\"%s\"]\n".formatted(rules);
    long nowMs;
    try (WholeNode node = new WholeNode(root, config)) {
      node.await("/api/v1/cluster", "\"featureLevel\":" + FeatureLevel.NEWEST.number());
      nowMs = System.currentTimeMillis();
      assertThat(node.write(at(nowMs - 2_000, 1, 2, 0)).statusCode()).isEqualTo(204);
      assertThat(node.write(at(nowMs - 1_000, 1, 3, 2)).statusCode()).isEqualTo(204);
      assertThat(node.write(at(nowMs - 1_000, 1, 3, 2)).statusCode()).isEqualTo(204); // no change
      assertThat(node.write(at(nowMs - 1_000, 1, 3, 1)).body())
          .contains("duplicate sample for timestamp")
          .contains("latency");
      assertThat(node.write(at(nowMs - 1_500, 1, 3, 1)).body()).contains("out of order sample");
      assertThat(node.write(at(nowMs, 1, 2, -1)).statusCode()).isEqualTo(400);
      check(node, nowMs);
      node.await("/api/v1/query?query=latency:sum", "\"sum\":\"4.5\""); // now, whenever that is
    }
    try (WholeNode node = new WholeNode(root, config)) {
      check(node, nowMs);
      assertThat(node.write(at(nowMs - 1_000, 1, 3, 2)).statusCode()).isEqualTo(204);
      assertThat(node.write(at(nowMs - 1_000, 1, 3, 1)).statusCode()).isEqualTo(400);
      WriteBody end = new WriteBody().sample(SERIES, nowMs - 500, Staleness.marker());
      assertThat(node.write(end).statusCode()).isEqualTo(204);
      assertThat(node.get(query("latency", nowMs - 500))).contains("\"result\":[]");
      assertThat(node.get(query("latency", nowMs - 600))).contains("\"histogram\":");
    }
  }

  private static void check(WholeNode node, long nowMs) throws Exception {
    assertThat(node.get(query("latency", nowMs - 900)))
        .contains(
            "\"count\":\"6\",\"sum\":\"4.5\",\"buckets\":[[0,\"0.5\",\"1\",\"1\"],"
                + "[0,\"1\",\"2\",\"3\"],[0,\"4\",\"8\",\"2\"]]");
    assertThat(node.get(query("latency", nowMs - 1_500))).contains("\"count\":\"3\"");
    assertThat(node.get(query("latency[10s]", nowMs - 900)))
        .contains("\"histograms\":[[")
        .contains("\"count\":\"3\"")
        .contains("\"count\":\"6\"");
    assertThat(node.get(query("histogram_count(increase(latency[10s]))", nowMs - 900)))
        .contains("\"value\"");
  }
}
