package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.web.remote.WriteBody;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Deletion of series over HTTP, on a whole node.
class DeletionRoutesTest {
  private static final Labels A = Labels.of("__name__", "m", "i", "a");
  private static final Labels B = Labels.of("__name__", "m", "i", "b");
  private static final String DELETE = "/api/v1/admin/tsdb/delete_series";

  @Test
  void whatPassesTheSelectorGoesAndItsSpaceAsWell(@TempDir Path root) throws Exception {
    try (WholeNode node = new WholeNode(root, "global: {scrape_interval: 1h}\n")) {
      long nowMs = System.currentTimeMillis();
      assertThat(node.write(body(nowMs - 2_000)).statusCode()).isEqualTo(204);
      assertThat(node.write(body(nowMs - 1_000)).statusCode()).isEqualTo(204);
      String all = "/api/v1/query?query=count_over_time(m[10m])&time=" + (nowMs / 1000 + 1);
      assertThat(node.get(all)).contains("\"i\":\"a\"").contains("\"i\":\"b\"");

      assertThat(node.post(DELETE).statusCode()).isEqualTo(400);
      assertThat(node.post(DELETE + "?match[]=%7B").statusCode()).isEqualTo(400);
      String a = DELETE + "?match%5B%5D=" + WholeNode.param("m{i=~\"a.*\"}");
      assertThat(node.post(a).statusCode()).isEqualTo(204);
      assertThat(node.get(all)).doesNotContain("\"i\":\"a\"").contains("\"i\":\"b\"");
      assertThat(node.get("/api/v1/label/i/values")).contains("[\"b\"]");
      assertThat(node.get("/metrics")).contains("trivigil_storage_tombstones 1\n");

      assertThat(node.post("/api/v1/admin/tsdb/clean_tombstones").statusCode()).isEqualTo(204);
      assertThat(node.get("/metrics")).contains("trivigil_storage_cleaned_partitions_total 1\n");
      assertThat(node.get(all)).doesNotContain("\"i\":\"a\"").contains("\"i\":\"b\"");

      assertThat(node.write(body(nowMs)).statusCode()).isEqualTo(204);
      assertThat(node.get(all)).contains("\"i\":\"a\"").contains("\"i\":\"b\"");
    }
  }

  private static WriteBody body(long timestampMs) {
    return new WriteBody().sample(A, timestampMs, 1).sample(B, timestampMs, 2);
  }
}
