package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.model.metric.Metrics;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// What is measured of the configuration. Changed by the configuration's thread, read from any.
final class ConfigMetrics {
  private static final String DRIFT = "trivigil_config_drift";

  private final Metrics metrics;
  private final Supplier<Configs.Status> status;
  private final Set<String> shown = new TreeSet<>();
  private volatile boolean lastSuccessful = true;
  private volatile long lastSuccessMs;

  ConfigMetrics(
      Metrics metrics, Supplier<Configs.Status> status, ConfigMachine machine, int maxBundleBytes) {
    this.metrics = metrics;
    this.status = status;
    for (String program : new String[] {"prometheus", "alertmanager"}) {
      metrics.gauge(
          program + "_config_last_reload_successful",
          "Whether the last configuration reload attempt was successful.",
          () -> lastSuccessful ? 1 : 0);
      metrics.gauge(
          program + "_config_last_reload_success_timestamp_seconds",
          "Timestamp of the last successful configuration reload.",
          () -> lastSuccessMs / 1000.0);
    }
    metrics.gauge(
        "trivigil_config_version",
        "The configuration version in force on this node.",
        () -> (double) status.get().active().map(LoadedConfig::number).orElse(0L));
    metrics.gauge(
        "trivigil_config_drifting_members",
        "Members whose files differ from the version in force.",
        () -> status.get().drifting().size());
    metrics.gauge(
        "trivigil_config_versions_kept",
        "Configuration versions that are kept in the log's state.",
        () -> machine.view().versions().size());
    metrics.gauge(
        "trivigil_config_versions_kept_limit",
        "How many configuration versions are kept at most.",
        () -> ConfigMachine.KEPT_VERSIONS);
    metrics.gauge(
        "trivigil_config_versions_kept_bytes",
        "Bytes of the configuration versions that are kept.",
        () -> (double) machine.view().sealedBytes());
    metrics.gauge(
        "trivigil_config_versions_kept_bytes_limit",
        "How many bytes of configuration versions are kept at most.",
        () -> ConfigMachine.KEPT_BYTES);
    metrics.gauge(
        "trivigil_config_bundle_bytes_limit",
        "How many bytes all files of one configuration version may have.",
        () -> maxBundleBytes);
    metrics.gauge(
        "trivigil_feature_level",
        "The feature level that the cluster works at.",
        () -> machine.view().featureLevel());
  }

  /// An attempt to reload has ended.
  void reloaded(boolean successful) {
    lastSuccessful = successful;
  }

  /// A configuration came into force here.
  void activated(long nowMs) {
    lastSuccessful = true;
    lastSuccessMs = nowMs;
  }

  /// The members, or what they report, may have changed.
  void membersChanged() {
    Set<String> members = new TreeSet<>(status.get().reports().keySet());
    for (String gone : shown) {
      if (!members.contains(gone)) {
        metrics.remove(DRIFT, "node", gone);
      }
    }
    for (String node : members) {
      if (!shown.contains(node)) {
        metrics.gauge(
            DRIFT,
            "Whether the files of a member differ from the configuration version in force.",
            () -> status.get().drifting().contains(node) ? 1 : 0,
            "node",
            node);
      }
    }
    shown.clear();
    shown.addAll(members);
  }
}
