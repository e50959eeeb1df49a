package io.trivigil.dashboards.page;

import io.trivigil.model.Labels;
import java.util.List;
import java.util.Locale;

/// One alert: an element of a rule's result, or a member of a group of the alertmanager.
///
/// @param activeMs since when its condition holds
/// @param value the rule's value, already formatted; empty where unknown
/// @param query the rule's expression, for a link; empty where unknown
/// @param source where the alert says it comes from (its `generatorURL`), or empty
/// @param silencedBy ids of silences that mute it
/// @param inhibitedBy fingerprints of alerts that mute it
/// @param mutedBy names of time intervals that mute it
public record AlertRow(
    Phase phase,
    Labels labels,
    Labels annotations,
    long activeMs,
    String value,
    String query,
    String source,
    List<String> silencedBy,
    List<String> inhibitedBy,
    List<String> mutedBy) {

  /// What an alert is in.
  public enum Phase {
    PENDING,
    FIRING,
    RESOLVED;

    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public AlertRow {
    silencedBy = List.copyOf(silencedBy);
    inhibitedBy = List.copyOf(inhibitedBy);
    mutedBy = List.copyOf(mutedBy);
  }

  public String name() {
    return labels.get("alertname");
  }

  public String state() {
    return phase.wire();
  }

  /// Returns `firing`, `pending`, `resolved`, or what mutes a firing alert: `silenced`,
  /// `inhibited`, `muted`.
  public String standing() {
    if (phase == Phase.FIRING && !silencedBy.isEmpty()) {
      return "silenced";
    }
    if (phase == Phase.FIRING && !inhibitedBy.isEmpty()) {
      return "inhibited";
    }
    return phase == Phase.FIRING && !mutedBy.isEmpty() ? "muted" : state();
  }

  public boolean firing() {
    return phase == Phase.FIRING;
  }

  public boolean suppressed() {
    return !silencedBy.isEmpty() || !inhibitedBy.isEmpty() || !mutedBy.isEmpty();
  }

  public String severity() {
    return labels.get("severity");
  }

  /// Returns the one line that says most: summary, description, message, or nothing.
  public String summary() {
    for (String name : List.of("summary", "description", "message")) {
      if (annotations.has(name)) {
        return annotations.get(name);
      }
    }
    return "";
  }

  /// Returns the description where it says more than the summary does.
  public String description() {
    String text = annotations.get("description");
    return text.equals(summary()) ? "" : text;
  }

  public String runbook() {
    return webAddress(annotations.get("runbook_url"));
  }

  /// Returns where the alert says it comes from, if that is an address of the web.
  public String sourceLink() {
    return webAddress(source);
  }

  private static String webAddress(String url) {
    return url.startsWith("https://") || url.startsWith("http://") ? url : "";
  }

  /// Returns the labels without those that the row shows elsewhere.
  public Labels otherLabels() {
    return labels.drop(List.of("alertname", "severity"));
  }

  String searchText() {
    return labels + " " + annotations + " " + state();
  }
}
