package io.trivigil.node;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.config.Problem;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.scraper.config.PrometheusConfig;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// One version of the configuration, read and checked. Immutable.
///
/// @param number its version, 0 before it has one
/// @param bundle everything that it was read from
/// @param prometheus what `prometheus.yml` says
/// @param prometheusText its text
/// @param groups all rule groups, in the order of their files
/// @param alertmanager what `alertmanager.yml` says; empty where there is none
/// @param templates the texts of the alertmanager's template files by path
/// @param warnings what loads, but should be seen
public record LoadedConfig(
    long number,
    ConfigBundle bundle,
    PrometheusConfig prometheus,
    String prometheusText,
    List<RuleGroup> groups,
    Optional<AlertmanagerConfig> alertmanager,
    SortedMap<String, String> templates,
    List<Problem> warnings) {
  public LoadedConfig {
    groups = List.copyOf(groups);
    warnings = List.copyOf(warnings);
  }

  LoadedConfig withNumber(long version) {
    return new LoadedConfig(
        version, bundle, prometheus, prometheusText, groups, alertmanager, templates, warnings);
  }
}
