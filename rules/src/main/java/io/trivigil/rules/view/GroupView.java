package io.trivigil.rules.view;

import io.trivigil.rules.file.GroupKey;
import java.util.List;

/// One group as `/api/v1/rules` shows it.
///
/// @param lastEvaluationMs the slot of the newest run, 0 for none
/// @param missed slots that were skipped since the group exists
public record GroupView(
    GroupKey key,
    long intervalMs,
    int limit,
    double evaluationSeconds,
    long lastEvaluationMs,
    long missed,
    List<RuleView> rules) {
  public GroupView {
    rules = List.copyOf(rules);
  }
}
