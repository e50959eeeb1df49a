package io.trivigil.rules.eval;

import io.trivigil.model.metric.Metrics;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.run.RuleState.Health;
import io.trivigil.rules.run.RulesCommand.RuleResult;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The metrics of rule evaluation, under Prometheus's names. Thread-safe.
final class RuleMetrics {
  private static final String LABEL = "rule_group";

  private final Metrics metrics;
  private final Map<GroupKey, Double> durations = new ConcurrentHashMap<>();

  RuleMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  private static String shown(GroupKey key) {
    return key.file() + ";" + key.name();
  }

  void watch(RuleGroup group) {
    String name = shown(group.key());
    metrics.gauge(
        "prometheus_rule_group_rules",
        "The number of rules.",
        () -> group.rules().size(),
        LABEL,
        name);
    metrics.gauge(
        "prometheus_rule_group_interval_seconds",
        "The interval of a rule group.",
        () -> group.intervalMs() / 1000.0,
        LABEL,
        name);
    metrics.gauge(
        "prometheus_rule_group_last_duration_seconds",
        "The duration of the last rule group evaluation.",
        () -> durations.getOrDefault(group.key(), 0.0),
        LABEL,
        name);
  }

  void forget(RuleGroup group) {
    String name = shown(group.key());
    metrics.remove("prometheus_rule_group_rules", LABEL, name);
    metrics.remove("prometheus_rule_group_interval_seconds", LABEL, name);
    metrics.remove("prometheus_rule_group_last_duration_seconds", LABEL, name);
    durations.remove(group.key());
  }

  void ran(RuleRun run) {
    String name = shown(run.group());
    durations.put(run.group(), run.evaluationNanos() / 1e9);
    counter("prometheus_rule_group_iterations_total", "Scheduled rule group evaluations.", name)
        .inc();
    counter(
            "prometheus_rule_group_iterations_missed_total",
            "Rule group evaluations missed due to slow rule group evaluation.",
            name)
        .add((double) run.missed());
    Metrics.Counter failures =
        counter("prometheus_rule_evaluation_failures_total", "Rule evaluation failures.", name);
    for (RuleResult result : run.rules()) {
      if (result.state().health() == Health.ERROR) {
        failures.inc();
      }
    }
    counter("prometheus_rule_evaluations_total", "Rule evaluations.", name).add(run.rules().size());
  }

  void lost(String reason) {
    metrics
        .counter(
            "trivigil_rule_runs_lost_total",
            "Runs that were evaluated but not recorded.",
            "reason",
            reason)
        .inc();
  }

  private Metrics.Counter counter(String metric, String help, String group) {
    return metrics.counter(metric, help, LABEL, group);
  }
}
