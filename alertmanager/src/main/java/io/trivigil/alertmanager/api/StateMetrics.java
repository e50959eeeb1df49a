package io.trivigil.alertmanager.api;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.Heartbeat;
import io.trivigil.alertmanager.dispatch.SilenceMatchers;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.metric.Metrics;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// The gauges that are read off the replicated state, under upstream's names, and the limits of the
/// state beside what fills them. Thread-safe.
public final class StateMetrics {
  private final Metrics metrics;
  private final Supplier<StateView> state;
  private final Supplier<AlertmanagerConfig> config;
  private final InstantSource clock;
  private final SilenceMatchers matchers = new SilenceMatchers();
  // One that was given up hides the one before.
  private final AtomicLong newest = new AtomicLong();

  private StateMetrics(
      Metrics metrics,
      Supplier<StateView> state,
      Supplier<AlertmanagerConfig> config,
      InstantSource clock) {
    this.metrics = metrics;
    this.state = state;
    this.config = config;
    this.clock = clock;
  }

  /// Registers all of them.
  public static void register(
      Metrics metrics,
      Supplier<StateView> state,
      Supplier<AlertmanagerConfig> config,
      InstantSource clock,
      Limits limits) {
    new StateMetrics(metrics, state, config, clock).register(limits);
  }

  private void register(Limits limits) {
    for (AlertView.State shown : AlertView.State.values()) {
      metrics.gauge(
          "alertmanager_alerts",
          "How many alerts by state.",
          () -> alerts(shown),
          "state",
          shown.text());
    }
    for (Silence.State shown : Silence.State.values()) {
      metrics.gauge(
          "alertmanager_silences",
          "How many silences by state.",
          () -> silences(shown),
          "state",
          shown.name().toLowerCase(java.util.Locale.ROOT));
    }
    gauge(
        "alertmanager_dispatcher_aggregation_groups",
        "Number of active aggregation groups",
        () -> state.get().groups().size());
    gauge(
        "alertmanager_nflog_entries",
        "Entries of the notification log",
        () -> state.get().log().size());
    gauge(
        "trivigil_alertmanager_attempts_open",
        "Attempts whose outcome is open",
        () -> state.get().attempts().size());
    gauge(
        "trivigil_alertmanager_attempts_leased",
        "Open attempts that some node may be sending",
        () -> (int) state.get().attempts().values().stream().filter(a -> a.isLeased()).count());
    metrics.gauge(
        "trivigil_heartbeat_last_sent_timestamp_seconds",
        "When the newest heartbeat was due that was sent; 0 for never",
        () -> newest.accumulateAndGet(Heartbeat.lastSentMs(state.get()), Math::max) / 1000.0);
    gauge(
        "trivigil_alertmanager_history_lines",
        "Lines of alert history",
        () -> state.get().history().size());
    gauge("trivigil_alertmanager_alerts_limit", "Alerts that may be known at once", limits::alerts);
    gauge("trivigil_alertmanager_silences_limit", "Silences that may be kept", limits::silences);
    gauge("trivigil_alertmanager_attempts_limit", "Attempts that may be open", limits::attempts);
    gauge("trivigil_alertmanager_history_limit", "Lines of history that are kept", limits::history);
  }

  private void gauge(String name, String help, java.util.function.IntSupplier value) {
    metrics.gauge(name, help, value::getAsInt);
  }

  private double alerts(AlertView.State wanted) {
    return (double)
        new AlertViews(state.get(), config.get(), matchers, clock.millis())
            .alerts(AlertFilter.ALL).stream().filter(view -> view.state() == wanted).count();
  }

  private double silences(Silence.State wanted) {
    StateView now = state.get();
    long nowMs = Math.max(clock.millis(), now.logTimeMs());
    return (double)
        now.silences().values().stream().filter(s -> s.stateAt(nowMs) == wanted).count();
  }

  /// Counts a batch that was posted to the API.
  public static void received(Metrics metrics, AlertPosts.Result result) {
    count(metrics, "firing", result.firing());
    count(metrics, "resolved", result.resolved());
    metrics
        .counter(
            "alertmanager_alerts_invalid_total",
            "The total number of received alerts that were invalid.",
            "version",
            "v2")
        .add(result.problems().size());
  }

  private static void count(Metrics metrics, String status, int count) {
    metrics
        .counter(
            "alertmanager_alerts_received_total",
            "The total number of received alerts.",
            "status",
            status,
            "version",
            "v2")
        .add(count);
  }
}
