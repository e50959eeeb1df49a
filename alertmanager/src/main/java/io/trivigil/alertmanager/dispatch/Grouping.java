package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.route.Route;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.model.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Sorts alerts into groups, remembering where each label set goes. Belongs to one thread and one
/// configuration.
public final class Grouping {
  private final Route root;
  private Map<Labels, List<Place>> known = new LinkedHashMap<>();

  private record Place(String stateKey, Route route, Labels labels) {}

  /// A group with all alerts that go there, ended ones too, in label order.
  ///
  /// @param stateKey its key in the replicated state
  /// @param route where it was made
  /// @param labels what its alerts have in common by `group_by`
  public record Group(String stateKey, Route route, Labels labels, List<Alert> alerts) {
    /// The key as upstream writes it, and as receivers see it.
    public String groupKey() {
      return route.groupKey(labels);
    }
  }

  public Grouping(Route root) {
    this.root = root;
  }

  /// The tree that this follows.
  public Route root() {
    return root;
  }

  /// The groups of these alerts, by state key.
  public Map<String, Group> group(List<Alert> alerts) {
    Map<Labels, List<Place>> seen = new LinkedHashMap<>();
    Map<String, Group> groups = new TreeMap<>();
    for (Alert alert : alerts) {
      List<Place> places = known.get(alert.labels());
      if (places == null) {
        places = places(alert.labels());
      }
      seen.put(alert.labels(), places);
      for (Place place : places) {
        List<Alert> members =
            groups
                .computeIfAbsent(
                    place.stateKey(),
                    key -> new Group(key, place.route(), place.labels(), new ArrayList<>()))
                .alerts();
        // Two routes of one key and one receiver are one group.
        if (members.isEmpty() || !members.getLast().equals(alert)) {
          members.add(alert);
        }
      }
    }
    known = seen;
    return groups;
  }

  private List<Place> places(Labels labels) {
    if (QuorumNotice.is(labels)) {
      Labels groupLabels = QuorumNotice.groupLabels(labels);
      return List.of(new Place(root.stateKey(groupLabels), root.withoutWait(), groupLabels));
    }
    List<Place> places = new ArrayList<>();
    for (Route route : root.match(labels)) {
      Labels groupLabels = route.groupLabels(labels);
      places.add(new Place(route.stateKey(groupLabels), route, groupLabels));
    }
    return places;
  }
}
