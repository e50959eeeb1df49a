package io.trivigil.alertmanager.api;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.dispatch.Grouping;
import io.trivigil.alertmanager.dispatch.SilenceMatchers;
import io.trivigil.alertmanager.dispatch.Suppression;
import io.trivigil.alertmanager.notify.Notification;
import io.trivigil.alertmanager.route.Route;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Fingerprint;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.Phase;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.alertmanager.state.Transition;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Views of alerts, for one state, one configuration and one moment. Belongs to one thread.
public final class AlertViews {
  private final StateView state;
  private final AlertmanagerConfig config;
  private final long nowMs;
  private final Suppression suppression;

  public AlertViews(
      StateView state, AlertmanagerConfig config, SilenceMatchers matchers, long nowMs) {
    this.state = state;
    this.config = config;
    this.nowMs = Math.max(nowMs, state.logTimeMs());
    this.suppression = new Suppression(state, config, matchers, this.nowMs);
  }

  /// The alerts that have not ended, by fingerprint, as upstream lists them.
  public List<AlertView> alerts(AlertFilter filter) {
    List<AlertView> views = new ArrayList<>();
    for (Alert alert : state.alerts()) {
      if (alert.resolvedAt(nowMs)) {
        continue;
      }
      List<Route> routes = config.route().match(alert.labels());
      Set<String> receivers = new LinkedHashSet<>();
      routes.forEach(route -> receivers.add(route.options().receiver()));
      if (receivers.stream().noneMatch(filter.receivers())) {
        continue;
      }
      AlertView view = view(alert, List.copyOf(receivers), mutedEverywhere(routes));
      if (filter.accepts(view)) {
        views.add(view);
      }
    }
    views.sort(Comparator.comparing(v -> v.alert().fingerprint(), Long::compareUnsigned));
    return views;
  }

  private List<String> mutedEverywhere(List<Route> routes) {
    Set<String> names = new LinkedHashSet<>();
    for (Route route : routes) {
      List<String> by = suppression.mutedBy(route.options());
      if (by.isEmpty()) {
        return List.of();
      }
      names.addAll(by);
    }
    return List.copyOf(names);
  }

  private AlertView view(Alert alert, List<String> receivers, List<String> mutedBy) {
    List<String> silencedBy = suppression.silencedBy(alert.labels());
    List<String> inhibitedBy =
        suppression.inhibitedBy(alert.labels()).stream()
            .map(by -> Fingerprint.text(by.fingerprint()))
            .toList();
    boolean suppressed = !silencedBy.isEmpty() || !inhibitedBy.isEmpty() || !mutedBy.isEmpty();
    return new AlertView(
        alert,
        receivers,
        suppressed ? AlertView.State.SUPPRESSED : AlertView.State.ACTIVE,
        silencedBy,
        inhibitedBy,
        mutedBy);
  }

  /// The groups with alerts that have not ended, by their labels and receiver; empty ones are left
  /// out.
  public List<GroupView> groups(AlertFilter filter) {
    List<GroupView> groups = new ArrayList<>();
    for (Grouping.Group group : new Grouping(config.route()).group(state.alerts()).values()) {
      String receiver = group.route().options().receiver();
      List<String> mutedBy = suppression.mutedBy(group.route().options());
      if (!filter.receivers().test(receiver) || (!filter.muted() && !mutedBy.isEmpty())) {
        continue;
      }
      List<AlertView> alerts =
          group.alerts().stream()
              .filter(alert -> !alert.resolvedAt(nowMs))
              .map(alert -> view(alert, List.of(receiver), mutedBy))
              .filter(filter::accepts)
              .toList();
      if (!alerts.isEmpty()) {
        long nextMs = state.group(group.stateKey()).map(GroupState::nextFlushMs).orElse(0L);
        groups.add(new GroupView(group.labels(), receiver, alerts, group.groupKey(), nextMs));
      }
    }
    groups.sort(
        Comparator.comparing(GroupView::labels, Notification.byLabels())
            .thenComparing(GroupView::receiver));
    return groups;
  }

  /// The names of all receivers, in the order of the file.
  public List<String> receivers() {
    return List.copyOf(config.receivers().keySet());
  }

  /// The alert history, newest first.
  ///
  /// @param matchers all must pass the alert's labels
  /// @param phase only this one, if given
  /// @param sinceMs nothing earlier
  /// @param limit the most lines
  public List<Transition> history(
      List<Matcher> matchers, Optional<Phase> phase, long sinceMs, int limit) {
    List<Transition> found = new ArrayList<>();
    for (Transition line : state.history().reversed()) {
      if (found.size() >= limit) {
        break;
      }
      boolean wanted =
          line.atMs() >= sinceMs
              && phase.map(p -> p == line.phase()).orElse(true)
              && passes(matchers, line.labels());
      if (wanted) {
        found.add(line);
      }
    }
    return found;
  }

  private static boolean passes(List<Matcher> matchers, Labels labels) {
    return io.trivigil.alertmanager.match.Matchers.matches(matchers, labels);
  }
}
