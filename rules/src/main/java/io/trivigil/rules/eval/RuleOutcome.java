package io.trivigil.rules.eval;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.run.AlertTransition;
import java.util.List;
import java.util.Optional;

/// What the evaluation of one rule came to.
///
/// @param error why it failed, empty if it did not
/// @param samples what it writes
/// @param alerts all its alerts, unless nothing may be said of them
/// @param updates what is to be sent
/// @param transitions what changed
record RuleOutcome(
    String error,
    List<Sample> samples,
    Optional<List<Alert>> alerts,
    List<AlertUpdate> updates,
    List<AlertTransition> transitions) {
  /// One value of one series.
  ///
  /// @param histogram what it is instead of a number
  record Sample(Labels series, double value, Optional<NativeHistogram> histogram) {
    Sample(Labels series, double value) {
      this(series, value, Optional.empty());
    }
  }

  /// A failure that leaves alerts and series as they were.
  static RuleOutcome failed(String error) {
    return new RuleOutcome(error, List.of(), Optional.empty(), List.of(), List.of());
  }
}
