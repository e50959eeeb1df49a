package io.trivigil.node;

import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.rules.eval.GroupEvaluator;
import io.trivigil.rules.eval.RuleLoop;
import io.trivigil.rules.eval.RuleSet;
import io.trivigil.rules.eval.RuleSettings;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.relabel.RelabelRule;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs a [RuleLoop] for each term in which this node leads and each configuration in force.
/// Thread-safe: a private lock guards which loop runs.
final class RuleWork implements LeaderWork.Work {
  private final NodeOptions options;
  private final GroupEvaluator evaluator;
  private final RulesMachine machine;
  private final Proposals proposals;
  private final InstantSource clock;
  private final Workers workers;
  private final Metrics metrics;
  private final Object lock = new Object();
  private @Nullable LoadedConfig config;
  private @Nullable RuleLoop loop;
  private long term;

  RuleWork(
      NodeOptions options,
      GroupEvaluator evaluator,
      RulesMachine machine,
      Proposals proposals,
      InstantSource clock,
      Workers workers,
      Metrics metrics) {
    this.options = options;
    this.evaluator = evaluator;
    this.machine = machine;
    this.proposals = proposals;
    this.clock = clock;
    this.workers = workers;
    this.metrics = metrics;
  }

  /// Switches to a configuration.
  void configure(LoadedConfig next) {
    synchronized (lock) {
      config = next;
      restart();
    }
  }

  @Override
  public void start(long ofTerm) {
    synchronized (lock) {
      term = ofTerm;
      restart();
    }
  }

  @Override
  public void stop() {
    synchronized (lock) {
      term = 0;
      restart();
    }
  }

  private void restart() {
    if (loop != null) {
      loop.close();
      loop = null;
    }
    if (term != 0 && config != null) {
      loop =
          new RuleLoop(
              rules(config),
              evaluator,
              machine,
              proposals.rules(term),
              clock,
              metrics,
              workers,
              RuleLoop.DEFAULT_CONCURRENCY);
      loop.start();
    }
  }

  /// The rules of a configuration, ready to be evaluated.
  RuleSet rules(LoadedConfig of) {
    return new RuleSet(of.number(), of.groups(), settings(of));
  }

  private RuleSettings settings(LoadedConfig of) {
    List<RelabelRule> relabel = of.prometheus().alertRelabel();
    return new RuleSettings(
        of.prometheus().global().externalLabels(),
        options.externalUrl(),
        options.resendDelay().toMillis(),
        labels -> relabelled(relabel, labels));
  }

  private static Optional<Labels> relabelled(List<RelabelRule> rules, Labels labels) {
    Labels.Builder builder = labels.toBuilder();
    return RelabelRule.apply(rules, builder) ? Optional.of(builder.build()) : Optional.empty();
  }
}
