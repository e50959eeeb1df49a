package io.trivigil.alertmanager.config;

import java.util.List;

/// Whom to tell, and how. One without integrations is a place where alerts end silently.
public record Receiver(String name, List<Integration> integrations) {
  public Receiver {
    integrations = List.copyOf(integrations);
  }
}
