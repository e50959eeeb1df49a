package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.model.Regex;
import java.nio.charset.StandardCharsets;

/// The body of a webhook, version 4, with the key order of Go's structs.
final class WebhookBody {
  private WebhookBody() {}

  static byte[] of(Notification told) {
    GoJson json = new GoJson();
    json.open('{');
    json.field("receiver", Regex.quote(told.receiver()));
    json.field("status", told.status());
    json.key("alerts").open('[');
    for (Alert alert : told.alerts()) {
      json.next();
      boolean ended = told.hasEnded(alert);
      json.open('{');
      json.field("status", ended ? "resolved" : "firing");
      json.field("labels", alert.labels().toMap());
      json.field("annotations", alert.annotations().toMap());
      json.field("startsAt", GoJson.time(alert.startsMs()));
      json.field("endsAt", GoJson.time(ended ? alert.endsMs() : 0));
      json.field("generatorURL", alert.generatorUrl());
      json.field("fingerprint", Fingerprint.text(alert.fingerprint()));
      json.close('}');
    }
    json.close(']');
    json.field("notification_reason", told.reason());
    json.field("groupLabels", told.groupLabels().toMap());
    json.field("commonLabels", told.commonLabels().toMap());
    json.field("commonAnnotations", told.commonAnnotations().toMap());
    json.field("routeLabels", told.routeLabels());
    json.field("externalURL", told.externalUrl());
    json.field("version", "4");
    json.field("groupKey", told.groupKey());
    json.field("truncatedAlerts", told.truncated());
    json.close('}');
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
