package io.trivigil.rules.alert;

/// What one evaluation of the rule saw of one alert, and when.
public sealed interface Evaluation {
  /// The condition holds.
  record Present(long nowMs) implements Evaluation {}

  /// It does not.
  record Absent(long nowMs) implements Evaluation {}
}
