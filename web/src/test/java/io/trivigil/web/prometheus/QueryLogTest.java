package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.QueryStats;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryLogTest {
  private final Path directory;
  private Optional<Path> file = Optional.empty();
  private final Metrics metrics = new Metrics();
  private final QueryLog log =
      new QueryLog(() -> file, metrics, InstantSource.fixed(Instant.ofEpochMilli(1_500)));

  QueryLogTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private void write(String query, Optional<QueryStats> stats, String error) {
    Request request =
        new Request(
            "POST",
            "/api/v1/query_range",
            "",
            Params.parse("", ""),
            Map.of(Author.PEER, "10.0.0.7"),
            new byte[0],
            Map.of());
    log.write(new QueryLog.Entry(request, query, 0, 60_000, 15_000, stats, error));
  }

  @Test
  void aLineForEachQuery() throws IOException {
    assertThat(log.isOn()).isFalse();
    write("unheard", Optional.empty(), "");
    file = Optional.of(directory.resolve("queries.log"));
    assertThat(log.isOn()).isTrue();
    write(
        "up{a=\"b\"}", Optional.of(new QueryStats(7, 5, 96, 2_000_000_000, Optional.empty())), "");
    write("nil(", Optional.empty(), "parse error");
    assertThat(Files.readAllLines(file.get()))
        .containsExactly(
            "{\"time\":\"1970-01-01T00:00:01.500Z\",\"level\":\"INFO\","
                + "\"msg\":\"promql query logged\",\"params\":{\"end\":\"1970-01-01T00:01:00Z\","
                + "\"query\":\"up{a=\\\"b\\\"}\",\"start\":\"1970-01-01T00:00:00Z\",\"step\":15},"
                + "\"stats\":{\"timings\":{\"evalTotalTime\":2,\"resultSortTime\":0,"
                + "\"queryPreparationTime\":0,\"innerEvalTime\":2,\"execQueueTime\":0,"
                + "\"execTotalTime\":2},\"samples\":{\"totalQueryableSamples\":7,\"samplesRead\":7,"
                + "\"peakSamples\":5,\"peakBytes\":96}},\"httpRequest\":{\"clientIP\":\"10.0.0.7\","
                + "\"method\":\"POST\",\"path\":\"/api/v1/query_range\"}}",
            "{\"time\":\"1970-01-01T00:00:01.500Z\",\"level\":\"INFO\","
                + "\"msg\":\"promql query logged\",\"params\":{\"end\":\"1970-01-01T00:01:00Z\","
                + "\"query\":\"nil(\",\"start\":\"1970-01-01T00:00:00Z\",\"step\":15},"
                + "\"error\":\"parse error\",\"httpRequest\":{\"clientIP\":\"10.0.0.7\","
                + "\"method\":\"POST\",\"path\":\"/api/v1/query_range\"}}");
  }

  @Test
  void aFileThatWasMovedAwayIsBegunAnew() throws IOException {
    Path path = directory.resolve("queries.log");
    file = Optional.of(path);
    write("a", Optional.empty(), "");
    Files.move(path, directory.resolve("queries.log.1"));
    write("b", Optional.empty(), "");
    assertThat(Files.readString(path)).contains("\"query\":\"b\"").doesNotContain("\"a\"");
    file = Optional.of(directory.resolve("other.log"));
    write("c", Optional.empty(), "");
    assertThat(Files.readAllLines(file.get())).hasSize(1);
    file = Optional.of(path);
    write("d", Optional.empty(), "");
    assertThat(Files.readAllLines(path)).hasSize(2);
  }

  @Test
  void whatCanNotBeWrittenIsCounted() {
    file = Optional.of(directory.resolve("no/such/directory"));
    write("a", Optional.empty(), "");
    write("b", Optional.empty(), "");
    assertThat(metrics.counter("prometheus_engine_query_log_failures_total", "").value())
        .isEqualTo(2);
  }
}
