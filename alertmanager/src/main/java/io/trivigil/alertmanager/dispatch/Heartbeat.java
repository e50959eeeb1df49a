package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Labels;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A dead man's switch: an alert that always fires, sent to one receiver in every interval for as
/// long as the cluster can alert. Who watches it hears of trouble by its silence.
///
/// @param receiver its name in `alertmanager.yml`
/// @param interval from one heartbeat to the next; at least [#SHORTEST]
/// @param labels what the alert carries besides `alertname` and `severity`
/// @param hindrance why nobody could be alerted now, for instance because rules are late; empty
///   while all is well. Asked on the leader, by the dispatcher's thread
public record Heartbeat(
    String receiver, Duration interval, Labels labels, Supplier<Optional<String>> hindrance) {
  /// The name of the alert.
  public static final String ALERT = "TrivigilHeartbeat";

  /// What its group is called in the replicated state; groups of routes begin with a brace.
  public static final String STATE_KEY = "trivigil:heartbeat";

  /// Shorter intervals would fill the log, and the receiver, for nothing.
  public static final Duration SHORTEST = Duration.ofSeconds(10);

  public Heartbeat {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "heartbeat interval is too short: interval_ms=%d shortest_ms=%d"
              .formatted(interval.toMillis(), SHORTEST.toMillis()));
    }
  }

  /// Whether this is where heartbeats go.
  static boolean isTold(Destination destination) {
    return destination.groupKey().equals(STATE_KEY);
  }

  /// When the newest heartbeat was due that was sent, or recorded where its receiver has nothing to
  /// send to; epoch ms, 0 for never.
  public static long lastSentMs(StateView state) {
    long toldMs = 0;
    boolean anywhere = false;
    for (Map.Entry<Destination, LogEntry> entry : state.log().entrySet()) {
      if (isTold(entry.getKey())) {
        anywhere = true;
        toldMs = entry.getValue().certain() ? Math.max(toldMs, entry.getValue().flushMs()) : toldMs;
      }
    }
    Optional<GroupState> group = state.group(STATE_KEY);
    boolean recordedOnly =
        !anywhere && group.map(g -> g.pending() == 0 && !g.failed()).orElse(false);
    return recordedOnly ? group.map(GroupState::flushMs).orElse(0L) : toldMs;
  }
}
