package io.trivigil.alertmanager.config;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.SecretSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads receivers: what is sent in full, what is not sent yet with the same care, so that a file
/// that upstream refuses is refused here too.
final class ReceiverReader {
  static final String SLACK_APP_URL = "https://slack.com/api/chat.postMessage";

  /// In the order in which upstream makes integrations of them.
  private static final List<String> KINDS =
      List.of(
          "webhook",
          "email",
          "pagerduty",
          "opsgenie",
          "wechat",
          "slack",
          "victorops",
          "pushover",
          "sns",
          "telegram",
          "discord",
          "webex",
          "msteams",
          "msteamsv2",
          "jira",
          "incidentio",
          "rocketchat",
          "mattermost");

  private final Globals globals;
  private final Path folder;
  private final Problems problems;

  ReceiverReader(Globals globals, Path folder, Problems problems) {
    this.globals = globals;
    this.folder = folder;
    this.problems = problems;
  }

  Receiver read(YamlMap map) {
    String name = map.string("name", "");
    if (name.isEmpty()) {
      map.problem("name", "missing name in receiver");
    }
    List<Integration> integrations = new ArrayList<>();
    for (String kind : KINDS) {
      int[] index = {0};
      List<Integration> read =
          map.list(kind + "_configs", kind + "_config", f -> integration(kind, f, index[0]++));
      integrations.addAll(read);
      if (!read.isEmpty() && read.getFirst() instanceof Integration.Unsent) {
        problems.warn(
            map.position(kind + "_configs"),
            "receiver %s: %s is read, but not sent yet by this version; each notification will be recorded as failed"
                .formatted(name, kind));
      }
    }
    return new Receiver(name, integrations);
  }

  private Integration integration(String kind, YamlMap map, int index) {
    return switch (kind) {
      case "webhook" -> webhook(map, index);
      case "email" -> new EmailReader(globals, folder).read(map, index);
      default -> {
        UnsentReader.read(kind, map, globals, folder);
        yield new Integration.Unsent(
            kind, index, map.bool("send_resolved", UnsentReader.sendsResolved(kind)));
      }
    };
  }

  private Integration webhook(YamlMap map, int index) {
    Optional<SecretSource> url = SecretSource.read(map, "url", folder);
    if (url.isEmpty()) {
      map.problem("url", "one of url or url_file must be configured");
    }
    if (SecretSource.isTwice(map, "url")) {
      map.problem("url", "at most one of url & url_file must be configured");
    }
    map.string("url").ifPresent(text -> Globals.checkUrl(map, "url", text));
    long maxAlerts = map.integer("max_alerts", 0);
    if (maxAlerts < 0) {
      map.problem("max_alerts", "max_alerts must not be negative");
    }
    return new Integration.Webhook(
        index,
        map.bool("send_resolved", true),
        http(map, globals, folder),
        url.orElse(new SecretSource.InFile("")),
        maxAlerts,
        map.duration("timeout", Duration.ZERO),
        payload(map));
  }

  // A payload is a text, or a tree of texts, which is then the template of a JSON body.
  private static String payload(YamlMap map) {
    return map.value("payload").map(PayloadTemplate::of).orElse("");
  }

  static HttpConfig http(YamlMap map, Globals globals, Path folder) {
    return map.object("http_config", "HTTPClientConfig", fields -> HttpConfig.read(fields, folder))
        .orElse(globals.http());
  }
}
