package io.trivigil.alertmanager.route;

import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.util.List;

/// A target is held back while a source fires that has the same values of all `equal` labels.
///
/// @param name may be empty
/// @param sources what a source must pass
/// @param targets what a target must pass
/// @param equal labels that must agree; absent equals empty
public record InhibitRule(
    String name, List<Matcher> sources, List<Matcher> targets, List<String> equal) {
  public InhibitRule {
    sources = List.copyOf(sources);
    targets = List.copyOf(targets);
    equal = List.copyOf(equal);
  }

  public boolean isSource(Labels labels) {
    return Matchers.matches(sources, labels);
  }

  public boolean isTarget(Labels labels) {
    return Matchers.matches(targets, labels);
  }

  /// Whether a firing source holds this target back. What is both can not be held back by what is
  /// both, or an alert would silence itself.
  public boolean inhibits(Labels source, Labels target) {
    for (String name : equal) {
      if (!source.get(name).equals(target.get(name))) {
        return false;
      }
    }
    return !(isSource(target) && isTarget(source));
  }
}
