package io.trivigil.dashboards.page;

import java.time.Duration;
import java.util.List;

/// Rule groups, their health and their last evaluation.
public record RulesPage(ListFilter filter, List<Group> groups) implements Page {

  /// @param lastEvaluationMs when the group was last evaluated; 0 means never
  public record Group(
      String name,
      String file,
      Duration interval,
      long lastEvaluationMs,
      Duration evaluationTime,
      List<RuleRow> rules) {
    public Group {
      rules = List.copyOf(rules);
    }

    public boolean evaluated() {
      return lastEvaluationMs > 0;
    }

    public int count() {
      return rules.size();
    }

    /// Returns whether evaluating takes more than half of the interval.
    public boolean slow() {
      return evaluationTime.multipliedBy(2).compareTo(interval) > 0;
    }

    Group with(List<RuleRow> some) {
      return new Group(name, file, interval, lastEvaluationMs, evaluationTime, some);
    }
  }

  public RulesPage {
    groups = List.copyOf(groups);
  }

  @Override
  public Place place() {
    return Place.RULES;
  }

  public List<Segment> states() {
    return List.of(
        state("", groups.stream().mapToLong(g -> g.rules().size()).sum(), "", "all"),
        state("err", count(filterFor("err")), "bad", "err"),
        state("alerting", count(filterFor("alerting")), "", "alerting"),
        state("recording", count(filterFor("recording")), "", "recording"));
  }

  private static ListFilter filterFor(String state) {
    return new ListFilter("", state, "");
  }

  private Segment state(String state, long count, String mood, String word) {
    return new Segment(
        "state." + word, count, mood, filter.stateLink(state), filter.state().equals(state));
  }

  private long count(ListFilter some) {
    return groups.stream().flatMap(g -> g.rules().stream()).filter(r -> wants(some, r)).count();
  }

  private static boolean wants(ListFilter filter, RuleRow rule) {
    return switch (filter.state()) {
      case "" -> true;
      case "alerting" -> rule.alerting();
      case "recording" -> !rule.alerting();
      default -> rule.health().equals(filter.state());
    };
  }

  private List<Group> wantedGroups() {
    return groups.stream()
        .map(g -> g.with(g.rules().stream().filter(r -> wants(filter, r) && says(g, r)).toList()))
        .filter(g -> !g.rules().isEmpty())
        .toList();
  }

  private boolean says(Group group, RuleRow rule) {
    return filter.matchesText(() -> group.name() + " " + group.file() + " " + rule.searchText());
  }

  /// Returns the groups that hold a rule asked for, with those rules.
  public List<Group> shownGroups() {
    RowBudget budget = new RowBudget();
    return wantedGroups().stream()
        .map(g -> g.with(budget.take(g.rules())))
        .filter(g -> !g.rules().isEmpty())
        .toList();
  }

  public long hidden() {
    return RowBudget.hidden(wantedGroups().stream().mapToLong(g -> g.rules().size()).sum());
  }

  public boolean noMatch() {
    return shownGroups().isEmpty();
  }

  public boolean none() {
    return groups.isEmpty();
  }
}
