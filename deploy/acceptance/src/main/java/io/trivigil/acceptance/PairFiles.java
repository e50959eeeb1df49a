package io.trivigil.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The operator's files with what has to differ on a test machine, each difference named. A
/// replacement that finds nothing is an error: then the files have changed and the run would not be
/// what it says.
final class PairFiles {
  private final Path source;
  private final Path target;
  private final List<String> differences = new ArrayList<>();

  PairFiles(Path source, Path target) {
    this.source = source;
    this.target = target;
  }

  /// Where the real things listen on this machine.
  record Ports(int node, int mysql, int redis, int backend, int webhook, int smtp) {}

  List<String> differences() {
    return List.copyOf(differences);
  }

  void write(Ports ports, Timing timing, List<String> monitors) throws IOException {
    Files.createDirectories(target);
    String prometheus = Files.readString(source.resolve("prometheus.yml"));
    prometheus = replace(prometheus, "154.37.214.191:9100", "127.0.0.1:" + ports.node());
    prometheus = replace(prometheus, "154.37.214.191:9104", "127.0.0.1:" + ports.mysql());
    prometheus = replace(prometheus, "154.37.214.191:9121", "127.0.0.1:" + ports.redis());
    prometheus = replace(prometheus, "154.37.214.191:8080", "127.0.0.1:" + ports.backend());
    prometheus =
        replace(prometheus, "scrape_interval: 15s", "scrape_interval: " + timing.scrape() + "s");
    prometheus =
        replace(
            prometheus,
            "evaluation_interval: 15s",
            "evaluation_interval: " + timing.evaluation() + "s");
    prometheus +=
        added(
            "prometheus.yml: job trivigil, the monitor itself",
            """

          - job_name: 'trivigil'
            static_configs:
              - targets: [%s]
        """
                .formatted(String.join(", ", monitors.stream().map(m -> "'" + m + "'").toList())));
    Files.writeString(target.resolve("prometheus.yml"), prometheus);

    String alerts = Files.readString(source.resolve("alerts.yml"));
    alerts = replace(alerts, "interval: 30s", "interval: " + timing.evaluation() + "s");
    alerts = replace(alerts, "for: 1m\n", "for: " + timing.hold() + "s\n");
    Files.writeString(target.resolve("alerts.yml"), alerts);

    String alertmanager = Files.readString(source.resolve("alertmanager.yml"));
    alertmanager = replace(alertmanager, "smtp.qq.com:587", "127.0.0.1:" + ports.smtp());
    alertmanager =
        replace(
            alertmanager,
            "  smtp_require_tls: true\n",
            "  smtp_require_tls: true\n  smtp_tls_config:\n    insecure_skip_verify: true\n");
    alertmanager =
        replace(alertmanager, "group_wait: 30s", "group_wait: " + timing.groupWait() + "s");
    alertmanager =
        replace(
            alertmanager, "group_interval: 5m", "group_interval: " + timing.groupInterval() + "s");
    alertmanager =
        replace(
            alertmanager,
            "    email_configs:\n      - to: 'admin@yourdomain.com'\n",
            "    webhook_configs:\n"
                + "      - url: 'http://127.0.0.1:%d/hook'\n".formatted(ports.webhook())
                + "        send_resolved: true\n"
                + "    email_configs:\n"
                + "      - to: 'admin@yourdomain.com'\n"
                + "        send_resolved: true\n");
    Files.writeString(target.resolve("alertmanager.yml"), alertmanager);
  }

  private String replace(String text, String from, String to) {
    if (!text.contains(from)) {
      throw new IllegalStateException(
          "the operator's files have changed: expected to find " + from);
    }
    differences.add(
        from.strip().lines().findFirst().orElse("") + " -> " + to.strip().replaceAll("\\s+", " "));
    return text.replace(from, to);
  }

  private String added(String what, String text) {
    differences.add("added, " + what);
    return text;
  }
}
