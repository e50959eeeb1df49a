package io.trivigil.rules.alert;

import io.trivigil.model.Labels;

/// One alert of a rule, with its texts as of the newest run.
///
/// @param labels what identifies it, `alertname` included
/// @param annotations its texts
/// @param value the expression's newest value
/// @param state never [AlertState.Inactive]: an inactive alert is forgotten
/// @param sentMs when it was last handed to the alertmanager, 0 for never
public record Alert(
    Labels labels, Labels annotations, double value, AlertState state, long sentMs) {
  public Alert {
    if (state instanceof AlertState.Inactive) {
      throw new IllegalArgumentException("an inactive alert is not kept: labels=" + labels);
    }
  }

  /// Whether it is to be sent at this time: never while pending, once when it ended, and while it
  /// fires again after the delay. An end needs no repeating, as it enters the log together with
  /// what marks it as sent; repeated, it would stand in the next notification of its group.
  public boolean isDue(long nowMs, long resendDelayMs) {
    return switch (state) {
      case AlertState.Inactive _, AlertState.Pending _ -> false;
      case AlertState.Resolved(AlertState.Firing _, long resolvedMs) -> resolvedMs > sentMs;
      case AlertState.Firing _, AlertState.Lingering _ ->
          sentMs == 0 || sentMs + resendDelayMs < nowMs;
    };
  }

  /// The same alert, sent.
  public Alert sent(long nowMs) {
    return new Alert(labels, annotations, value, state, nowMs);
  }

  /// The same alert in another state.
  public Alert in(AlertState next) {
    return new Alert(labels, annotations, value, next, sentMs);
  }
}
