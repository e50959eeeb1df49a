package io.trivigil.web.drill;

import java.util.ArrayList;
import java.util.List;

/// Whether a cluster is well enough to be drilled. Pure.
public final class Health {
  /// With fewer members a step takes the quorum away.
  public static final int FEWEST = 3;

  private Health() {}

  /// What one node says.
  ///
  /// @param node its id
  /// @param ready whether `/-/ready` says yes
  /// @param leader who leads in its view; empty if it does not answer, or knows none
  /// @param term its term; -1 if it does not answer
  public record Sight(String node, boolean ready, String leader, long term) {}

  /// What speaks against a step; empty if all members are live, caught up, and of one mind.
  public static List<String> problems(List<Sight> sights) {
    List<String> problems = new ArrayList<>();
    if (sights.size() < FEWEST) {
      problems.add("%d members; a drill wants %d".formatted(sights.size(), FEWEST));
    }
    for (Sight sight : sights) {
      if (sight.term() < 0) {
        problems.add(sight.node() + " does not answer");
      } else if (!sight.ready()) {
        problems.add(sight.node() + " has not caught up");
      } else if (sight.leader().isEmpty()) {
        problems.add(sight.node() + " knows no leader");
      }
    }
    if (sights.stream().map(Sight::leader).distinct().count() > 1) {
      problems.add("nodes name different leaders");
    }
    return problems;
  }
}
