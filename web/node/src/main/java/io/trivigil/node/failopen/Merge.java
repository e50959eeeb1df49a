package io.trivigil.node.failopen;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RulesCommand.RuleResult;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What of a time without a quorum enters the log: the alert states that rules came to, and whole
/// scrapes. Both are what the machines take anyway, and only where nobody has committed the like: a
/// run that is based on the newest run, a slot above the target's newest.
///
/// @param runs one for each group that ran
/// @param slots the scrapes, oldest first
/// @param buffer knows the series of the scrapes
record Merge(List<RuleRun> runs, List<LocalBuffer.Slot> slots, LocalBuffer buffer) {
  Merge {
    runs = List.copyOf(runs);
    slots = List.copyOf(slots);
  }

  static Merge of(
      Map<GroupKey, GroupState> before, Map<GroupKey, GroupState> now, LocalBuffer buffer) {
    List<RuleRun> runs = new ArrayList<>();
    now.forEach(
        (key, state) -> {
          Optional<GroupState> old = Optional.ofNullable(before.get(key));
          if (state.slotMs() > old.map(GroupState::slotMs).orElse(0L)) {
            runs.add(run(key, old, state));
          }
        });
    return new Merge(runs, buffer.slots(), buffer);
  }

  /// The newest local run as one on the newest run in the log: alerts go on as they are, and are
  /// handed on anew at the next run. Recorded samples are left out, and the series that end with
  /// them stay the ones in the log.
  private static RuleRun run(GroupKey key, Optional<GroupState> before, GroupState now) {
    List<RuleState> former = before.map(GroupState::rules).orElse(List.of());
    Set<Integer> taken = new HashSet<>();
    List<RuleResult> results = new ArrayList<>();
    for (RuleState rule : now.rules()) {
      int place = -1;
      for (int i = 0; i < former.size() && place < 0; i++) {
        place = former.get(i).id().equals(rule.id()) && taken.add(i) ? i : -1;
      }
      List<Alert> alerts = rule.alerts().stream().map(alert -> alert.sent(0)).toList();
      List<Labels> outputs = place < 0 ? List.of() : former.get(place).outputs();
      results.add(new RuleResult(rule, place, Optional.of(alerts), Optional.of(outputs)));
    }
    return new RuleRun(
        key,
        now.slotMs(),
        before.map(GroupState::slotMs).orElse(0L),
        now.configVersion(),
        now.intervalMs(),
        0,
        now.evaluationNanos(),
        results,
        new SampleBatch(),
        List.of(),
        List.of());
  }
}
