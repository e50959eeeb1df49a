package io.trivigil.rules.view;

import io.trivigil.promql.QueryException;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.alert.AlertState;
import io.trivigil.rules.eval.RuleSet;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.Expressions;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RulesMachine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Joins the rules of the configuration with the replicated state. Callable from any thread, on
/// every node.
public final class RuleViews {
  private final RulesMachine machine;
  private final Expressions expressions;

  public RuleViews(RulesMachine machine, Expressions expressions) {
    this.machine = machine;
    this.expressions = expressions;
  }

  /// All groups, sorted by file and name.
  public List<GroupView> groups(RuleSet rules) {
    return rules.groups().stream()
        .sorted(Comparator.comparing(RuleGroup::key))
        .map(this::group)
        .toList();
  }

  private GroupView group(RuleGroup group) {
    Optional<GroupState> state = machine.group(group.key());
    List<RuleState> known = state.map(GroupState::rules).orElse(List.of());
    long lastMs = state.map(GroupState::slotMs).orElse(0L);
    Set<Integer> taken = new HashSet<>();
    List<RuleView> rules = new ArrayList<>();
    for (Rule rule : group.rules()) {
      RuleState found = RuleState.fresh(rule.id());
      for (int i = 0; i < known.size(); i++) {
        if (known.get(i).id().equals(rule.id()) && taken.add(i)) {
          found = known.get(i);
          break;
        }
      }
      rules.add(rule(rule, found, lastMs));
    }
    return new GroupView(
        group.key(),
        group.intervalMs(),
        group.limit(),
        state.map(s -> s.evaluationNanos() / 1e9).orElse(0.0),
        lastMs,
        state.map(GroupState::missed).orElse(0L),
        rules);
  }

  private RuleView rule(Rule rule, RuleState state, long groupMs) {
    boolean ran = state.health() != RuleState.Health.UNKNOWN;
    String query = normal(rule.expr());
    double seconds = state.evaluationNanos() / 1e9;
    long lastMs = ran ? groupMs : 0;
    return switch (rule) {
      case Rule.Recording _ ->
          new RuleView.Recording(
              rule.name(),
              query,
              rule.labels(),
              state.health().text(),
              state.lastError(),
              seconds,
              lastMs);
      case Rule.Alerting alerting ->
          new RuleView.Alerting(
              rule.name(),
              query,
              rule.labels(),
              state.health().text(),
              state.lastError(),
              seconds,
              lastMs,
              ran ? worst(state) : "unknown",
              alerting.forMs(),
              alerting.keepFiringForMs(),
              alerting.annotations(),
              alerts(state));
    };
  }

  private String normal(String expr) {
    try {
      return expressions.check(expr);
    } catch (IllegalArgumentException | QueryException _) {
      return expr; // It was checked when it was loaded; features may have changed since.
    }
  }

  private static String worst(RuleState state) {
    if (state.alerts().stream().anyMatch(alert -> alert.state().isFiring())) {
      return "firing";
    }
    return state.alerts().stream().anyMatch(alert -> alert.state().isActive())
        ? "pending"
        : "inactive";
  }

  /// All active alerts of the configured rules, group by group.
  public List<AlertView> alerts(RuleSet rules) {
    List<AlertView> all = new ArrayList<>();
    for (GroupView group : groups(rules)) {
      for (RuleView rule : group.rules()) {
        if (rule instanceof RuleView.Alerting alerting) {
          all.addAll(alerting.alerts());
        }
      }
    }
    return all;
  }

  private static List<AlertView> alerts(RuleState state) {
    List<AlertView> views = new ArrayList<>();
    for (Alert alert : state.alerts()) {
      if (alert.state().isActive()) {
        OptionalLong lingering =
            alert.state() instanceof AlertState.Lingering(AlertState.Firing _, long quietMs)
                ? OptionalLong.of(quietMs)
                : OptionalLong.empty();
        views.add(
            new AlertView(
                alert.labels(),
                alert.annotations(),
                alert.state().publicName(),
                alert.state().activeMs(),
                lingering,
                alert.value()));
      }
    }
    return views;
  }
}
