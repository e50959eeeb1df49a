package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Delivery;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.HttpTransport;
import io.trivigil.config.http.SecretFiles;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Sends webhooks and mails, each on a virtual thread of its own. Thread-safe.
public final class DefaultSender implements Sender {
  private final WebhookSender webhooks;
  private final MailSender mails;

  /// @param transports makes HTTP clients, such as `HttpTransports::transport`
  /// @param files reads secrets of this node
  /// @param userAgent such as `Alertmanager/0.34.0`
  public DefaultSender(
      Function<HttpConfig, HttpTransport> transports, SecretFiles files, String userAgent) {
    this.webhooks = new WebhookSender(transports, files, userAgent);
    this.mails = new MailSender(files);
  }

  @Override
  public CompletableFuture<Delivery> send(
      Attempt attempt, Integration integration, Duration timeout, BooleanSupplier mayWrite) {
    CompletableFuture<Delivery> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("notify-send-" + attempt.id())
        .start(() -> done.complete(deliver(attempt, integration, timeout, mayWrite)));
    return done;
  }

  private Delivery deliver(
      Attempt attempt, Integration integration, Duration timeout, BooleanSupplier mayWrite) {
    try {
      return switch (integration) {
        case Integration.Webhook webhook -> webhooks.send(attempt, webhook, timeout, mayWrite);
        case Integration.Email email -> mails.send(attempt, email, timeout, mayWrite);
        case Integration.Unsent unsent ->
            new Delivery.Failed("other", unsent.kind() + " is not sent yet by this version");
      };
    } catch (RuntimeException e) {
      return new Delivery.Retry("other", "sender failed: " + e);
    }
  }
}
