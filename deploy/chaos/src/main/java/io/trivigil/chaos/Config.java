package io.trivigil.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// The files that the nodes are given. All waiting times are short, so that a run sees many.
final class Config {
  static final long SCRAPE_MS = 1_000;
  static final long HOLD_MS = 2_000; // `for`
  static final long EVALUATION_MS = 1_000;
  static final long GROUP_WAIT_MS = 2_000;
  static final long GROUP_INTERVAL_MS = 5_000;

  private Config() {}

  /// Where everything stands.
  ///
  /// @param alarms host:port of the target that drives alerts
  /// @param node host:port of a real node_exporter; empty if there is none
  /// @param hooks the URL below which receivers listen
  /// @param smtp host:port of the mail server
  record Places(List<String> targets, String alarms, String node, String hooks, String smtp) {}

  static void write(Path directory, Places places) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("prometheus.yml"),
        """
        global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
        rule_files: [%s/rules.yml]
        scrape_configs:
          - job_name: counting
            static_configs: [{ targets: [%s] }]
          - job_name: alarms
            static_configs: [{ targets: ["%s"] }]
        %s"""
            .formatted(
                directory,
                places.targets().stream()
                    .map(target -> '"' + target + '"')
                    .collect(Collectors.joining(", ")),
                places.alarms(),
                places.node().isEmpty()
                    ? ""
                    : """
                      - job_name: node
                        scrape_interval: 5s
                        static_configs: [{ targets: ["%s"] }]
                    """
                        .formatted(places.node())));
    // A failed scrape between two looks must not end an alert, as in any rule that pages.
    Files.writeString(
        directory.resolve("rules.yml"),
        """
        groups:
          - name: chaos
            rules:
              - { record: "job:sum", expr: "sum by (job) (chaos_scrape)" }
              - alert: ChaosAlarm
                expr: last_over_time(chaos_alarm[1m]) == 1
                for: 2s
                labels: { severity: page }
                annotations: { summary: "alarm {{ $labels.id }}" }
        """);
    Files.writeString(
        directory.resolve("alertmanager.yml"),
        """
        global: { smtp_require_tls: false, smtp_hello: chaos }
        route: { receiver: all, group_by: [alertname, id], group_wait: 2s, group_interval: 5s, repeat_interval: 4h }
        receivers:
          - name: all
            webhook_configs:
              - { url: "%1$s/steady" }
              - { url: "%1$s/shaky" }
            email_configs:
              - { to: operator@example.org, from: chaos@example.org, smarthost: "%2$s", send_resolved: true, headers: { X-Alarm: "{{ .CommonLabels.id }} {{ .Status }}" } }
        """
            .formatted(places.hooks(), places.smtp()));
  }
}
