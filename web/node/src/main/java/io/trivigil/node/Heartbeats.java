package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.Heartbeat;
import io.trivigil.config.ConfigException;
import io.trivigil.config.Position;
import io.trivigil.config.Problems;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.model.metric.Metrics;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RulesMachine;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Joins the dead man's switch to the node: checks its receiver, and knows whether rules are
/// evaluated in time. Thread-safe.
final class Heartbeats {
  /// A group whose newest run is older than this many of its intervals is late.
  static final int LATE_INTERVALS = 3;

  /// ... and this much more, ms: a leader that was just elected is not late.
  static final long LATE_GRACE_MS = 10_000;

  private final Optional<HeartbeatOptions> options;
  private final String cluster;
  private final RulesMachine rules;
  private final InstantSource clock;

  Heartbeats(
      Optional<HeartbeatOptions> options,
      String cluster,
      RulesMachine rules,
      InstantSource clock,
      Metrics metrics) {
    this.options = options;
    this.cluster = cluster;
    this.rules = rules;
    this.clock = clock;
    metrics.gauge(
        "trivigil_heartbeat_interval_seconds",
        "How often a heartbeat is to be sent; 0 where none is.",
        () -> this.options.map(o -> o.interval().toMillis() / 1000.0).orElse(0.0));
  }

  /// Refuses a receiver that the configuration does not know.
  ///
  /// @param found the configuration of this machine's files
  /// @throws ConfigException which names the flag and the receivers that there are
  void check(LoadedConfig found) throws ConfigException {
    if (options.isEmpty()) {
      return;
    }
    List<String> known =
        found.alertmanager().map(a -> List.copyOf(a.receivers().keySet())).orElse(List.of());
    if (!known.contains(options.get().receiver())) {
      Problems problems = new Problems();
      problems.add(
          Position.of("--alerting.heartbeat.receiver"),
          "no receiver %s in the alertmanager's configuration; there are: %s"
              .formatted(
                  Names.quote(options.get().receiver()),
                  known.isEmpty() ? "none" : String.join(", ", known)));
      problems.throwIfAny();
    }
  }

  /// The switch under this configuration.
  Optional<Heartbeat> under(LoadedConfig config) {
    long activatedMs = clock.millis();
    return options.map(
        o ->
            new Heartbeat(
                o.receiver(),
                o.interval(),
                Labels.of("cluster", cluster),
                () -> late(config.groups(), activatedMs)));
  }

  /// Says which group is late, if one is.
  Optional<String> late(List<RuleGroup> groups, long activatedMs) {
    long nowMs = clock.millis();
    for (RuleGroup group : groups) {
      long ranMs = rules.group(group.key()).map(GroupState::slotMs).orElse(0L);
      long limitMs = LATE_INTERVALS * group.intervalMs() + LATE_GRACE_MS;
      if (nowMs - Math.max(ranMs, activatedMs) > limitMs) {
        return Optional.of(
            "rule group is late: group=%s last_ms=%d".formatted(group.key().name(), ranMs));
      }
    }
    return Optional.empty();
  }
}
