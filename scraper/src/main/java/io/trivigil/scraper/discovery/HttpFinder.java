package io.trivigil.scraper.discovery;

import io.trivigil.config.http.HttpCall;
import io.trivigil.config.http.HttpResult;
import io.trivigil.config.http.HttpTransport;
import io.trivigil.scraper.state.TargetGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// Targets that a web server lists as JSON.
public final class HttpFinder implements GroupFinder {
  private final HttpTransport transport;
  private final String url;
  private final Duration refresh;

  public HttpFinder(HttpTransport transport, String url, Duration refresh) {
    this.transport = transport;
    this.url = url;
    this.refresh = refresh;
  }

  @Override
  public Found find(SortedMap<String, TargetGroup> before) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("X-Prometheus-Refresh-Interval-Seconds", "" + refresh.toMillis() / 1000.0);
    return switch (transport.send(HttpCall.get(URI.create(url), headers, refresh))) {
      case HttpResult.Failure(_, String message) -> throw new IOException(message);
      case HttpResult.Answer answer when answer.status() != 200 ->
          throw new IOException("server returned HTTP status " + answer.status());
      case HttpResult.Answer answer -> {
        String type = answer.header("content-type").orElse("");
        if (!type.split(";")[0].strip().equalsIgnoreCase("application/json")) {
          throw new IOException("unsupported content type \"%s\"".formatted(type));
        }
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        yield new Found(GroupText.read(url, text, "__meta_url"), List.of());
      }
    };
  }
}
