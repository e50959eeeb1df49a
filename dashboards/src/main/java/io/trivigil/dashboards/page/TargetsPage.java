package io.trivigil.dashboards.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Scrape targets by pool.
///
/// @param targets in the order of pools in the configuration
/// @param droppedCount how many discovered targets relabelling dropped
public record TargetsPage(ListFilter filter, List<TargetRow> targets, long droppedCount)
    implements Page {

  /// The targets of one scrape configuration, and how many of all of them are up.
  public record Pool(String name, long up, long total, List<TargetRow> targets) {
    public boolean allUp() {
      return up == total;
    }
  }

  public TargetsPage {
    targets = List.copyOf(targets);
  }

  @Override
  public Place place() {
    return Place.TARGETS;
  }

  public List<Segment> states() {
    return List.of(
        state("", targets.size(), "", "all"),
        state("down", count(TargetRow.Health.DOWN), "bad", "down"),
        state("up", count(TargetRow.Health.UP), "", "up"),
        state("unknown", count(TargetRow.Health.UNKNOWN), "warn", "unknown"));
  }

  private Segment state(String state, long count, String mood, String word) {
    return new Segment(
        "state." + word, count, mood, filter.stateLink(state), filter.state().equals(state));
  }

  private long count(TargetRow.Health health) {
    return targets.stream().filter(t -> t.health() == health).count();
  }

  private List<TargetRow> wanted() {
    return targets.stream()
        .filter(t -> filter.wantsState(t.state()) && filter.matchesText(t::searchText))
        .toList();
  }

  /// Returns the pools that hold a target asked for, with those targets.
  public List<Pool> pools() {
    Map<String, List<TargetRow>> shown = new LinkedHashMap<>();
    for (TargetRow target : wanted().stream().limit(ListFilter.MAX_ROWS).toList()) {
      shown.computeIfAbsent(target.pool(), _ -> new ArrayList<>()).add(target);
    }
    Map<String, long[]> counts = new LinkedHashMap<>();
    for (TargetRow target : targets) {
      long[] upAndAll = counts.computeIfAbsent(target.pool(), _ -> new long[2]);
      upAndAll[0] += target.health() == TargetRow.Health.UP ? 1 : 0;
      upAndAll[1]++;
    }
    List<Pool> pools = new ArrayList<>();
    shown.forEach(
        (name, rows) -> {
          long[] upAndAll = counts.getOrDefault(name, new long[2]);
          pools.add(new Pool(name, upAndAll[0], upAndAll[1], List.copyOf(rows)));
        });
    return List.copyOf(pools);
  }

  public long hidden() {
    return RowBudget.hidden(wanted().size());
  }

  public boolean noMatch() {
    return wanted().isEmpty();
  }

  public boolean none() {
    return targets.isEmpty();
  }
}
