package io.trivigil.web.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.web.remote.WriteBody;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole node practises over its own HTTP, and nobody can tell from its statistics.
class WarmUpTest {
  private static final int SERIES = 30;
  private static final int QUESTIONS = 20; // at least, and three rounds of them

  @Test
  void aNodePractisesWhenItHasSamplesAndNothingElseShowsIt(@TempDir Path root) throws Exception {
    Path log = root.resolve("query.log");
    try (WholeNode node =
        new WholeNode(
            root,
            "global: {}",
            "--query.warm-up=3s",
            "--query.warm-up-others=100", // other tests may run beside it
            "--query.log-file=" + log,
            "--web.route-prefix=/")) {
      long nowMs = System.currentTimeMillis();
      WriteBody body = new WriteBody();
      for (int i = 0; i < SERIES; i++) {
        body.sample(Labels.of("__name__", "load", "host", "h-" + i, "job", "x"), nowMs, i);
      }
      assertThat(node.write(body).statusCode()).isEqualTo(204);
      node.await("/metrics", "trivigil_warm_up_running 0\n");

      String metrics = node.get("/metrics");
      assertThat(value(metrics, "trivigil_warm_up_questions_total")).isGreaterThan(2.0 * QUESTIONS);
      assertThat(value(metrics, "trivigil_warm_up_cpu_seconds_total")).isBetween(0.1, 10.0);
      assertThat(value(metrics, "trivigil_warm_up_cpu_max_seconds")).isEqualTo(3);
      assertThat(metrics).doesNotContain("trivigil_query_duration_seconds_count");
      assertThat(log).doesNotExist();

      assertThat(node.get("/api/v1/query?query=count(load)")).contains("\"30\"");
      assertThat(node.get("/metrics")).contains("trivigil_query_duration_seconds_count");
      assertThat(log).content().containsOnlyOnce("\n").contains("count(load)");
    }
  }

  private static double value(String metrics, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(metrics);
    assertThat(line.find()).as(name).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
