package io.trivigil.node;

import io.trivigil.config.version.FeatureLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a node deals with its configuration.
///
/// @param keyFiles cluster keys: the first seals configuration in the log, all open it; empty where
///   it travels openly
/// @param autoReload how often files are looked at and reloaded if they changed; empty where a
///   reload must be asked for
/// @param knownLevel the newest feature level that this node admits to know; less than
///   [FeatureLevel#NEWEST] where the cluster is to stay fit for an older version
/// @param programVersion as other members show it
public record ConfigOptions(
    List<Path> keyFiles, Optional<Duration> autoReload, int knownLevel, String programVersion) {
  /// No key, no watch, every level.
  public static final ConfigOptions DEFAULT =
      new ConfigOptions(List.of(), Optional.empty(), FeatureLevel.NEWEST.number(), "");

  /// How often files are looked at where nothing is reloaded by itself, only to show drift.
  public static final Duration DRIFT_PERIOD = Duration.ofSeconds(15);

  public ConfigOptions {
    keyFiles = List.copyOf(keyFiles);
    if (knownLevel < 1 || knownLevel > FeatureLevel.NEWEST.number()) {
      throw new IllegalArgumentException(
          "feature level: expected=1…%d found=%d"
              .formatted(FeatureLevel.NEWEST.number(), knownLevel));
    }
    if (autoReload.map(period -> period.isNegative() || period.isZero()).orElse(false)) {
      throw new IllegalArgumentException(
          "the interval of automatic reloads must be above 0: " + autoReload.get());
    }
  }

  /// How often files are looked at.
  Duration lookPeriod() {
    return autoReload.orElse(DRIFT_PERIOD);
  }
}
