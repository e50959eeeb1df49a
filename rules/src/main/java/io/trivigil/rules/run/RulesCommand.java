package io.trivigil.rules.run;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.file.GroupKey;
import java.util.List;
import java.util.Optional;

/// What is replicated of rules. Each command brings its own time and all decisions.
public sealed interface RulesCommand {
  /// One run of one group.
  ///
  /// @param group which group
  /// @param slotMs its slot; the run is refused unless it is newer than the newest one
  /// @param basedOnSlotMs the newest run that the leader knew, 0 for none; refused if there is
  ///   another
  /// @param configVersion the configuration that was evaluated; refused if another is in force
  /// @param intervalMs the group's interval
  /// @param missed slots that were skipped since the run before
  /// @param evaluationNanos how long it took
  /// @param rules one for each rule, in order; this list replaces the group's rules
  /// @param samples what it writes
  /// @param alerts what goes to the alertmanager
  /// @param transitions what changed
  record RuleRun(
      GroupKey group,
      long slotMs,
      long basedOnSlotMs,
      long configVersion,
      long intervalMs,
      long missed,
      long evaluationNanos,
      List<RuleResult> rules,
      SampleBatch samples,
      List<AlertUpdate> alerts,
      List<AlertTransition> transitions)
      implements RulesCommand {
    public RuleRun {
      rules = List.copyOf(rules);
      alerts = List.copyOf(alerts);
      transitions = List.copyOf(transitions);
    }
  }

  /// What a run says of one rule. What is absent did not change.
  ///
  /// @param state the rule; its alerts and outputs count only where the other fields say so
  /// @param before the rule's place in the run before, -1 if it is new
  /// @param alerts all its alerts, if any of them changed
  /// @param outputs all its series, if they changed
  record RuleResult(
      RuleState state, int before, Optional<List<Alert>> alerts, Optional<List<Labels>> outputs) {}

  /// Groups that the configuration no longer has: their series become stale and their state goes.
  ///
  /// @param configVersion the configuration that lacks them; refused if another is in force
  /// @param staleMs the time of the stale markers, unless the group's newest run is later
  record ForgetGroups(long configVersion, long staleMs, List<GroupKey> groups)
      implements RulesCommand {
    public ForgetGroups {
      groups = List.copyOf(groups);
    }
  }
}
