package io.trivigil.rules.run;

import java.util.List;

/// What is known of one group after its newest run. Immutable.
///
/// @param slotMs the slot of the newest run
/// @param intervalMs the group's interval at that run
/// @param configVersion the configuration that it ran under
/// @param evaluationNanos how long the whole run took
/// @param iterations runs so far
/// @param missed slots that were skipped so far
/// @param rules in the order of the group
public record GroupState(
    long slotMs,
    long intervalMs,
    long configVersion,
    long evaluationNanos,
    long iterations,
    long missed,
    List<RuleState> rules) {
  public GroupState {
    rules = List.copyOf(rules);
  }
}
