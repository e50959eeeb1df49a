package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.config.Receiver;
import io.trivigil.alertmanager.route.Route;
import io.trivigil.alertmanager.route.RouteOptions;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AttemptPlan.Mode;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.Command.GroupFlushed;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.Phase;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Decides when a [Heartbeat] is due. Pure, apart from asking for the hindrance.
///
/// Time is cut into slots of one interval. A slot's heartbeat is a flush like any other, whose
/// planned time is the slot's begin: it is fenced by the version of its group, so that each slot
/// has one at most, whoever leads. Slots that were missed are not made up for.
final class HeartbeatPlanner {
  /// What is due that long and reaches nobody means that nobody can be alerted.
  static final Duration STALLED_AFTER = Duration.ofMinutes(2);

  private static final long LOOK_AGAIN_MS = 1_000;

  private final DispatchSettings settings;
  private final Function<Integration, Duration> timeouts;

  HeartbeatPlanner(DispatchSettings settings, Function<Integration, Duration> timeouts) {
    this.settings = settings;
    this.timeouts = timeouts;
  }

  /// What to do about it now.
  ///
  /// @param action at most one
  /// @param nextWakeMs when to look again if nothing changes before
  /// @param slotMs the slot that was looked at
  /// @param withheld why the heartbeat that is due is not sent; empty if it is, or is not due
  record Beat(Optional<Action> action, long nextWakeMs, long slotMs, String withheld) {}

  /// Decides. `clockMs` is this node's clock; the log's time counts if it is ahead.
  Beat decide(
      StateView state,
      AlertmanagerConfig config,
      Heartbeat heartbeat,
      long clockMs,
      Set<String> proposing) {
    long nowMs = Math.max(clockMs, state.logTimeMs());
    long intervalMs = heartbeat.interval().toMillis();
    long slotMs = Math.floorDiv(nowMs, intervalMs) * intervalMs;
    Optional<GroupState> timing = state.group(Heartbeat.STATE_KEY);
    if (timing.isPresent() && timing.get().flushMs() >= slotMs) {
      return new Beat(
          Optional.empty(), Math.max(slotMs, timing.get().flushMs()) + intervalMs, slotMs, "");
    }
    Optional<Attempt> open =
        state.attempts().values().stream()
            .filter(a -> Heartbeat.isTold(a.destination()))
            .findFirst();
    if (open.isPresent()) {
      // The decider retries it, and gives it up once its slot is over and its lease has ended.
      long freeMs = Math.max(open.get().giveUpMs(), open.get().leaseUntilMs());
      return new Beat(Optional.empty(), Math.max(freeMs, nowMs + LOOK_AGAIN_MS), slotMs, "");
    }
    if (proposing.contains(Heartbeat.STATE_KEY)) {
      return new Beat(Optional.empty(), nowMs + LOOK_AGAIN_MS, slotMs, "");
    }
    Receiver receiver = config.receivers().get(heartbeat.receiver());
    Optional<String> withheld =
        receiver == null
            ? Optional.of("no such receiver: " + heartbeat.receiver())
            : stalled(state, nowMs).or(heartbeat.hindrance());
    if (receiver == null || withheld.isPresent()) {
      return new Beat(Optional.empty(), nowMs + LOOK_AGAIN_MS, slotMs, withheld.orElse(""));
    }
    return new Beat(
        Optional.of(beat(state, heartbeat, receiver, timing, slotMs, nowMs)),
        slotMs + intervalMs,
        slotMs,
        "");
  }

  /// Says so if notifications are due, fail, and none got through to anybody since.
  static Optional<String> stalled(StateView state, long nowMs) {
    long dueMs = Long.MAX_VALUE;
    for (Attempt attempt : state.attempts().values()) {
      dueMs = Heartbeat.isTold(attempt.destination()) ? dueMs : Math.min(dueMs, attempt.flushMs());
    }
    for (Map.Entry<String, GroupState> group : state.groups().entrySet()) {
      boolean failed = group.getValue().failed() && !group.getKey().equals(Heartbeat.STATE_KEY);
      dueMs = failed ? Math.min(dueMs, group.getValue().flushMs()) : dueMs;
    }
    if (dueMs > nowMs - STALLED_AFTER.toMillis()) {
      return Optional.empty();
    }
    long sinceMs = dueMs;
    boolean delivered =
        state.log().entrySet().stream()
            .filter(entry -> !Heartbeat.isTold(entry.getKey()))
            .map(Map.Entry::getValue)
            .anyMatch(entry -> entry.certain() && entry.flushMs() >= sinceMs);
    return delivered
        ? Optional.empty()
        : Optional.of("notifications reach nobody: since_ms=" + sinceMs);
  }

  private Action beat(
      StateView state,
      Heartbeat heartbeat,
      Receiver receiver,
      Optional<GroupState> timing,
      long slotMs,
      long nowMs) {
    Alert alert = alert(heartbeat, slotMs);
    List<Action.Need> needs = new ArrayList<>();
    for (Integration integration : receiver.integrations()) {
      needs.add(need(state, heartbeat, integration, alert, slotMs, nowMs));
    }
    Flush flush =
        new Flush(
            Heartbeat.STATE_KEY,
            timing.map(GroupState::version).orElse(0L),
            slotMs,
            nowMs,
            state.revision(),
            slotMs + heartbeat.interval().toMillis(),
            true,
            List.of());
    return needs.isEmpty()
        ? new Action.Propose(Heartbeat.STATE_KEY, new GroupFlushed(flush, Command.Fate.GOES_ON))
        : new Action.Notify(group(heartbeat, alert), flush, needs);
  }

  private static Alert alert(Heartbeat heartbeat, long slotMs) {
    Labels labels =
        heartbeat.labels().toBuilder()
            .set("alertname", Heartbeat.ALERT)
            .set("severity", "none")
            .build();
    Labels annotations =
        Labels.of(
            "summary",
            "Trivigil can alert",
            "description",
            "Sent every %d s. When it stays away, nobody is being watched."
                .formatted(heartbeat.interval().toSeconds()));
    return new Alert(
        Fingerprint.of(labels),
        labels,
        annotations,
        slotMs,
        0,
        "",
        false,
        slotMs,
        slotMs,
        0,
        Phase.ACTIVE);
  }

  private static Grouping.Group group(Heartbeat heartbeat, Alert alert) {
    RouteOptions options =
        new RouteOptions(
            heartbeat.receiver(),
            List.of("alertname"),
            false,
            Duration.ZERO,
            heartbeat.interval(),
            heartbeat.interval(),
            Map.of(),
            List.of(),
            List.of());
    List<Matcher> matchers = List.of(Matcher.equal("alertname", Heartbeat.ALERT));
    Route route = Route.of(new Route.Node(matchers, options, false, List.of()));
    return new Grouping.Group(
        Heartbeat.STATE_KEY, route, route.groupLabels(alert.labels()), List.of(alert));
  }

  private Action.Need need(
      StateView state,
      Heartbeat heartbeat,
      Integration integration,
      Alert alert,
      long slotMs,
      long nowMs) {
    Destination destination =
        new Destination(
            Heartbeat.STATE_KEY, heartbeat.receiver(), integration.kind(), integration.index());
    Optional<LogEntry> entry = state.logEntry(destination);
    return new Action.Need(
        integration,
        destination,
        entry.map(LogEntry::version).orElse(0L),
        Hashes.of(List.of(alert.fingerprint())),
        Hashes.NONE,
        List.of(alert),
        entry.isEmpty() ? Action.Reason.FIRST : Action.Reason.REPEAT,
        integration instanceof Integration.Unsent ? Mode.UNSUPPORTED : Mode.SEND,
        nowMs + timeouts.apply(integration).toMillis() + 2 * settings.leaseMargin().toMillis(),
        slotMs + heartbeat.interval().toMillis());
  }
}
