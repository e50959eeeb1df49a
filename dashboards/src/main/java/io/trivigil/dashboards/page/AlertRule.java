package io.trivigil.dashboards.page;

import io.trivigil.model.Labels;
import java.time.Duration;
import java.util.List;

/// An alerting rule with the alerts that it has now.
public record AlertRule(
    String group,
    String file,
    String name,
    String query,
    Duration hold,
    Duration keepFiring,
    Labels labels,
    Labels annotations,
    String lastError,
    List<AlertRow> alerts) {

  /// How many alerts of one rule the page shows; the rest is counted.
  public static final int MAX_ALERTS = 100;

  public AlertRule {
    alerts = List.copyOf(alerts);
  }

  /// Returns the gravest state of its alerts, or `inactive`.
  public String state() {
    if (alerts.stream().anyMatch(AlertRow::firing)) {
      return "firing";
    }
    return alerts.stream().anyMatch(a -> a.phase() == AlertRow.Phase.PENDING)
        ? "pending"
        : "inactive";
  }

  public boolean active() {
    return !state().equals("inactive");
  }

  public String severity() {
    return labels.get("severity");
  }

  public boolean held() {
    return !hold.isZero();
  }

  public boolean kept() {
    return !keepFiring.isZero();
  }

  public int count() {
    return alerts.size();
  }

  public List<AlertRow> shownAlerts() {
    return alerts.stream().limit(MAX_ALERTS).toList();
  }

  public int hiddenAlerts() {
    return Math.max(0, alerts.size() - MAX_ALERTS);
  }

  String searchText() {
    StringBuilder all = new StringBuilder();
    all.append(group).append(' ').append(file).append(' ').append(name).append(' ').append(query);
    all.append(' ').append(labels).append(' ').append(annotations);
    alerts.forEach(a -> all.append(' ').append(a.searchText()));
    return all.toString();
  }
}
