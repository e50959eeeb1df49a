package io.trivigil.dashboards.page;

import io.trivigil.model.Labels;
import java.time.Duration;

/// One rule of a group.
///
/// @param health `ok`, `err` or `unknown`
/// @param state of an alerting rule: `firing`, `pending` or `inactive`; empty for a recording rule
public record RuleRow(
    String name,
    String query,
    String health,
    String lastError,
    String state,
    Duration hold,
    Duration keepFiring,
    Labels labels,
    Labels annotations,
    long lastEvaluationMs,
    Duration evaluationTime) {

  public boolean alerting() {
    return !state.isEmpty();
  }

  public boolean failed() {
    return health.equals("err");
  }

  public boolean held() {
    return !hold.isZero();
  }

  public boolean kept() {
    return !keepFiring.isZero();
  }

  public boolean evaluated() {
    return lastEvaluationMs > 0;
  }

  String searchText() {
    return name + " " + query + " " + labels + " " + lastError;
  }
}
