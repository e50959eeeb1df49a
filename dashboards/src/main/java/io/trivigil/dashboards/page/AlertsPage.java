package io.trivigil.dashboards.page;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Alerts in two views: as the rules see them, and as the alertmanager groups and sends them.
public record AlertsPage(ListFilter filter, List<AlertRule> rules, List<AlertGroup> groups)
    implements Page {

  private static final Map<String, Integer> GRAVITY =
      Map.of("firing", 0, "pending", 1, "inactive", 2);

  public AlertsPage {
    rules = List.copyOf(rules);
    groups = List.copyOf(groups);
  }

  @Override
  public Place place() {
    return Place.ALERTS;
  }

  public boolean groupView() {
    return filter.view().equals("groups");
  }

  public List<Segment> views() {
    return List.of(
        new Segment("alerts.view.rules", -1, "", filter.viewLink(""), !groupView()),
        new Segment("alerts.view.groups", -1, "", filter.viewLink("groups"), groupView()));
  }

  public List<Segment> states() {
    return groupView()
        ? List.of(
            state("", rows(groups), "", "all"),
            state("firing", count("firing"), "bad", "firing"),
            state("silenced", count("silenced"), "", "silenced"),
            state("inhibited", count("inhibited"), "", "inhibited"),
            state("muted", count("muted"), "", "muted"))
        : List.of(
            state("", rules.size(), "", "all"),
            state("firing", rulesIn("firing"), "bad", "firing"),
            state("pending", rulesIn("pending"), "warn", "pending"),
            state("inactive", rulesIn("inactive"), "", "inactive"));
  }

  private Segment state(String state, long count, String mood, String word) {
    return new Segment(
        "state." + word, count, mood, filter.stateLink(state), filter.state().equals(state));
  }

  private long rulesIn(String state) {
    return rules.stream().filter(r -> r.state().equals(state)).count();
  }

  private long count(String standing) {
    return groups.stream()
        .flatMap(g -> g.alerts().stream())
        .filter(a -> a.standing().equals(standing))
        .count();
  }

  private static long rows(List<AlertGroup> some) {
    return some.stream().mapToLong(g -> g.alerts().size()).sum();
  }

  private List<AlertRule> wantedRules() {
    return rules.stream()
        .filter(r -> filter.wantsState(r.state()) && filter.matchesText(r::searchText))
        .sorted(Comparator.comparing(r -> GRAVITY.getOrDefault(r.state(), 3)))
        .toList();
  }

  /// Returns the rules asked for: firing first, then pending, in the files' order.
  public List<AlertRule> shownRules() {
    return wantedRules().stream().limit(ListFilter.MAX_ROWS).toList();
  }

  private List<AlertGroup> wantedGroups() {
    return groups.stream()
        .map(
            g ->
                g.with(
                    g.alerts().stream()
                        .filter(a -> filter.wantsState(a.standing()))
                        .filter(a -> filter.matchesText(() -> g.receiver() + " " + a.searchText()))
                        .toList()))
        .filter(g -> !g.alerts().isEmpty())
        .toList();
  }

  /// Returns the groups asked for, without alerts that were not.
  public List<AlertGroup> shownGroups() {
    RowBudget budget = new RowBudget();
    return wantedGroups().stream()
        .map(g -> g.with(budget.take(g.alerts())))
        .filter(g -> !g.alerts().isEmpty())
        .toList();
  }

  public long hidden() {
    return RowBudget.hidden(groupView() ? rows(wantedGroups()) : wantedRules().size());
  }

  public boolean noMatch() {
    return groupView() ? shownGroups().isEmpty() : shownRules().isEmpty();
  }

  public boolean none() {
    return groupView() ? groups.isEmpty() : rules.isEmpty();
  }
}
