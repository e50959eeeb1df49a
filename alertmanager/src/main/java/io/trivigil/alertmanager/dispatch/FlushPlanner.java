package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.Action.Need;
import io.trivigil.alertmanager.dispatch.Action.Reason;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AttemptPlan.Mode;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.Command.GroupFlushed;
import io.trivigil.alertmanager.state.Command.Observed;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.Phase;
import io.trivigil.alertmanager.state.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Plans one flush: who of the group is held back, and which integrations have to be told. Pure;
/// made for one look.
final class FlushPlanner {
  private final DispatchSettings settings;
  private final Function<Integration, Duration> timeouts;
  private final StateView state;
  private final AlertmanagerConfig config;
  private final SilenceMatchers matchers;
  private final Telling telling;
  private final long nowMs;
  private @Nullable Suppression suppression; // only made when something is due

  FlushPlanner(
      DispatchSettings settings,
      Function<Integration, Duration> timeouts,
      StateView state,
      AlertmanagerConfig config,
      SilenceMatchers matchers,
      Telling telling,
      long nowMs) {
    this.settings = settings;
    this.timeouts = timeouts;
    this.state = state;
    this.config = config;
    this.matchers = matchers;
    this.telling = telling;
    this.nowMs = nowMs;
  }

  private Suppression suppression() {
    Suppression made = suppression;
    if (made == null) {
      made = new Suppression(state, config, matchers, nowMs);
      suppression = made;
    }
    return made;
  }

  /// The group's alerts without those that ended and are done with.
  List<Alert> members(Grouping.Group group, Optional<GroupState> timing) {
    List<Alert> members = new ArrayList<>();
    for (Alert alert : group.alerts()) {
      boolean ended = alert.resolvedAt(nowMs);
      if (!ended || timing.map(t -> !t.isDoneWith(alert)).orElse(true)) {
        members.add(alert);
      }
    }
    return members;
  }

  /// What passes of the group's alerts, and what was seen of the others.
  private List<Alert> passing(
      Grouping.Group group,
      Optional<GroupState> timing,
      List<Alert> members,
      List<Observed> observed) {
    List<String> mutedBy = suppression().mutedBy(group.route().options());
    List<Alert> passing = new ArrayList<>();
    long lastMs = timing.map(GroupState::decidedMs).orElse(0L);
    for (Alert alert : members) {
      if (alert.resolvedAt(nowMs) && alert.endsMs() > lastMs) {
        see(observed, alert, Phase.RESOLVED, "");
      }
      List<Alert> inhibitedBy = suppression().inhibitedBy(alert.labels());
      List<String> silencedBy = suppression().silencedBy(alert.labels());
      if (!inhibitedBy.isEmpty()) {
        see(observed, alert, Phase.INHIBITED, inhibitedBy.getFirst().labels().toString());
      } else if (!mutedBy.isEmpty()) {
        see(observed, alert, Phase.MUTED, String.join(",", mutedBy));
      } else if (!silencedBy.isEmpty()) {
        see(observed, alert, Phase.SILENCED, String.join(",", silencedBy));
      } else {
        passing.add(alert);
      }
    }
    return passing;
  }

  private void see(List<Observed> observed, Alert alert, Phase phase, String detail) {
    boolean news =
        phase == Phase.RESOLVED
            ? alert.phase() != Phase.RESOLVED && alert.phase() != Phase.RESOLVED_NOTIFIED
            : alert.phase() != phase && !alert.resolvedAt(nowMs);
    if (news) {
      observed.add(new Observed(alert.fingerprint(), phase, detail));
    }
  }

  /// The flush of a group that is due.
  Action flush(Grouping.Group group, Optional<GroupState> timing, List<Alert> members, long dueMs) {
    List<Observed> observed = new ArrayList<>();
    List<Alert> passing = passing(group, timing, members, observed);
    long intervalMs = group.route().options().groupInterval().toMillis();
    // A flush that is a little late keeps the group's beat.
    long flushMs = nowMs - dueMs < intervalMs ? dueMs : nowMs;
    List<Need> needs = new ArrayList<>();
    boolean complete = true;
    if (!passing.isEmpty()) {
      for (Integration integration :
          config.receiver(group.route().options().receiver()).integrations()) {
        Destination destination = destination(group, integration);
        if (isOpen(destination)) {
          complete = false;
        } else {
          need(group, integration, destination, passing, flushMs).ifPresent(needs::add);
        }
      }
    }
    Flush flush =
        new Flush(
            group.stateKey(),
            timing.map(GroupState::version).orElse(0L),
            flushMs,
            nowMs,
            state.revision(),
            flushMs + intervalMs,
            complete,
            observed);
    return needs.isEmpty()
        ? new Action.Propose(group.stateKey(), new GroupFlushed(flush, Command.Fate.GOES_ON))
        : new Action.Notify(group, flush, needs);
  }

  private static Destination destination(Grouping.Group group, Integration integration) {
    return new Destination(
        group.stateKey(),
        group.route().options().receiver(),
        integration.kind(),
        integration.index());
  }

  private boolean isOpen(Destination destination) {
    return state.attempts().values().stream().anyMatch(a -> a.destination().equals(destination));
  }

  private Optional<Need> need(
      Grouping.Group group,
      Integration integration,
      Destination destination,
      List<Alert> passing,
      long flushMs) {
    Optional<LogEntry> entry = state.logEntry(destination);
    if (telling == Telling.UNTOLD) {
      return untold(group, integration, destination, passing, entry, flushMs);
    }
    Hashes firing = hashes(passing, alert -> !alert.resolvedAt(nowMs));
    Hashes resolved = hashes(passing, alert -> alert.resolvedAt(nowMs));
    long repeatMs = group.route().options().repeatInterval().toMillis();
    Optional<Reason> reason =
        reason(entry, firing, resolved, integration.sendResolved(), flushMs - repeatMs);
    if (reason.isEmpty()) {
      return Optional.empty();
    }
    List<Alert> told =
        integration.sendResolved()
            ? passing
            : passing.stream().filter(a -> !a.resolvedAt(nowMs)).toList();
    return Optional.of(
        need(
            group, integration, destination, entry, firing, resolved, told, reason.get(), flushMs));
  }

  /// The need to tell of what the log does not have. What it has stays in it.
  private Optional<Need> untold(
      Grouping.Group group,
      Integration integration,
      Destination destination,
      List<Alert> passing,
      Optional<LogEntry> entry,
      long flushMs) {
    Hashes known = entry.map(LogEntry::firing).orElse(Hashes.NONE);
    boolean certain = entry.map(LogEntry::certain).orElse(true);
    List<Alert> told =
        passing.stream()
            .filter(alert -> !alert.resolvedAt(nowMs))
            .filter(alert -> !certain || !known.contains(alert.fingerprint()))
            .toList();
    if (told.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        need(
            group,
            integration,
            destination,
            entry,
            known.plus(hashes(told, _ -> true)),
            entry.map(LogEntry::resolved).orElse(Hashes.NONE),
            told,
            entry.isEmpty() ? Reason.FIRST : Reason.NEW_ALERTS,
            flushMs));
  }

  private Need need(
      Grouping.Group group,
      Integration integration,
      Destination destination,
      Optional<LogEntry> entry,
      Hashes firing,
      Hashes resolved,
      List<Alert> told,
      Reason reason,
      long flushMs) {
    Mode mode =
        told.isEmpty()
            ? Mode.LOG_ONLY
            : integration instanceof Integration.Unsent ? Mode.UNSUPPORTED : Mode.SEND;
    long flushMost =
        Math.max(
            group.route().options().groupInterval().toMillis(), settings.minFlush().toMillis());
    return new Need(
        integration,
        destination,
        entry.map(LogEntry::version).orElse(0L),
        firing,
        resolved,
        told,
        reason,
        mode,
        nowMs + timeouts.apply(integration).toMillis() + 2 * settings.leaseMargin().toMillis(),
        flushMs + flushMost);
  }

  /// Upstream's rule of when somebody has to be told again.
  static Optional<Reason> reason(
      Optional<LogEntry> entry,
      Hashes firing,
      Hashes resolved,
      boolean sendResolved,
      long repeatBeforeMs) {
    if (entry.isEmpty()) {
      return firing.isEmpty() ? Optional.empty() : Optional.of(Reason.FIRST);
    }
    LogEntry told = entry.get();
    boolean untold = !told.certain() && !firing.isEmpty();
    if (untold || !told.firing().containsAll(firing)) {
      return Optional.of(Reason.NEW_ALERTS);
    }
    if (firing.isEmpty()) {
      // Also where ends are not sent: the log must know that nothing fires any more.
      return told.firing().isEmpty() ? Optional.empty() : Optional.of(Reason.ALL_RESOLVED);
    }
    if (sendResolved && !told.resolved().containsAll(resolved)) {
      return Optional.of(Reason.SOME_RESOLVED);
    }
    return told.flushMs() <= repeatBeforeMs ? Optional.of(Reason.REPEAT) : Optional.empty();
  }

  private static Hashes hashes(List<Alert> alerts, Predicate<Alert> which) {
    return Hashes.of(alerts.stream().filter(which).map(Alert::fingerprint).toList());
  }

  /// Whether an attempt no longer says what its group would say now.
  boolean isStale(Attempt attempt, Map<String, Grouping.Group> groups) {
    Grouping.Group group = groups.get(attempt.destination().groupKey());
    if (group == null) {
      return true;
    }
    Optional<GroupState> timing = state.group(group.stateKey());
    List<Alert> passing = passing(group, timing, members(group, timing), new ArrayList<>());
    return !hashes(passing, alert -> !alert.resolvedAt(nowMs)).equals(attempt.firing())
        || !hashes(passing, alert -> alert.resolvedAt(nowMs)).equals(attempt.resolved());
  }

  /// Lays a group to rest whose alerts are all done with, and forgets one without alerts.
  Command gone(String stateKey, GroupState timing, Grouping.@Nullable Group group) {
    List<Observed> observed = new ArrayList<>();
    if (group != null) {
      for (Alert alert : group.alerts()) {
        if (alert.resolvedAt(nowMs)) {
          see(observed, alert, Phase.RESOLVED, "");
        }
      }
    }
    return new GroupFlushed(
        new Flush(
            stateKey,
            timing.version(),
            timing.flushMs(),
            nowMs,
            state.revision(),
            timing.nextFlushMs(),
            true,
            observed),
        group == null ? Command.Fate.FORGOTTEN : Command.Fate.RESTS);
  }
}
