package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.SeriesLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's limits on series, and the window for samples out of order of the configuration in
/// force, put into the log where they differ from what it says, so that all nodes judge alike.
/// Called by the leadership's thread alone.
final class StoreRulesWork extends PeriodicWork {
  /// From one look to the next: a feature level may rise, a configuration may come, and a proposal
  /// may be lost.
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(StoreRulesWork.class);

  private final SeriesLimits limits;
  private final Supplier<Optional<Duration>> window;
  private final StoreRules guard;
  private final ConfigMachine config;
  private final Proposals proposals;

  /// @param limits what this node was told at its start
  /// @param window what the configuration in force says, 0 for none; empty before there is one
  StoreRulesWork(
      SeriesLimits limits,
      Supplier<Optional<Duration>> window,
      NodeMachine machine,
      Proposals proposals,
      Metrics metrics) {
    super("store-rules", Duration.ZERO, PERIOD);
    this.limits = limits;
    this.window = window;
    this.guard = machine.storeRules();
    this.config = machine.config();
    this.proposals = proposals;
    gauge(metrics, "total", SeriesLimits::total);
    gauge(metrics, "metric", SeriesLimits::perMetric);
    gauge(metrics, "job", SeriesLimits::perJob);
    metrics.gauge(
        "trivigil_storage_out_of_order_time_window_seconds",
        "How far a sample out of order may be behind the newest one; 0 if it may not.",
        () -> guard.windowMs() / 1e3);
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
  void turn(long term) {
    wanted().forEach(command -> propose(term, command));
  }

  private void propose(long term, WriteCommand command) {
    var _ =
        proposals
            .writeAsLeader(term, command)
            .thenAccept(
                outcome -> {
                  if (outcome instanceof WriteOutcome.Answered(long _, WriteAnswer.Written _)) {
                    LOG.info("rules for samples agreed rules={}", command);
                  }
                });
  }

  /// What the log is to be told; empty while it says so already, or some member would not know it.
  List<WriteCommand> wanted() {
    List<WriteCommand> wanted = new ArrayList<>(2);
    if (config.view().has(FeatureLevel.THREE)) {
      if (!guard.agreed().equals(Optional.of(limits))) {
        wanted.add(new WriteCommand.Limits(limits));
      }
      window
          .get()
          .map(Duration::toMillis)
          .filter(windowMs -> windowMs != guard.windowMs())
          .ifPresent(windowMs -> wanted.add(new WriteCommand.Window(windowMs)));
    }
    return wanted;
  }
}
