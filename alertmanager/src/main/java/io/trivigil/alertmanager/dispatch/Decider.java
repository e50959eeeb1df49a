package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptRetried;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.StateView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides what the leader does next. Pure: everything it knows is in its arguments.
///
/// A group is due at `group_wait` after its first alert was received, and every `group_interval`
/// after its last flush; both are read off the replicated state, so that any leader decides the
/// same.
public final class Decider {
  private final DispatchSettings settings;
  private final SilenceMatchers matchers;
  private final Telling telling;

  public Decider(DispatchSettings settings, SilenceMatchers matchers) {
    this(settings, matchers, Telling.ALL);
  }

  public Decider(DispatchSettings settings, SilenceMatchers matchers, Telling telling) {
    this.settings = settings;
    this.matchers = matchers;
    this.telling = telling;
  }

  /// What only this node knows, for the time of one leadership.
  ///
  /// @param node this node's id
  /// @param term the term it leads in
  /// @param sent tries (see [#tryKey]) that were handed to a sender
  /// @param sending attempts that a sender is busy with
  /// @param proposing subjects (state keys, attempt ids) about which a proposal is under way
  public record Local(
      String node, long term, Set<String> sent, Set<String> sending, Set<String> proposing) {}

  /// What to do now, and when to look again if nothing changes before; [Long#MAX_VALUE] for never.
  public record Decision(List<Action> actions, long nextWakeMs) {}

  /// The name of one try.
  public static String tryKey(Attempt attempt) {
    return attempt.id() + "#" + attempt.tryNo();
  }

  /// Decides. `nowMs` is this node's clock; the log's time counts if it is ahead.
  public Decision decide(
      StateView state, AlertmanagerConfig config, Grouping grouping, long nowMs, Local local) {
    return new Round(state, config, grouping, Math.max(nowMs, state.logTimeMs()), local).run();
  }

  /// How long one request to this integration may take.
  Duration timeout(Integration integration) {
    Duration wanted =
        integration instanceof Integration.Webhook webhook && !webhook.timeout().isZero()
            ? webhook.timeout()
            : settings.attemptTimeout();
    return wanted.compareTo(settings.maxAttemptTimeout()) > 0
        ? settings.maxAttemptTimeout()
        : wanted;
  }

  /// One look at everything.
  private final class Round {
    private final StateView state;
    private final AlertmanagerConfig config;
    private final Grouping grouping;
    private final long nowMs;
    private final Local local;
    private final List<Action> actions = new ArrayList<>();
    private final Map<String, List<Attempt>> openByGroup = new HashMap<>();
    private long wakeMs = Long.MAX_VALUE;
    private int inFlight;

    Round(StateView state, AlertmanagerConfig config, Grouping grouping, long nowMs, Local local) {
      this.state = state;
      this.config = config;
      this.grouping = grouping;
      this.nowMs = nowMs;
      this.local = local;
    }

    Decision run() {
      for (Attempt attempt : state.attempts().values()) {
        openByGroup
            .computeIfAbsent(attempt.destination().groupKey(), _ -> new ArrayList<>())
            .add(attempt);
        inFlight += attempt.isLeased() ? 1 : 0;
      }
      Map<String, Grouping.Group> groups = grouping.group(state.alerts());
      FlushPlanner planner =
          new FlushPlanner(
              Decider.this.settings,
              Decider.this::timeout,
              state,
              config,
              matchers,
              telling,
              nowMs);
      for (Attempt attempt : state.attempts().values()) {
        lookAt(attempt, groups, planner);
      }
      Set<String> needed = new HashSet<>();
      for (Grouping.Group group : groups.values()) {
        if (lookAt(group, planner)) {
          needed.add(group.stateKey());
        }
      }
      for (Map.Entry<String, GroupState> timing : state.groups().entrySet()) {
        Grouping.Group group = groups.get(timing.getKey());
        if (timing.getKey().equals(Heartbeat.STATE_KEY)) {
          continue; // no route's group, and never over
        }
        boolean over =
            !needed.contains(timing.getKey()) && (group == null || !timing.getValue().resting());
        if (over && !openByGroup.containsKey(timing.getKey())) {
          propose(timing.getKey(), planner.gone(timing.getKey(), timing.getValue(), group));
        }
      }
      return new Decision(actions, wakeMs);
    }

    private void propose(String subject, Command command) {
      if (!local.proposing().contains(subject)) {
        actions.add(new Action.Propose(subject, command));
      }
    }

    private void wakeAt(long atMs) {
      wakeMs = Math.min(wakeMs, atMs);
    }

    private void lookAt(Attempt attempt, Map<String, Grouping.Group> groups, FlushPlanner planner) {
      Optional<Integration> integration = integration(attempt.destination());
      long marginMs = settings.leaseMargin().toMillis();
      if (attempt.isLeased()) {
        boolean mine = attempt.node().equals(local.node()) && attempt.term() == local.term();
        boolean unsent = mine && !local.sent().contains(tryKey(attempt));
        if (unsent && integration.isPresent() && nowMs < attempt.leaseUntilMs() - marginMs) {
          Duration left = Duration.ofMillis(attempt.leaseUntilMs() - marginMs - nowMs);
          Duration wanted = timeout(integration.get());
          actions.add(
              new Action.Send(
                  attempt, integration.get(), wanted.compareTo(left) < 0 ? wanted : left));
          return;
        }
        // A sender of ours ends by its lease; a stranger may have the slower clock.
        long freeMs = attempt.leaseUntilMs() + marginMs;
        if (nowMs < freeMs || local.sending().contains(attempt.id())) {
          wakeAt(Math.max(freeMs, nowMs + marginMs));
          return;
        }
      } else if (nowMs < attempt.retryAtMs()) {
        wakeAt(attempt.retryAtMs());
        return;
      }
      if (integration.isEmpty()) {
        finish(attempt, Command.Outcome.FAILED, "the receiver is no longer configured");
      } else if (nowMs >= attempt.giveUpMs() && planner.isStale(attempt, groups)) {
        finish(attempt, Command.Outcome.SUPERSEDED, "superseded: the group has changed since");
      } else if (inFlight >= settings.maxInFlight()) {
        wakeAt(nowMs + settings.firstRetry().toMillis());
      } else if (!local.proposing().contains(attempt.id())) {
        inFlight++;
        propose(
            attempt.id(),
            new AttemptRetried(
                attempt.id(),
                attempt.tryNo(),
                local.node(),
                local.term(),
                nowMs + timeout(integration.get()).toMillis() + 2 * marginMs,
                nowMs));
      }
    }

    private void finish(Attempt attempt, Command.Outcome outcome, String reason) {
      propose(attempt.id(), new AttemptFinished(attempt.id(), attempt.tryNo(), outcome, reason, 0));
    }

    private Optional<Integration> integration(Destination destination) {
      return Optional.ofNullable(config.receivers().get(destination.receiver()))
          .flatMap(
              receiver ->
                  receiver.integrations().stream()
                      .filter(
                          i ->
                              i.kind().equals(destination.integration())
                                  && i.index() == destination.index())
                      .findFirst());
    }

    /// Returns whether the group still has alerts.
    private boolean lookAt(Grouping.Group group, FlushPlanner planner) {
      Optional<GroupState> timing = state.group(group.stateKey());
      List<Alert> members = planner.members(group, timing);
      if (members.isEmpty()) {
        return false;
      }
      long dueMs =
          timing
              .filter(t -> !t.resting())
              .map(GroupState::nextFlushMs)
              .orElseGet(() -> firstDue(group, members));
      for (Attempt open : openByGroup.getOrDefault(group.stateKey(), List.of())) {
        // A flush may take as long as it may; only then others of the group go on without it.
        dueMs = Math.max(dueMs, open.giveUpMs());
        dueMs = open.isLeased() ? Math.max(dueMs, open.leaseUntilMs()) : dueMs;
      }
      if (nowMs < dueMs) {
        wakeAt(dueMs);
        return true;
      }
      if (local.proposing().contains(group.stateKey())) {
        return true;
      }
      if (inFlight >= settings.maxInFlight()) {
        wakeAt(nowMs + settings.firstRetry().toMillis());
        return true;
      }
      Action action = planner.flush(group, timing, members, dueMs);
      if (action instanceof Action.Notify notify) {
        inFlight += notify.needs().size();
      }
      actions.add(action);
      return true;
    }

    /// `group_wait` after the first alert was received; at once where an alert that was received
    /// late has waited long enough already.
    private static long firstDue(Grouping.Group group, List<Alert> members) {
      long waitMs = group.route().options().groupWait().toMillis();
      long dueMs = Long.MAX_VALUE;
      for (Alert alert : members) {
        boolean late = alert.startsMs() + waitMs < alert.receivedMs();
        dueMs = Math.min(dueMs, late ? alert.receivedMs() : alert.receivedMs() + waitMs);
      }
      return dueMs;
    }
  }
}
