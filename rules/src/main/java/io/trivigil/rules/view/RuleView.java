package io.trivigil.rules.view;

import java.util.List;
import java.util.SequencedMap;

/// One rule as `/api/v1/rules` shows it.
public sealed interface RuleView {
  String name();

  /// The expression in its normal form.
  String query();

  SequencedMap<String, String> labels();

  /// `ok`, `err` or `unknown`.
  String health();

  /// Empty if there is none.
  String lastError();

  double evaluationSeconds();

  /// The slot of the newest run, 0 for none.
  long lastEvaluationMs();

  /// A rule of `type` `recording`.
  record Recording(
      String name,
      String query,
      SequencedMap<String, String> labels,
      String health,
      String lastError,
      double evaluationSeconds,
      long lastEvaluationMs)
      implements RuleView {}

  /// A rule of `type` `alerting`.
  ///
  /// @param state `inactive`, `pending`, `firing`, or `unknown` before the first run
  record Alerting(
      String name,
      String query,
      SequencedMap<String, String> labels,
      String health,
      String lastError,
      double evaluationSeconds,
      long lastEvaluationMs,
      String state,
      long forMs,
      long keepFiringForMs,
      SequencedMap<String, String> annotations,
      List<AlertView> alerts)
      implements RuleView {
    public Alerting {
      alerts = List.copyOf(alerts);
    }
  }
}
