package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.interval.TimeInterval;
import io.trivigil.alertmanager.route.InhibitRule;
import io.trivigil.alertmanager.route.RouteOptions;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What holds alerts back at one moment. Belongs to one thread; made anew for each look.
public final class Suppression {
  private final AlertmanagerConfig config;
  private final SilenceMatchers matchers;
  private final long nowMs;
  private final List<Silence> active;
  private final List<List<Alert>> sources = new ArrayList<>();

  public Suppression(
      StateView state, AlertmanagerConfig config, SilenceMatchers matchers, long nowMs) {
    this.config = config;
    this.matchers = matchers;
    this.nowMs = nowMs;
    this.active =
        state.silences().values().stream()
            .filter(s -> s.stateAt(nowMs) == Silence.State.ACTIVE)
            .toList();
    for (InhibitRule rule : config.inhibitRules()) {
      sources.add(
          state.alerts().stream()
              .filter(a -> !a.resolvedAt(nowMs) && rule.isSource(a.labels()))
              .toList());
    }
  }

  /// The ids of the active silences that match, in order.
  public List<String> silencedBy(Labels labels) {
    return active.stream().filter(s -> matchers.matches(s, labels)).map(Silence::id).toList();
  }

  /// The firing alerts that hold this one back: the first of each rule.
  public List<Alert> inhibitedBy(Labels labels) {
    List<Alert> by = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      InhibitRule rule = config.inhibitRules().get(i);
      if (rule.isTarget(labels)) {
        sources.get(i).stream()
            .filter(source -> rule.inhibits(source.labels(), labels))
            .findFirst()
            .filter(source -> !by.contains(source))
            .ifPresent(by::add);
      }
    }
    return by;
  }

  /// The names of the time intervals because of which a route is quiet now; its active intervals if
  /// none of them holds.
  public List<String> mutedBy(RouteOptions route) {
    List<String> names = new ArrayList<>();
    boolean active =
        route.activeTimeIntervals().isEmpty()
            || route.activeTimeIntervals().stream().anyMatch(this::holds);
    if (!active) {
      names.addAll(route.activeTimeIntervals());
    }
    route.muteTimeIntervals().stream().filter(this::holds).forEach(names::add);
    return names;
  }

  private boolean holds(String name) {
    Map<String, List<TimeInterval>> intervals = config.timeIntervals();
    return intervals.getOrDefault(name, List.of()).stream().anyMatch(i -> i.contains(nowMs));
  }
}
