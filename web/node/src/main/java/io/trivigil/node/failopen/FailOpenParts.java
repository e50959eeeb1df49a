package io.trivigil.node.failopen;

import io.trivigil.alertmanager.dispatch.DispatchSettings;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.dispatch.Setup;
import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.QuerySource;
import io.trivigil.rules.eval.RuleSet;
import io.trivigil.rules.query.Expressions;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.loop.Fetcher;
import io.trivigil.scraper.loop.Pacer;
import io.trivigil.scraper.state.TargetMachine;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What failing open takes from the node.
///
/// @param cluster the cluster's name
/// @param config the configuration in force; empty before the first
/// @param quorum what is known of the quorum
/// @param log where it is merged
/// @param mustReport whether a time without a quorum has ended on which this node has not reported
public record FailOpenParts(
    String cluster,
    Base base,
    Tools tools,
    Supplier<Optional<Config>> config,
    QuorumView quorum,
    MergeLog log,
    BooleanSupplier mustReport) {

  /// The replicated state that is copied. Nothing is applied to it while it is: there is no leader.
  ///
  /// @param alertmanager the sections of the alertmanager's state
  /// @param labels the labels behind a reference of the store
  public record Base(
      TargetMachine targets,
      RulesMachine rules,
      Supplier<SortedMap<String, byte[]>> alertmanager,
      QuerySource samples,
      LongFunction<Optional<Labels>> labels) {}

  /// The configuration in force.
  ///
  /// @param setup empty where there is no alertmanager; its renderer marks what it renders
  public record Config(
      long number, PrometheusConfig prometheus, RuleSet rules, Optional<Setup> setup) {}

  /// What the local loops take.
  public record Tools(
      String node,
      Fetcher fetcher,
      Pacer pacer,
      Expressions expressions,
      DispatchSettings dispatch,
      Sender sender,
      InstantSource clock,
      LongSupplier nanoTicker,
      RandomGenerator random,
      Metrics metrics) {}
}
