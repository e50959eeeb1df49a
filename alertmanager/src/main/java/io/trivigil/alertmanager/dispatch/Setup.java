package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import java.util.Optional;

/// A configuration together with what was made of it. A new one is made for each configuration
/// version; the dispatcher takes it up at its next look.
///
/// @param config what the file says
/// @param renderer its templates, compiled
/// @param heartbeat the dead man's switch, if there is one
public record Setup(AlertmanagerConfig config, Renderer renderer, Optional<Heartbeat> heartbeat) {
  /// Without a heartbeat.
  public Setup(AlertmanagerConfig config, Renderer renderer) {
    this(config, renderer, Optional.empty());
  }
}
