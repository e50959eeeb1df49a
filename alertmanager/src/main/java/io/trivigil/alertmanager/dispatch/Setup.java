package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;

/// A configuration together with what was made of it. A new one is made for each configuration
/// version; the dispatcher takes it up at its next look.
///
/// @param config what the file says
/// @param renderer its templates, compiled
public record Setup(AlertmanagerConfig config, Renderer renderer) {}
