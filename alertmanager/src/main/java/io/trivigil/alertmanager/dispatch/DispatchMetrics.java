package io.trivigil.alertmanager.dispatch;

import io.trivigil.model.metric.Metrics;

/// The dispatcher's own metrics, under upstream's names.
final class DispatchMetrics {
  private static final double[] LATENCY = {1, 5, 10, 15, 20};
  private final Metrics metrics;

  DispatchMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  void notified(String integration) {
    metrics
        .counter(
            "alertmanager_notifications_total",
            "The total number of attempted notifications.",
            "integration",
            integration)
        .inc();
  }

  void failed(String integration, String reason) {
    metrics
        .counter(
            "alertmanager_notifications_failed_total",
            "The total number of failed notifications.",
            "integration",
            integration,
            "reason",
            reason)
        .inc();
  }

  void requested(String integration, double seconds, boolean failed) {
    metrics
        .counter(
            "alertmanager_notification_requests_total",
            "The total number of attempted notification requests.",
            "integration",
            integration)
        .inc();
    if (failed) {
      metrics
          .counter(
              "alertmanager_notification_requests_failed_total",
              "The total number of failed notification requests.",
              "integration",
              integration)
          .inc();
    }
    metrics
        .histogram(
            "alertmanager_notification_latency_seconds",
            "The latency of notifications in seconds.",
            LATENCY,
            "integration",
            integration)
        .observe(seconds);
  }

  void repeated() {
    metrics
        .counter(
            "trivigil_alertmanager_attempts_repeated_total",
            "Tries of an attempt after the first one.")
        .inc();
  }
}
