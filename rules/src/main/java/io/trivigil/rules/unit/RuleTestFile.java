package io.trivigil.rules.unit;

import io.trivigil.model.Labels;
import io.trivigil.promql.script.SeriesNotation;
import java.util.List;
import java.util.Optional;

/// What one test file says.
///
/// @param ruleFiles patterns, relative to the test file
/// @param evaluationIntervalMs how often rules run; 1m by default
/// @param fuzzyCompare whether values may differ by one unit in the last place
/// @param groupOrder groups that run first, in this order
public record RuleTestFile(
    List<String> ruleFiles,
    long evaluationIntervalMs,
    boolean fuzzyCompare,
    List<String> groupOrder,
    List<Scenario> scenarios) {
  public RuleTestFile {
    ruleFiles = List.copyOf(ruleFiles);
    groupOrder = List.copyOf(groupOrder);
    scenarios = List.copyOf(scenarios);
  }

  /// One test with data of its own.
  ///
  /// @param intervalMs the distance of the input samples
  /// @param startMs the time of the first ones
  public record Scenario(
      String name,
      long intervalMs,
      long startMs,
      List<Input> inputs,
      List<AlertCheck> alerts,
      List<ExprCheck> exprs,
      Labels externalLabels,
      String externalUrl) {
    public Scenario {
      inputs = List.copyOf(inputs);
      alerts = List.copyOf(alerts);
      exprs = List.copyOf(exprs);
    }

    /// The last moment that is looked at, after the start.
    long lastMs() {
      long last = 0;
      for (AlertCheck check : alerts) {
        last = Math.max(last, check.evalMs());
      }
      for (ExprCheck check : exprs) {
        last = Math.max(last, check.evalMs());
      }
      return last;
    }
  }

  /// An input series.
  public record Input(Labels labels, List<SeriesNotation.Item> values) {
    public Input {
      values = List.copyOf(values);
    }
  }

  /// Which alerts fire at one moment after the start.
  public record AlertCheck(long evalMs, String alertname, List<ExpectedAlert> expected) {
    public AlertCheck {
      expected = List.copyOf(expected);
    }
  }

  /// One alert.
  ///
  /// @param labels with `alertname`
  public record ExpectedAlert(Labels labels, Labels annotations) {}

  /// What an expression gives at one moment after the start.
  public record ExprCheck(String expr, long evalMs, List<ExpectedSample> expected) {
    public ExprCheck {
      expected = List.copyOf(expected);
    }
  }

  /// One sample: a number or a histogram.
  public record ExpectedSample(
      Labels labels, double value, Optional<SeriesNotation.Item> histogram) {}
}
