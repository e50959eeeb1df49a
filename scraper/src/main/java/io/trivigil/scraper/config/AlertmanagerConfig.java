package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.scraper.relabel.NameScheme;
import io.trivigil.scraper.relabel.RelabelRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// One entry of `alerting.alertmanagers`: where alerts are sent to.
public record AlertmanagerConfig(
    HttpConfig http,
    Duration timeout,
    String pathPrefix,
    String scheme,
    List<DiscoveryConfig> discovery,
    List<RelabelRule> relabel,
    List<RelabelRule> alertRelabel) {
  public AlertmanagerConfig {
    discovery = List.copyOf(discovery);
    relabel = List.copyOf(relabel);
    alertRelabel = List.copyOf(alertRelabel);
  }

  static AlertmanagerConfig read(YamlMap map, Path folder, NameScheme names) {
    map.accept("sigv4");
    String version = map.string("api_version", "v2");
    if (!version.equals("v2")) {
      map.problem(
          "api_version", "expected Alertmanager api version to be one of [v2] but got " + version);
    }
    return new AlertmanagerConfig(
        HttpConfig.read(map, folder),
        map.duration("timeout", Duration.ofSeconds(10)),
        map.string("path_prefix", ""),
        map.string("scheme", "http"),
        DiscoveryReader.readAll(map, folder),
        Sections.relabel(
            map, "relabel_configs", "empty or null Alertmanager target relabeling rule", names),
        Sections.relabel(
            map,
            "alert_relabel_configs",
            "empty or null Alertmanager alert relabeling rule",
            names));
  }
}
