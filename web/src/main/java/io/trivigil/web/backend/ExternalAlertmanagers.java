package io.trivigil.web.backend;

import io.trivigil.scraper.config.AlertmanagerConfig;
import io.trivigil.scraper.config.DiscoveryConfig;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.config.StaticGroup;
import java.util.ArrayList;
import java.util.List;

/// The alertmanagers that a `prometheus.yml` names. They are listed and not sent to: alerts go to
/// the built-in one.
public final class ExternalAlertmanagers {
  private ExternalAlertmanagers() {}

  /// Where alerts would be posted, in the order of the file; of those that are written there.
  public static List<String> urls(PrometheusConfig config) {
    List<String> urls = new ArrayList<>();
    for (AlertmanagerConfig alertmanager : config.alertmanagers()) {
      for (DiscoveryConfig discovery : alertmanager.discovery()) {
        if (discovery instanceof DiscoveryConfig.Static(List<StaticGroup> groups)) {
          for (StaticGroup group : groups) {
            for (String target : group.targets()) {
              urls.add(
                  "%s://%s%s/api/v2/alerts"
                      .formatted(alertmanager.scheme(), target, alertmanager.pathPrefix()));
            }
          }
        }
      }
    }
    return List.copyOf(urls);
  }
}
