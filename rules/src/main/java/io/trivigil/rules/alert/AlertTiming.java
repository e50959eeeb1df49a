package io.trivigil.rules.alert;

/// How long an alert waits before it fires, and lingers after.
///
/// @param forMs milliseconds that it must hold before it fires; 0 fires at once
/// @param keepFiringForMs milliseconds that it goes on firing after it stopped to hold; 0 for none
public record AlertTiming(long forMs, long keepFiringForMs) {
  /// How long a resolved alert is kept, so that its end can be sent again.
  public static final long RESOLVED_KEPT_MS = 15 * 60_000L;

  public AlertTiming {
    if (forMs < 0 || keepFiringForMs < 0) {
      throw new IllegalArgumentException(
          "alert timing must not be negative: for_ms=%d keep_firing_for_ms=%d"
              .formatted(forMs, keepFiringForMs));
    }
  }

  AlertState rise(long activeMs, long nowMs) {
    return nowMs - activeMs >= forMs
        ? new AlertState.Firing(activeMs, nowMs)
        : new AlertState.Pending(activeMs);
  }

  // A reload may have lengthened `for`: Prometheus then sends the alert back to pending.
  AlertState held(AlertState.Firing firing, long nowMs) {
    return nowMs - firing.activeMs() >= forMs ? firing : new AlertState.Pending(firing.activeMs());
  }
}
