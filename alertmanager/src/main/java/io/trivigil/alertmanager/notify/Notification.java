package io.trivigil.alertmanager.notify;

import io.trivigil.alertmanager.state.Alert;
import io.trivigil.model.Labels;
import io.trivigil.model.Utf8Order;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What one notification says, before it has a form.
///
/// @param receiver the receiver's name
/// @param groupKey the group's key
/// @param groupLabels what makes the group
/// @param routeLabels texts of the route, expanded
/// @param alerts in upstream's order: by job, instance, labels
/// @param reason why it is sent
/// @param externalUrl where people find us
/// @param nowMs decides which alerts have ended
/// @param truncated how many alerts were left out
public record Notification(
    String receiver,
    String groupKey,
    Labels groupLabels,
    Map<String, String> routeLabels,
    List<Alert> alerts,
    String reason,
    String externalUrl,
    long nowMs,
    int truncated) {

  public Notification {
    alerts = alerts.stream().sorted(Notification::order).toList();
    routeLabels = Map.copyOf(routeLabels);
  }

  /// The same with its first `count` alerts only.
  public Notification first(int count) {
    if (count >= alerts.size()) {
      return this;
    }
    return new Notification(
        receiver,
        groupKey,
        groupLabels,
        routeLabels,
        alerts.subList(0, count),
        reason,
        externalUrl,
        nowMs,
        truncated + alerts.size() - count);
  }

  Notification withRouteLabels(Map<String, String> expanded) {
    return new Notification(
        receiver, groupKey, groupLabels, expanded, alerts, reason, externalUrl, nowMs, truncated);
  }

  /// `firing` if any alert fires, else `resolved`.
  public String status() {
    return alerts.stream().allMatch(this::hasEnded) ? "resolved" : "firing";
  }

  boolean hasEnded(Alert alert) {
    return alert.resolvedAt(nowMs);
  }

  /// The labels that all alerts share.
  public Labels commonLabels() {
    return common(alerts.stream().map(Alert::labels).toList());
  }

  /// The annotations that all alerts share.
  public Labels commonAnnotations() {
    return common(alerts.stream().map(Alert::annotations).toList());
  }

  private static Labels common(List<Labels> all) {
    if (all.isEmpty()) {
      return Labels.EMPTY;
    }
    Labels first = all.getFirst();
    return first.filter(
        name -> all.stream().allMatch(labels -> labels.get(name).equals(first.get(name))));
  }

  private static int order(Alert a, Alert b) {
    for (String name : List.of("job", "instance")) {
      String x = a.labels().get(name);
      String y = b.labels().get(name);
      if (!x.equals(y)) {
        return x.isEmpty() ? 1 : y.isEmpty() ? -1 : Utf8Order.compare(x, y);
      }
    }
    return byLabels().compare(a.labels(), b.labels());
  }

  /// Upstream's order of label sets: fewer labels first, then by the values of all names that
  /// either has; who lacks a name comes first.
  public static Comparator<Labels> byLabels() {
    return (a, b) -> {
      if (a.size() != b.size()) {
        return Integer.compare(a.size(), b.size());
      }
      TreeSet<String> names = new TreeSet<>(Utf8Order::compare);
      a.forEach((name, _) -> names.add(name));
      b.forEach((name, _) -> names.add(name));
      for (String name : names) {
        int order = Utf8Order.compare(a.get(name), b.get(name));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }
}
