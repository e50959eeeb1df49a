package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.EndedAlert;
import io.trivigil.alertmanager.state.Command.Maintain;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.StateView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Decides what may be forgotten. Confined to the dispatcher's thread.
final class Maintenance {
  /// How many alerts one command names; the rest waits for the next round.
  private static final int MAX_ALERTS = 2_000;

  private static final long FIRST_MS = 60_000;

  private final DispatchSettings settings;
  private long nextMs;

  Maintenance(DispatchSettings settings) {
    this.settings = settings;
  }

  /// Proposes a cleaning if one is due, and returns when the next is.
  long look(StateView state, Grouping grouping, long clockMs, Consumer<Command> propose) {
    long nowMs = Math.max(clockMs, state.logTimeMs());
    if (nextMs == 0) {
      nextMs = nowMs + FIRST_MS; // soon, for a term may be short
    }
    if (nowMs >= nextMs) {
      nextMs = nowMs + settings.maintenance().toMillis();
      propose.accept(plan(state, grouping, nowMs));
    }
    return nextMs;
  }

  private Maintain plan(StateView state, Grouping grouping, long nowMs) {
    long endedMs = nowMs - settings.endedAlerts().toMillis();
    long unsentMs = nowMs - settings.unsentEndedAlerts().toMillis();
    Set<Alert> wanted = new HashSet<>();
    for (Map.Entry<String, Grouping.Group> group : grouping.group(state.alerts()).entrySet()) {
      GroupState timing = state.groups().get(group.getKey());
      for (Alert alert : group.getValue().alerts()) {
        if (alert.resolvedAt(nowMs) && (timing == null || !timing.isDoneWith(alert))) {
          wanted.add(alert);
        }
      }
    }
    List<EndedAlert> ended = new ArrayList<>();
    for (Alert alert : state.alerts()) {
      boolean over = alert.resolvedAt(nowMs) && alert.endsMs() <= endedMs;
      boolean useless = !wanted.contains(alert) || alert.endsMs() <= unsentMs;
      if (over && useless && ended.size() < MAX_ALERTS) {
        ended.add(new EndedAlert(alert.labels(), alert.revision()));
      }
    }
    long keptMs = nowMs - settings.retention().toMillis();
    // What repeats less often than that must still be remembered.
    long repeatMs =
        grouping.root().all().stream()
            .mapToLong(route -> route.options().repeatInterval().toMillis())
            .max()
            .orElse(0);
    return new Maintain(ended, keptMs, Math.min(keptMs, nowMs - 2 * repeatMs), keptMs);
  }
}
