package io.trivigil.alertmanager.api;

import io.trivigil.alertmanager.state.Alert;
import java.util.List;

/// An alert as `/api/v2/alerts` shows it.
///
/// @param alert labels, annotations, times, fingerprint
/// @param receivers names of the receivers that it reaches, in the order of its routes
/// @param state what it counts as
/// @param silencedBy ids of active silences
/// @param inhibitedBy fingerprints of the alerts that hold it back, 16 hex digits
/// @param mutedBy names of time intervals; known for groups, and for alerts all of whose routes are
///   quiet
public record AlertView(
    Alert alert,
    List<String> receivers,
    State state,
    List<String> silencedBy,
    List<String> inhibitedBy,
    List<String> mutedBy) {

  /// The three states of the API.
  public enum State {
    UNPROCESSED("unprocessed"),
    ACTIVE("active"),
    SUPPRESSED("suppressed");

    private final String text;

    State(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public AlertView {
    receivers = List.copyOf(receivers);
    silencedBy = List.copyOf(silencedBy);
    inhibitedBy = List.copyOf(inhibitedBy);
    mutedBy = List.copyOf(mutedBy);
  }
}
