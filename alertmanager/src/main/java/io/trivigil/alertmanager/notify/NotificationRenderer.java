package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Action;
import io.trivigil.alertmanager.dispatch.Renderer;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.config.http.SecretSource;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Renders notifications with the templates of one configuration. Immutable.
public final class NotificationRenderer implements Renderer {
  /// The annotation that marks what was sent without a quorum; its value is `true`.
  public static final String DEGRADED = "degraded";

  /// The annotation that names the node that sent it then.
  public static final String DEGRADED_BY = "degraded_by";

  private final Templates templates;
  private final String externalUrl;
  private final String messageIdHost;
  private final String alone; // the node that sends without a quorum, else empty

  /// @param externalUrl where people find us, without a slash at its end
  /// @param messageIdHost what stands behind the `@` of Message-IDs; equal on all nodes
  public NotificationRenderer(Templates templates, String externalUrl, String messageIdHost) {
    this(templates, externalUrl, messageIdHost, "");
  }

  private NotificationRenderer(
      Templates templates, String externalUrl, String messageIdHost, String alone) {
    this.alone = alone;
    this.templates = templates;
    this.externalUrl = externalUrl;
    this.messageIdHost = messageIdHost;
  }

  /// The same for what `node` sends on its own while there is no quorum: every alert gets the
  /// annotations [#DEGRADED] and [#DEGRADED_BY], and a mail's subject begins with `[DEGRADED]`.
  /// Labels, group key and ids stay as they are.
  public NotificationRenderer alone(String node) {
    return new NotificationRenderer(templates, externalUrl, messageIdHost, node);
  }

  private Alert marked(Alert alert) {
    return alone.isEmpty()
        ? alert
        : new Alert(
            alert.fingerprint(),
            alert.labels(),
            alert.annotations().toBuilder().set(DEGRADED, "true").set(DEGRADED_BY, alone).build(),
            alert.startsMs(),
            alert.endsMs(),
            alert.generatorUrl(),
            alert.timeout(),
            alert.receivedMs(),
            alert.updatedMs(),
            alert.revision(),
            alert.phase());
  }

  @Override
  public Payload render(
      Action.Notify notify, Action.Need need, String attemptId, long nowMs, int maxBytes)
      throws RenderException {
    Notification whole =
        withLabels(
            new Notification(
                need.destination().receiver(),
                notify.group().groupKey(),
                notify.group().labels(),
                notify.group().route().options().labels(),
                need.alerts().stream().map(this::marked).toList(),
                need.reason().text(),
                externalUrl,
                notify.flush().decidedMs(),
                0));
    Notification told = whole;
    if (need.integration() instanceof Integration.Webhook webhook && webhook.maxAlerts() > 0) {
      told = whole.first((int) Math.min(Integer.MAX_VALUE, webhook.maxAlerts()));
    }
    while (true) {
      Payload payload = render(told, need.integration(), attemptId);
      if (payload.body().length <= maxBytes) {
        return payload;
      }
      if (told.alerts().size() <= 1) {
        throw new RenderException(
            "notification is too large: bytes=%d limit=%d"
                .formatted(payload.body().length, maxBytes));
      }
      told = told.first(told.alerts().size() / 2);
    }
  }

  private Notification withLabels(Notification told) throws RenderException {
    Map<String, String> expanded = new LinkedHashMap<>();
    for (Map.Entry<String, String> label : told.routeLabels().entrySet()) {
      expanded.put(label.getKey(), templates.text(label.getValue(), told));
    }
    return told.withRouteLabels(expanded);
  }

  private Payload render(Notification told, Integration integration, String attemptId)
      throws RenderException {
    return switch (integration) {
      case Integration.Webhook webhook -> {
        byte[] body =
            webhook.payload().isEmpty()
                ? WebhookBody.of(told)
                : templates.text(webhook.payload(), told).getBytes(StandardCharsets.UTF_8);
        // Only a URL that says something of the alerts must be fixed now; others stay out of the
        // log, for they may carry secrets.
        yield webhook.url() instanceof SecretSource.Inline(var url) && url.reveal().contains("{{")
            ? new Payload(List.of(templates.text(url.reveal(), told)), body)
            : new Payload(List.of(), body);
      }
      case Integration.Email email ->
          new MailComposer(templates, messageIdHost, alone.isEmpty() ? "" : "[DEGRADED] ")
              .compose(email, told, attemptId);
      case Integration.Unsent unsent ->
          throw new RenderException(unsent.kind() + " is not sent yet by this version");
    };
  }
}
