package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Action;
import io.trivigil.alertmanager.dispatch.Grouping;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.alertmanager.state.Phase;
import io.trivigil.config.ConfigException;
import io.trivigil.model.Labels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Notifications and integrations for tests.
final class Fixtures {
  static final long NOW_MS = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

  private Fixtures() {}

  static Alert alert(long endsMs, Labels labels, Labels annotations) {
    return new Alert(
        Fingerprint.of(labels),
        labels,
        annotations,
        Instant.parse("2026-03-01T11:58:00.250Z").toEpochMilli(),
        endsMs,
        "http://n1:9090/graph?g0.expr=up&g0.tab=1",
        false,
        0,
        0,
        1,
        Phase.ACTIVE);
  }

  static Notification notification(Alert... alerts) {
    return new Notification(
        "team.a",
        "{}:{alertname=\"Down\"}",
        Labels.of("alertname", "Down"),
        Map.of("tier", "1"),
        List.of(alerts),
        "first notification",
        "http://am.example",
        NOW_MS,
        0);
  }

  static Alert down() {
    return alert(
        NOW_MS + 1000,
        Labels.of("alertname", "Down", "instance", "db1", "severity", "critical"),
        Labels.of("description", "主库 <down> & out", "summary", "db1 is down"));
  }

  static Alert ended() {
    return alert(
        NOW_MS - 500,
        Labels.of("alertname", "Down", "instance", "db0", "severity", "critical"),
        Labels.of("summary", "db0 is down"));
  }

  /// What a receiver gets of one firing alert, as text.
  static String rendered(NotificationRenderer renderer, String yaml) throws Exception {
    Alert alert = down();
    Grouping.Group group =
        new Grouping(config(yaml).route()).group(List.of(alert)).values().iterator().next();
    Integration integration = integration(yaml);
    Action.Need need =
        new Action.Need(
            integration,
            new Destination(group.stateKey(), "r", "webhook", 0),
            0,
            Hashes.of(List.of(alert.fingerprint())),
            Hashes.NONE,
            List.of(alert),
            Action.Reason.FIRST,
            Command.AttemptPlan.Mode.SEND,
            NOW_MS + 1000,
            NOW_MS + 9000);
    Command.Flush flush =
        new Command.Flush(group.stateKey(), 0, NOW_MS, NOW_MS, 1, NOW_MS + 500, true, List.of());
    Payload payload =
        renderer.render(
            new Action.Notify(group, flush, List.of(need)), need, "abc123", NOW_MS, 1 << 20);
    return new String(payload.body(), StandardCharsets.UTF_8);
  }

  static Integration integration(String yaml) throws ConfigException {
    return config(yaml).receiver("r").integrations().getFirst();
  }

  private static AlertmanagerConfig config(String yaml) throws ConfigException {
    String file =
        """
        global: {smtp_smarthost: 'localhost:25', smtp_from: 'am@example.org', smtp_require_tls: false}
        route: {receiver: r}
        receivers:
          - name: r
        """
            + yaml.indent(4);
    return AlertmanagerConfig.parse("t.yml", file, Path.of("/"));
  }

  static Attempt attempt(String id, Payload payload) {
    return new Attempt(
        id,
        new Destination("{}:{}", "r", "email", 0),
        payload,
        Hashes.NONE,
        Hashes.NONE,
        NOW_MS,
        NOW_MS,
        1,
        "n1",
        1,
        NOW_MS,
        0,
        "");
  }
}
