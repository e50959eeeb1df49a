package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Destination;
import io.trivigil.model.metric.Metrics;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The dispatcher's own metrics, under upstream's names.
final class DispatchMetrics {
  private static final double[] LATENCY = {1, 5, 10, 15, 20};
  private static final List<String> INTEGRATIONS = List.of("email", "webhook");
  private static final List<String> REASONS =
      List.of("clientError", "serverError", "contextCanceled", "contextDeadlineExceeded", "other");
  private final Metrics metrics;
  private final AtomicInteger inFlight = new AtomicInteger();

  /// Everything is there from the start, so that a first failure is an increase.
  DispatchMetrics(Metrics metrics) {
    this.metrics = metrics;
    metrics.gauge(
        "trivigil_alertmanager_requests_in_flight",
        "Notification requests that this node is making now.",
        inFlight::get);
    repeatedCounter();
    takenOverCounter();
    withheldCounter();
    for (String integration : INTEGRATIONS) {
      notifiedCounter(integration);
      REASONS.forEach(reason -> failedCounter(integration, reason));
    }
  }

  void notified(String integration) {
    notifiedCounter(integration).inc();
  }

  private Metrics.Counter notifiedCounter(String integration) {
    return metrics.counter(
        "alertmanager_notifications_total",
        "The total number of attempted notifications.",
        "integration",
        integration);
  }

  void failed(String integration, String reason) {
    failedCounter(integration, reason).inc();
  }

  private Metrics.Counter failedCounter(String integration, String reason) {
    return metrics.counter(
        "alertmanager_notifications_failed_total",
        "The total number of failed notifications.",
        "integration",
        integration,
        "reason",
        reason);
  }

  /// A request begins.
  void begun() {
    inFlight.incrementAndGet();
  }

  /// A try ended: `delivered`, `failed`, `retry` or `not_written`.
  void ended(Destination destination, String outcome) {
    inFlight.decrementAndGet();
    outcome(destination, outcome);
  }

  /// An attempt was given up without a request of ours: `superseded` or `failed`.
  void outcome(Destination destination, String outcome) {
    metrics
        .counter(
            "trivigil_alertmanager_attempt_outcomes_total",
            "How tries of notifications ended, by receiver.",
            "receiver",
            destination.receiver(),
            "integration",
            destination.integration(),
            "outcome",
            outcome)
        .inc();
  }

  /// An attempt of another node, or of an earlier term, is taken over after its lease.
  void takenOver() {
    takenOverCounter().inc();
  }

  private Metrics.Counter takenOverCounter() {
    return metrics.counter(
        "trivigil_alertmanager_attempts_taken_over_total",
        "Attempts whose sender did not say how they ended, taken over once their lease was over.");
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
    repeatedCounter().inc();
  }

  private Metrics.Counter repeatedCounter() {
    return metrics.counter(
        "trivigil_alertmanager_attempts_repeated_total",
        "Tries of an attempt after the first one.");
  }

  void withheld() {
    withheldCounter().inc();
  }

  private Metrics.Counter withheldCounter() {
    return metrics.counter(
        "trivigil_heartbeats_withheld_total",
        "Intervals in which the heartbeat was held back, because the cluster could not alert.");
  }
}
