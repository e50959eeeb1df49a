package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.web.remote.WriteBody;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sender with too many series of one metric is told so, and loses nothing else; on a whole node.
class SeriesLimitRoutesTest {
  private static final String CONFIG = "global: {scrape_interval: 1s}\n";

  private static Labels series(String metric, int i) {
    return Labels.of("__name__", metric, "i", "" + i, "job", "sender");
  }

  @Test
  void theOffenderIsNamedAndTheRestIsStored(@TempDir Path root) throws Exception {
    try (WholeNode node = new WholeNode(root, CONFIG, "--storage.max-series-per-metric=3")) {
      node.await("/metrics", "trivigil_storage_series_limit{scope=\"metric\"} 3\n");
      long nowMs = System.currentTimeMillis();
      WriteBody body = new WriteBody();
      for (int i = 0; i < 5; i++) {
        body.sample(series("bomb", i), nowMs, 1);
      }
      body.sample(series("calm", 0), nowMs, 1).family("calm", 2, "stays", "");
      HttpResponse<String> answer = node.write(body);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body())
          .contains("too many series: metric=\"bomb\" limit=3 left_out_samples=2")
          .contains("i=\"3\"");
      assertThat(node.get("/api/v1/query?query=count(bomb)")).contains("\"3\"]");
      assertThat(node.get("/api/v1/query?query=count(calm)")).contains("\"1\"]");
      assertThat(node.get("/api/v1/metadata")).contains("stays");
      WriteBody known = new WriteBody();
      for (int i = 0; i < 3; i++) {
        known.sample(series("bomb", i), nowMs + 1, 2);
      }
      assertThat(node.write(known).statusCode()).as("what is there goes on").isEqualTo(204);
      assertThat(node.get("/metrics"))
          .contains("trivigil_storage_samples_refused_total{reason=\"metric_series_limit\"} 2\n");
    }
  }
}
