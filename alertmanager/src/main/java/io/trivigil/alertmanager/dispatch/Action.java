package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.Hashes;
import java.time.Duration;
import java.util.List;

/// What the leader is to do next.
public sealed interface Action {
  /// Render the notifications of a flush and propose them together.
  record Notify(Grouping.Group group, Command.Flush flush, List<Need> needs) implements Action {
    public Notify {
      needs = List.copyOf(needs);
    }
  }

  /// Propose a command about a group as it is.
  record Propose(String subject, Command command) implements Action {}

  /// Send an attempt whose lease this node holds in this term, and has not sent in this try.
  record Send(Attempt attempt, Integration integration, Duration timeout) implements Action {}

  /// One integration that has to be told.
  ///
  /// @param alerts what it is told of: ended alerts are left out where it does not want them
  /// @param mode whether something is sent at all
  record Need(
      Integration integration,
      Destination destination,
      long expectedLogVersion,
      Hashes firing,
      Hashes resolved,
      List<Alert> alerts,
      Reason reason,
      Command.AttemptPlan.Mode mode,
      long leaseUntilMs,
      long giveUpMs) {
    public Need {
      alerts = List.copyOf(alerts);
    }
  }

  /// Why somebody is told; the text travels with webhooks.
  enum Reason {
    FIRST("first notification"),
    NEW_ALERTS("new alerts added"),
    SOME_RESOLVED("some alerts resolved"),
    ALL_RESOLVED("all alerts resolved"),
    REPEAT("repeat interval elapsed");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
