package io.trivigil.rules.alert;

import io.trivigil.rules.alert.Evaluation.Absent;
import io.trivigil.rules.alert.Evaluation.Present;

/// What is true of one alert right now: the facts that are true in each state, and no others.
public sealed interface AlertState {
  /// Nothing is known of it.
  record Inactive() implements AlertState {}

  /// It holds since `activeMs`, but not yet long enough.
  record Pending(long activeMs) implements AlertState {}

  /// It held long enough at `firedMs`.
  record Firing(long activeMs, long firedMs) implements AlertState {}

  /// It no longer holds since `quietMs`, but `keep_firing_for` runs. The world still sees it fire.
  record Lingering(Firing firing, long quietMs) implements AlertState {}

  /// It is over, and kept for a while so that its end can be sent again.
  record Resolved(Firing was, long resolvedMs) implements AlertState {}

  /// Returns the state after one evaluation. Pure: the evaluation carries its own time.
  default AlertState after(Evaluation seen, AlertTiming timing) {
    return switch (seen) {
      case Present(long nowMs) ->
          switch (this) {
            case Inactive _, Resolved _ -> timing.rise(nowMs, nowMs);
            case Pending(long activeMs) -> timing.rise(activeMs, nowMs);
            case Firing firing -> timing.held(firing, nowMs);
            case Lingering(Firing firing, long _) -> timing.held(firing, nowMs);
          };
      case Absent(long nowMs) ->
          switch (this) {
            case Inactive _, Pending _ -> new Inactive();
            case Firing firing -> quiet(firing, nowMs, nowMs, timing);
            case Lingering(Firing firing, long quietMs) -> quiet(firing, quietMs, nowMs, timing);
            case Resolved(Firing _, long resolvedMs) ->
                nowMs - resolvedMs > AlertTiming.RESOLVED_KEPT_MS ? new Inactive() : this;
          };
    };
  }

  private static AlertState quiet(Firing firing, long quietMs, long nowMs, AlertTiming timing) {
    return nowMs - quietMs < timing.keepFiringForMs()
        ? new Lingering(firing, quietMs)
        : new Resolved(firing, nowMs);
  }

  /// The state after a gap in which nobody evaluated: the gap counts neither towards `for` nor
  /// `keep_firing_for`.
  default AlertState afterGap(long gapMs) {
    return switch (this) {
      case Pending(long activeMs) -> new Pending(activeMs + gapMs);
      case Lingering(Firing firing, long quietMs) -> new Lingering(firing, quietMs + gapMs);
      case Inactive _, Firing _, Resolved _ -> this;
    };
  }

  /// Whether the world sees it as firing.
  default boolean isFiring() {
    return this instanceof Firing || this instanceof Lingering;
  }

  /// Whether it is pending or firing.
  default boolean isActive() {
    return this instanceof Pending || isFiring();
  }

  /// The state's name: `inactive`, `pending`, `firing`, `lingering` or `resolved`.
  default String shown() {
    return switch (this) {
      case Inactive _ -> "inactive";
      case Pending _ -> "pending";
      case Firing _ -> "firing";
      case Lingering _ -> "lingering";
      case Resolved _ -> "resolved";
    };
  }

  /// The state as the API and the `ALERTS` series name it: `inactive`, `pending` or `firing`.
  default String publicName() {
    return isFiring() ? "firing" : this instanceof Pending ? "pending" : "inactive";
  }

  /// Since when it is active; the active period before its end where it is over, 0 if there was
  /// none.
  default long activeMs() {
    return switch (this) {
      case Inactive _ -> 0;
      case Pending(long activeMs) -> activeMs;
      case Firing(long activeMs, long _) -> activeMs;
      case Lingering(Firing firing, long _) -> firing.activeMs();
      case Resolved(Firing was, long _) -> was.activeMs();
    };
  }
}
