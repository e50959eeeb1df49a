package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.failopen.FailOpen;
import io.trivigil.promql.QueryMemory;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.raft.LogStatus;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Parameters of Prometheus's query API: what they do, and what is said of wrong ones.
class QueryApiTest {
  private final Engine engine = new Engine(EngineOptions.defaults());
  private final MemoryStorage storage = new MemoryStorage();
  private final Metrics metrics = new Metrics();
  private final AtomicLong nanos = new AtomicLong();
  private volatile long nanosPerLook = 1;
  private final QueryRunner runner =
      new QueryRunner(
          backend(), 4, 2, new QueryMemory(40 << 20), () -> nanos.addAndGet(nanosPerLook));
  private final Router router = new Router();

  QueryApiTest() {
    for (String series : List.of("a", "b", "c")) {
      storage.add(Labels.of(Labels.NAME, "m", "s", series), 0, 1);
    }
    Api api = new Api(backend());
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(10));
    QueryLog log = new QueryLog(Optional::empty, metrics, clock);
    new QueryApi(backend(), runner, log, clock).addTo(router, api);
    new LabelApi(runner).addTo(router, api);
  }

  /// A node with a store and nothing else.
  private Backend backend() {
    LogStatus log =
        new LogStatus("n1", "n1", 3, LogStatus.Role.LEADER, false, 17, 17, 1, 1, List.of());
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "engine" -> engine;
                  case "queries" -> storage;
                  case "metrics" -> metrics;
                  case "log" -> log;
                  case "appliedIndex" -> 17L;
                  case "freshnessMs" -> 0L;
                  case "failOpen" -> new FailOpen.Status(FailOpen.State.QUORUM, 0, false, false);
                  case "ready" -> true;
                  case "damage" -> List.of();
                  default -> throw new AssertionError(method.getName());
                });
  }

  @AfterEach
  void close() {
    runner.close();
  }

  /// The status and the body of what is answered to `path?name=value&…`.
  private String ask(String asked) throws InterruptedException, IOException {
    int at = asked.indexOf('?');
    String path = "/api/v1/" + asked.substring(0, at);
    Params params = Params.parse(asked.substring(at + 1));
    if (!(router.find("GET", path) instanceof Router.Found.Match(var handler, var names))) {
      throw new AssertionError("no route: " + path);
    }
    Answer answer =
        handler.handle(
            new Request(
                "GET", path, asked.substring(at + 1), params, Map.of(), new byte[0], names));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.body().writeTo(out);
    return answer.status() + " " + out.toString(StandardCharsets.UTF_8).strip();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      textBlock =
          """
          query?query=m&limit=x    § invalid parameter \\"limit\\": strconv.Atoi: parsing \\"x\\": invalid syntax
          query?query=m&limit=1.5  § invalid parameter \\"limit\\": strconv.Atoi: parsing \\"1.5\\": invalid syntax
          query?query=m&limit=9223372036854775808 § invalid parameter \\"limit\\": strconv.Atoi: parsing \\"9223372036854775808\\": value out of range
          query?query=m&limit=-1   § invalid parameter \\"limit\\": limit must be non-negative
          query_range?query=m&limit=-1 § invalid parameter \\"limit\\": limit must be non-negative
          labels?limit=-1          § invalid parameter \\"limit\\": limit must be non-negative
          label/s/values?limit=-1&start=x § invalid parameter \\"limit\\": limit must be non-negative
          series?match[]=m&limit=-1 § invalid parameter \\"limit\\": limit must be non-negative
          query?query=m&timeout=x  § invalid parameter \\"timeout\\": cannot parse \\"x\\" to a valid duration
          query?query=m(&lookback_delta=x § error parsing lookback delta duration: cannot parse \\"x\\" to a valid duration
          query_range?query=m&start=0&end=9&step=1&lookback_delta=x § error parsing lookback delta duration: cannot parse \\"x\\" to a valid duration
          format_query?query=      § invalid parameter \\"query\\": unknown position: parse error: no expression found in input
          parse_query?query=m{     § invalid parameter \\"query\\": 1:3: parse error: unexpected end of input inside braces
          query_range?query=m&start=0&end=11001&step=1 § exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)
          """)
  void whatCanNotBeUsedIsSaidInPrometheusWords(String asked, String error) throws Exception {
    assertThat(ask(asked))
        .isEqualTo(
            "400 {\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"" + error + "\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      textBlock =
          """
          query?query=m                                   § 3 § false
          query?query=m&limit=0                           § 3 § false
          query?query=m&limit=3                           § 3 § false
          query?query=m&limit=9223372036854775807         § 3 § false
          query?query=m&limit=2                           § 2 § true
          query?query=m[1m]&limit=1                       § 1 § true
          query_range?query=m&start=0&end=9&step=1&limit=2 § 2 § true
          series?match[]=m&limit=2                        § 2 § true
          """)
  void noMoreSeriesThanTheLimit(String asked, int series, boolean truncated) throws Exception {
    String answer = ask(asked);
    assertThat(answer).startsWith("200 ");
    assertThat(answer.split("\"s\":", -1)).hasSize(series + 1);
    assertThat(answer.contains("\"warnings\":[\"results truncated due to limit\"]"))
        .as(answer)
        .isEqualTo(truncated);
  }

  @Test
  void namesAndValuesAreLimitedToo() throws Exception {
    assertThat(ask("labels?limit=1"))
        .contains("\"data\":[\"__name__\"],\"warnings\":[\"results truncated due to limit\"]");
    assertThat(ask("label/s/values?limit=2"))
        .contains("\"data\":[\"a\",\"b\"],\"warnings\":[\"results truncated due to limit\"]");
    assertThat(ask("label/s/values?limit=3")).contains("[\"a\",\"b\",\"c\"]}");
  }

  @Test
  void aNumberIsNotTruncated() throws Exception {
    assertThat(ask("query?query=42&limit=1"))
        .contains("\"resultType\":\"scalar\",\"result\":[10,\"42\"]")
        .doesNotContain("warnings");
  }

  @Test
  void theLookbackMayBeShorter() throws Exception {
    assertThat(ask("query?query=count(m)&time=10")).contains("\"3\"");
    assertThat(ask("query?query=count(m)&time=10&lookback_delta=9s")).contains("\"result\":[]");
    assertThat(ask("query?query=count(m)&time=10&lookback_delta=11")).contains("\"3\"");
    assertThat(ask("query?query=count(m)&time=10&lookback_delta=0")).contains("\"3\"");
    assertThat(ask("query_range?query=count(m)&start=0&end=20&step=5&lookback_delta=9s"))
        .contains("\"values\":[[0,\"3\"],[5,\"3\"]]");
  }

  @Test
  void statisticsAreToldOnWish() throws Exception {
    assertThat(ask("query?query=m")).doesNotContain("stats");
    for (String wish : List.of("true", "yes")) {
      assertThat(ask("query?query=m&stats=" + wish))
          .contains("\"samples\":{\"totalQueryableSamples\":3,\"samplesRead\":3,\"peakSamples\":");
    }
    assertThat(ask("query?query=m&stats=all"))
        .contains(
            "\"samples\":{\"totalQueryableSamplesPerStep\":[[10,3]],\"totalQueryableSamples\":3,"
                + "\"samplesRead\":3,\"peakSamples\":")
        .doesNotContain("warnings");
    assertThat(ask("query_range?query=count_over_time(m[1h])&start=10&end=11&step=0.5&stats=all"))
        .contains(
            "\"totalQueryableSamplesPerStep\":[[10,3],[10.500,3],[11,3]],\"totalQueryableSamples\":9,"
                + "\"samplesRead\":3,");
    assertThat(ask("query_range?query=m&start=0&end=9&step=1&stats=yes"))
        .contains(
            "\"warnings\":[\"value \\\"yes\\\" for parameter \\\"stats\\\" is deprecated and will"
                + " be rejected in the next major release, use \\\"true\\\" or \\\"all\\\"\"]");
  }

  @Test
  void timeRunsOut() throws Exception {
    assertThat(ask("query?query=m&timeout=0"))
        .isEqualTo(
            "503 {\"status\":\"error\",\"errorType\":\"timeout\","
                + "\"error\":\"query timed out in query execution\"}");
    nanosPerLook = Duration.ofSeconds(2).toNanos();
    assertThat(ask("query?query=m&timeout=1s"))
        .isEqualTo(
            "503 {\"status\":\"error\",\"errorType\":\"timeout\","
                + "\"error\":\"query timed out in expression evaluation\"}");
    nanosPerLook = Duration.ofMinutes(3).toNanos();
    assertThat(ask("query?query=m&timeout=1h"))
        .as("no more than the server's own")
        .startsWith("503 ");
  }

  @Test
  void nobodyComputesForAClientThatHasGone() throws Exception {
    Departure client = new Departure();
    client.happened();
    String answer =
        client.during(
            () -> {
              try {
                return ask("query?query=m");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(answer)
        .isEqualTo(
            "499 {\"status\":\"error\",\"errorType\":\"canceled\","
                + "\"error\":\"query was canceled in expression evaluation\"}");
  }

  @Test
  void expressionsAreFormattedAndTakenApart() throws Exception {
    assertThat(ask("format_query?query=foo/bar"))
        .isEqualTo("200 {\"status\":\"success\",\"data\":\"foo / bar\"}");
    String wide =
        "sum by(job)(rate(http_requests_total{code=~\"5..\"}[5m]))"
            + "/sum by(job)(rate(http_requests_total[5m]))";
    assertThat(ask("format_query?query=" + encoded(wide)))
        .contains(
            "\"data\":\"  sum by (job) (rate(http_requests_total{code=~\\\"5..\\\"}[5m]))\\n/\\n"
                + "  sum by (job) (rate(http_requests_total[5m]))\"");
    assertThat(ask("parse_query?query=1%2b1"))
        .contains(
            "\"data\":{\"bool\":false,\"lhs\":{\"type\":\"numberLiteral\",\"val\":\"1\"},"
                + "\"matching\":null,\"op\":\"+\",\"rhs\":{\"type\":\"numberLiteral\",\"val\":\"1\"},"
                + "\"type\":\"binaryExpr\"}");
  }
}
