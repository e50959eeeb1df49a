package io.trivigil.web;

/// What this program calls itself. Grafana and amtool want numbers of the systems that they know.
public final class Version {
  /// Trivigil's own.
  public static final String TRIVIGIL = "0.1.0";

  /// The Prometheus whose API is served.
  public static final String PROMETHEUS = "3.5.0";

  /// The Alertmanager whose API is served.
  public static final String ALERTMANAGER = "0.28.0";

  private Version() {}
}
