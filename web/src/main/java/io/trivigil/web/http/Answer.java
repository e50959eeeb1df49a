package io.trivigil.web.http;

import io.trivigil.web.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// One answer. The body is written when the answer is sent. Immutable.
///
/// @param status the HTTP status
/// @param contentType the media type; empty where there is no body
/// @param body writes the body
/// @param headers further headers
public record Answer(int status, String contentType, Body body, Map<String, String> headers) {
  /// The media type of JSON answers.
  public static final String JSON = "application/json";

  /// The media type of plain texts.
  public static final String TEXT = "text/plain; charset=utf-8";

  /// Writes a body; called at most once.
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  public Answer {
    headers = Map.copyOf(headers);
  }

  public static Answer json(int status, Consumer<JsonWriter> body) {
    return new Answer(
        status,
        JSON,
        out -> {
          JsonWriter json = new JsonWriter(out);
          body.accept(json);
          json.flush();
        },
        Map.of());
  }

  public static Answer text(int status, String text) {
    return text(status, TEXT, text);
  }

  public static Answer text(int status, String contentType, String text) {
    return bytes(status, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  public static Answer bytes(int status, String contentType, byte[] bytes) {
    return new Answer(status, contentType, out -> out.write(bytes), Map.of());
  }

  public static Answer empty(int status) {
    return new Answer(status, "", _ -> {}, Map.of());
  }

  public static Answer redirect(String location) {
    return empty(302).with("Location", location);
  }

  /// This answer with one more header.
  public Answer with(String name, String value) {
    return with(Map.of(name, value));
  }

  /// This answer with these headers too.
  public Answer with(Map<String, String> others) {
    Map<String, String> more = new HashMap<>(headers);
    more.putAll(others);
    return new Answer(status, contentType, body, more);
  }
}
