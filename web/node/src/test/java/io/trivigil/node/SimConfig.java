package io.trivigil.node;

import io.trivigil.config.ConfigException;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.query.PromqlExpressions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The configuration of simulated nights, parsed once. Odd and even versions differ in a recording
/// rule alone, so that a new version restarts the loops and moves nothing else.
final class SimConfig {
  /// How long a new group waits for more alerts.
  static final long GROUP_WAIT_MS = 3_000;

  /// From one flush of a group to the next.
  static final long GROUP_INTERVAL_MS = 5_000;

  /// After how long the same is said again.
  static final long REPEAT_MS = 60_000;

  /// How long `broken` lasts before it is told.
  static final long FOR_MS = 4_000;

  private static final String PROMETHEUS =
      """
      global:
        scrape_interval: 2s
        scrape_timeout: 1s
        evaluation_interval: 2s
      rule_files: ['rules.yml']
      scrape_configs:
        - job_name: pair
          static_configs:
            - targets: ['a:1', 'b:1', 'c:1']
      """;

  private static final String RULES =
      """
      groups:
        - name: records
          rules:
            - record: job:requests:sum%s
              expr: sum by (job) (requests_total)
        - name: alerts
          rules:
            - alert: Broken
              expr: broken == 1
              for: 4s
              labels: {severity: page}
              annotations: {summary: '{{ $labels.instance }} is broken'}
            - alert: Sick
              expr: sick == 1
              labels: {severity: low}
            - alert: Quiet
              expr: quiet == 1
              labels: {severity: low}
      """;

  private static final String ALERTMANAGER =
      """
      route:
        receiver: low
        group_by: [instance]
        group_wait: 3s
        group_interval: 5s
        repeat_interval: 1m
        routes:
          - matchers: ['severity="page"']
            receiver: pager
            group_by: [alertname]
      inhibit_rules:
        - source_matchers: ['severity="page"']
          target_matchers: ['alertname="Sick"']
          equal: [instance]
      receivers:
        - name: pager
          webhook_configs:
            - {url: 'http://pager.example/', timeout: 2s}
            - {url: 'http://backup.example/', timeout: 2s}
        - name: low
          webhook_configs:
            - {url: 'http://low.example/', timeout: 2s}
      """;

  private final Engine engine = new Engine(EngineOptions.defaults());
  private final PromqlExpressions expressions = new PromqlExpressions(engine, () -> 0L);
  private final List<LoadedConfig> versions;

  SimConfig() {
    versions = List.of(load(""), load(":again"));
  }

  private LoadedConfig load(String suffix) {
    Map<String, String> files =
        Map.of(
            "prometheus.yml",
            PROMETHEUS,
            "rules.yml",
            RULES.formatted(suffix),
            "alertmanager.yml",
            ALERTMANAGER);
    ConfigBundle.Source source =
        new ConfigBundle.Source() {
          @Override
          public Optional<String> file(String path) {
            return Optional.ofNullable(files.get(path));
          }

          @Override
          public List<String> glob(String pattern) {
            return List.of(pattern);
          }

          @Override
          public Optional<String> variable(String name) {
            return Optional.empty();
          }
        };
    try {
      return new ConfigLoader(expressions)
          .load(source, "prometheus.yml", Optional.of("alertmanager.yml"));
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What a version says.
  LoadedConfig version(long number) {
    return versions.get((int) (number % versions.size())).withNumber(number);
  }

  PromqlExpressions expressions() {
    return expressions;
  }
}
