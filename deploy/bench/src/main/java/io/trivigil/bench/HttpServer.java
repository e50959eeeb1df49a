package io.trivigil.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/// A server behind its Prometheus API.
final class HttpServer implements Judge.Server {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  HttpServer(String url) {
    this.url = url;
  }

  @Override
  public Answer ask(String expression, Difference times) {
    String query = "query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return times.isInstant()
        ? post("/api/v1/query", query + "&time=" + times.end())
        : post(
            "/api/v1/query_range",
            "%s&start=%s&end=%s&step=%s"
                .formatted(query, times.start(), times.end(), times.step()));
  }

  private Answer post(String path, String form) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return Answer.of(JSON.readTree(answer.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(url + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + url, e);
    }
  }
}
