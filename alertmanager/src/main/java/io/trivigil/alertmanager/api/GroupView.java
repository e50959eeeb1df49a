package io.trivigil.alertmanager.api;

import io.trivigil.model.Labels;
import java.util.List;

/// A group as `/api/v2/alerts/groups` shows it.
///
/// @param labels what its alerts have in common by `group_by`
/// @param receiver who is told
/// @param alerts in label order
/// @param groupKey the group's key
/// @param nextFlushMs when it is due again, 0 before its first flush
public record GroupView(
    Labels labels, String receiver, List<AlertView> alerts, String groupKey, long nextFlushMs) {
  public GroupView {
    alerts = List.copyOf(alerts);
  }
}
