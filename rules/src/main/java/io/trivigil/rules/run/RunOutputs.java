package io.trivigil.rules.run;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.SampleBatch;
import java.util.List;

/// Where an accepted run goes, in the same entry of the log. Called by the applying thread; must be
/// deterministic.
public interface RunOutputs {
  /// Samples of recording rules, of `ALERTS` and `ALERTS_FOR_STATE`, and stale markers.
  void samples(SampleBatch samples);

  /// Alerts for the alertmanager.
  void alerts(List<AlertUpdate> alerts);

  /// What changed, for the history.
  void transitions(List<AlertTransition> transitions);
}
