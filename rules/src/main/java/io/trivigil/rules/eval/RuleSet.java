package io.trivigil.rules.eval;

import io.trivigil.rules.file.RuleGroup;
import java.util.List;

/// All rules of one configuration version.
public record RuleSet(long configVersion, List<RuleGroup> groups, RuleSettings settings) {
  public RuleSet {
    groups = List.copyOf(groups);
  }
}
