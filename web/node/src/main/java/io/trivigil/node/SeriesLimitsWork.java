package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.SeriesLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's limits on series, put into the log where they differ from what it says, so that all
/// nodes judge alike. Called by the leadership's thread alone.
final class SeriesLimitsWork implements LeaderWork.Work, AutoCloseable {
  /// From one look to the next: a feature level may rise, and a proposal may be lost.
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(SeriesLimitsWork.class);

  private final SeriesLimits limits;
  private final SeriesGuard guard;
  private final ConfigMachine config;
  private final Proposals proposals;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("series-limits").daemon().factory());
  private @Nullable ScheduledFuture<?> running;

  /// @param limits what this node was told at its start
  SeriesLimitsWork(SeriesLimits limits, NodeMachine machine, Proposals proposals, Metrics metrics) {
    this.limits = limits;
    this.guard = machine.seriesGuard();
    this.config = machine.config();
    this.proposals = proposals;
    gauge(metrics, "total", SeriesLimits::total);
    gauge(metrics, "metric", SeriesLimits::perMetric);
    gauge(metrics, "job", SeriesLimits::perJob);
  }

  private void gauge(Metrics metrics, String scope, ToDoubleFunction<SeriesLimits> limit) {
    metrics.gauge(
        "trivigil_storage_series_limit",
        "The most live series of the store, of each metric, of each job; 0 for no limit.",
        () -> limit.applyAsDouble(guard.inForce()),
        "scope",
        scope);
  }

  @Override
  public void start(long term) {
    running =
        thread.scheduleWithFixedDelay(
            () -> propose(term), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void propose(long term) {
    wanted().ifPresent(command -> propose(term, command));
  }

  private void propose(long term, WriteCommand.Limits command) {
    var _ =
        proposals
            .writeAsLeader(term, command)
            .thenAccept(
                outcome -> {
                  if (outcome instanceof WriteOutcome.Answered(long _, WriteAnswer.Written _)) {
                    LOG.info(
                        "limits on series agreed total={} per_metric={} per_job={}",
                        limits.total(),
                        limits.perMetric(),
                        limits.perJob());
                  }
                });
  }

  /// What the log is to be told; empty while it says so already, or some member would not know it.
  Optional<WriteCommand.Limits> wanted() {
    boolean told = guard.agreed().equals(Optional.of(limits));
    return told || !config.view().has(FeatureLevel.TWO)
        ? Optional.empty()
        : Optional.of(new WriteCommand.Limits(limits));
  }

  @Override
  public void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
