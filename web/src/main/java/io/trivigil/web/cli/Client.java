package io.trivigil.web.cli;

import io.trivigil.web.json.JsonException;
import io.trivigil.web.json.JsonReader;
import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/// Asks a running node.
final class Client {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /// @param url of any node
  Client(String url) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /// Posts a form and returns the answer's `data`.
  ///
  /// @throws UsageException with the server's message if it refuses
  /// @throws IOException if it can not be asked
  JsonValue post(String path, Map<String, String> form) throws IOException, InterruptedException {
    String body =
        form.entrySet().stream()
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  JsonValue get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url + path)));
  }

  /// The bytes of an answer with status 200.
  ///
  /// @throws UsageException with the server's message if it refuses
  byte[] bytes(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).build(),
            BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new UsageException(new String(response.body(), StandardCharsets.UTF_8).strip());
    }
    return response.body();
  }

  private JsonValue send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
    try {
      JsonValue.Fields answer = JsonReader.read(response.body()).object("answer");
      if (answer.text("status", "").equals("success")) {
        return answer.value("data").orElse(new JsonValue.Null());
      }
      throw new UsageException(answer.text("error", "status " + response.statusCode()));
    } catch (JsonException e) {
      throw new IOException(
          "%s answered %d: %s"
              .formatted(
                  url,
                  response.statusCode(),
                  new String(response.body(), StandardCharsets.UTF_8).strip()),
          e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
