package io.trivigil.dashboards.page;

import java.util.List;

/// Silences by state: without a filter those that are active or pending.
///
/// @param silences active by end, pending by start, expired by end descending
public record SilencesPage(ListFilter filter, List<SilenceRow> silences) implements Page {

  public SilencesPage {
    silences = List.copyOf(silences);
  }

  @Override
  public Place place() {
    return Place.SILENCES;
  }

  public List<Segment> states() {
    return List.of(
        state("", count("active") + count("pending"), "current"),
        state("active", count("active"), "active"),
        state("pending", count("pending"), "scheduled"),
        state("expired", count("expired"), "expired"));
  }

  private Segment state(String state, long count, String word) {
    return new Segment(
        "state." + word, count, "", filter.stateLink(state), filter.state().equals(state));
  }

  private long count(String state) {
    return silences.stream().filter(s -> s.state().equals(state)).count();
  }

  private List<SilenceRow> wanted() {
    return silences.stream()
        .filter(s -> filter.state().isEmpty() ? !s.expired() : filter.wantsState(s.state()))
        .filter(s -> filter.matchesText(s::searchText))
        .toList();
  }

  public List<SilenceRow> shown() {
    return wanted().stream().limit(ListFilter.MAX_ROWS).toList();
  }

  public long hidden() {
    return RowBudget.hidden(wanted().size());
  }

  public boolean noMatch() {
    return wanted().isEmpty();
  }

  public boolean none() {
    return filter.text().isEmpty() && filter.state().isEmpty();
  }
}
