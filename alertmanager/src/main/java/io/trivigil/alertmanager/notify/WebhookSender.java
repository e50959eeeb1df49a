package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Delivery;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.config.http.HttpCall;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.HttpResult;
import io.trivigil.config.http.HttpTransport;
import io.trivigil.config.http.SecretFiles;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Sends webhooks. Thread-safe.
final class WebhookSender {
  private static final long MAX_ANSWER_BYTES = 1 << 20;
  private static final int MAX_REASON_CHARS = 512;

  private final Function<HttpConfig, HttpTransport> transports;
  private final SecretFiles files;
  private final String userAgent;

  WebhookSender(
      Function<HttpConfig, HttpTransport> transports, SecretFiles files, String userAgent) {
    this.transports = transports;
    this.files = files;
    this.userAgent = userAgent;
  }

  Delivery send(
      Attempt attempt, Integration.Webhook webhook, Duration timeout, BooleanSupplier mayWrite) {
    URI uri;
    try {
      String text =
          attempt.payload().addresses().isEmpty()
              ? webhook.url().resolve(files).reveal()
              : attempt.payload().addresses().getFirst();
      uri = new URI(text.strip());
    } catch (IOException e) {
      return new Delivery.Retry("clientError", String.valueOf(e.getMessage()));
    } catch (URISyntaxException e) {
      return new Delivery.Failed("clientError", "not a valid URL: " + e.getReason());
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", userAgent);
    headers.put("Idempotency-Key", attempt.id());
    HttpTransport transport = transports.apply(webhook.http());
    if (!mayWrite.getAsBoolean()) {
      return new Delivery.NotWritten();
    }
    return judge(
        transport.send(
            new HttpCall(
                "POST", uri, headers, attempt.payload().body(), timeout, MAX_ANSWER_BYTES)));
  }

  private static Delivery judge(HttpResult result) {
    return switch (result) {
      case HttpResult.Answer answer when answer.isSuccess() -> new Delivery.Delivered();
      case HttpResult.Answer answer -> {
        String body = new String(answer.body(), StandardCharsets.UTF_8).strip();
        String reason =
            "unexpected status code %d: %s"
                .formatted(
                    answer.status(), body.substring(0, Math.min(MAX_REASON_CHARS, body.length())));
        yield answer.status() / 100 == 5
            ? new Delivery.Retry("serverError", reason)
            : new Delivery.Failed("clientError", reason);
      }
      case HttpResult.Failure(HttpResult.Reason reason, String message) ->
          new Delivery.Retry(
              reason == HttpResult.Reason.TIMEOUT ? "contextDeadlineExceeded" : "other", message);
    };
  }
}
