package io.trivigil.scraper.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.http.HttpCall;
import io.trivigil.config.http.HttpResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HttpFetcherTest {
  private final LoopFixture fixture = new LoopFixture(0);
  private final List<HttpCall> calls = new ArrayList<>();

  private Fetcher.Fetched fetch(String settings, HttpResult result) {
    HttpFetcher fetcher =
        new HttpFetcher(
            _ ->
                call -> {
                  calls.add(call);
                  return result;
                },
            "Prometheus/3.14.0");
    return fetcher.fetch(fixture.target(settings));
  }

  private static HttpResult answer(int status) {
    return new HttpResult.Answer(status, Map.of("content-type", "text/plain"), new byte[0]);
  }

  @Test
  void headersAreThoseOfAPrometheus() {
    assertThat(fetch("body_size_limit: 1MB", answer(200))).isInstanceOf(Fetcher.Fetched.Body.class);
    HttpCall call = calls.get(0);
    assertThat(call.headers())
        .containsEntry(
            "Accept",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                + "application/openmetrics-text;version=0.0.1;q=0.5,"
                + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2")
        .containsEntry("Accept-Encoding", "gzip")
        .containsEntry("User-Agent", "Prometheus/3.14.0")
        .containsEntry("X-Prometheus-Scrape-Timeout-Seconds", "10");
    assertThat(call.maxBodyBytes()).isEqualTo(1 << 20);
    assertThat(call.uri().toString()).isEqualTo("http://h:1/metrics");
  }

  @Test
  void compressionAndFormatsFollowTheSettings() {
    fetch(
        "enable_compression: false\nscrape_protocols: [PrometheusProto, PrometheusText0.0.4]",
        answer(200));
    assertThat(calls.get(0).headers())
        .containsEntry("Accept-Encoding", "identity")
        .containsEntry("Accept", "text/plain;version=0.0.4;q=0.6,*/*;q=0.5");
  }

  @Test
  void otherThanTwoHundredIsAFailure() {
    assertThat(fetch("", answer(404)))
        .isEqualTo(new Fetcher.Fetched.Failed("server returned HTTP status 404 Not Found", false));
    assertThat(
            fetch(
                "",
                new HttpResult.Failure(HttpResult.Reason.TOO_LARGE, "body size limit exceeded")))
        .isEqualTo(new Fetcher.Fetched.Failed("body size limit exceeded", true));
  }
}
