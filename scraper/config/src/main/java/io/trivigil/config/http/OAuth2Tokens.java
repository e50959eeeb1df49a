package io.trivigil.config.http;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Fetches and keeps the token of one OAuth 2 configuration. Thread-safe: a private lock guards the
/// token, so that one caller fetches and the others wait for it.
final class OAuth2Tokens {
  private static final Duration EARLY = Duration.ofSeconds(10);

  private final OAuth2 config;
  private final HttpTransport transport;
  private final SecretFiles files;
  private final LongSupplier nanoTicker;
  private final Object lock = new Object();
  private String token = "";
  private String tokenSecret = "";
  private long freshUntilNanos;

  OAuth2Tokens(OAuth2 config, HttpTransport transport, SecretFiles files, LongSupplier nanoTicker) {
    this.config = config;
    this.transport = transport;
    this.files = files;
    this.nanoTicker = nanoTicker;
  }

  /// The token, fetched again shortly before it ends and whenever the secret changed.
  String token(Duration timeout) throws IOException {
    String secret =
        config.clientSecret().isPresent()
            ? config.clientSecret().get().resolve(files).reveal()
            : "";
    synchronized (lock) {
      boolean fresh = freshUntilNanos - nanoTicker.getAsLong() > 0;
      if (token.isEmpty() || !fresh || !secret.equals(tokenSecret)) {
        fetch(secret, timeout);
      }
      return token;
    }
  }

  private void fetch(String secret, Duration timeout) throws IOException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    if (!config.scopes().isEmpty()) {
      form.put("scope", String.join(" ", config.scopes()));
    }
    form.putAll(config.endpointParams());
    String basic = encode(config.clientId()) + ":" + encode(secret);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    headers.put("Accept", "application/json");
    Map<String, String> withBasic = new LinkedHashMap<>(headers);
    withBasic.put(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)));
    HttpResult result = post(withBasic, form, timeout);
    if (result instanceof HttpResult.Answer answer && answer.status() / 100 == 4) {
      // Some servers take the client's secret in the form alone.
      form.put("client_id", config.clientId());
      form.put("client_secret", secret);
      result = post(headers, form, timeout);
    }
    switch (result) {
      case HttpResult.Answer answer when answer.isSuccess() -> keep(answer.body(), secret);
      case HttpResult.Answer answer ->
          throw new IOException("oauth2: cannot fetch token: status " + answer.status());
      case HttpResult.Failure failure ->
          throw new IOException("oauth2: cannot fetch token: " + failure.message());
    }
  }

  private HttpResult post(Map<String, String> headers, Map<String, String> form, Duration timeout) {
    StringBuilder body = new StringBuilder();
    form.forEach(
        (name, value) ->
            body.append(body.isEmpty() ? "" : "&")
                .append(encode(name))
                .append('=')
                .append(encode(value)));
    return transport.send(
        HttpCall.post(
            URI.create(config.tokenUrl()),
            headers,
            body.toString().getBytes(StandardCharsets.UTF_8),
            timeout));
  }

  private void keep(byte[] body, String secret) throws IOException {
    Problems problems = new Problems();
    YamlMap answer =
        YamlValue.parse("token", new String(body, StandardCharsets.UTF_8), problems)
            .orElseThrow(() -> new IOException("oauth2: token answer is no JSON"))
            .map("token", problems);
    String fetched = answer.string("access_token", "");
    if (fetched.isEmpty()) {
      throw new IOException("oauth2: server response missing access_token");
    }
    long seconds = Math.clamp(answer.integer("expires_in", 3600), 1, 86_400);
    long kept = Math.max(Duration.ofSeconds(seconds).minus(EARLY).toNanos(), 0);
    token = fetched;
    tokenSecret = secret;
    freshUntilNanos = nanoTicker.getAsLong() + kept;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
