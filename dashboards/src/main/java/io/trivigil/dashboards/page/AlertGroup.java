package io.trivigil.dashboards.page;

import io.trivigil.model.Labels;
import java.util.List;

/// A group of the alertmanager: what goes into one notification.
public record AlertGroup(String receiver, Labels labels, List<AlertRow> alerts) {

  public AlertGroup {
    alerts = List.copyOf(alerts);
  }

  public int count() {
    return alerts.size();
  }

  AlertGroup with(List<AlertRow> some) {
    return new AlertGroup(receiver, labels, some);
  }
}
