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

  String searchText() {
    StringBuilder all = new StringBuilder();
    all.append(group).append(' ').append(file).append(' ').append(name).append(' ').append(query);
    all.append(' ').append(labels).append(' ').append(annotations);
    alerts.forEach(a -> all.append(' ').append(a.searchText()));
    return all.toString();
  }
}
