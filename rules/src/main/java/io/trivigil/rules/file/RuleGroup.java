package io.trivigil.rules.file;

import java.util.List;

/// Rules that are evaluated together, one after the other.
///
/// @param intervalMs how often; above 0
/// @param queryOffsetMs how far in the past queries look, and results are stamped
/// @param limit series or alerts that one rule may have; 0 for no limit
public record RuleGroup(
    GroupKey key, long intervalMs, long queryOffsetMs, int limit, List<Rule> rules) {
  public RuleGroup {
    if (intervalMs <= 0) {
      throw new IllegalArgumentException(
          "rule group interval must be above 0: group=%s interval_ms=%d"
              .formatted(key.name(), intervalMs));
    }
    rules = List.copyOf(rules);
  }
}
