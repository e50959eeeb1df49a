package io.trivigil.scraper.discovery;

import io.trivigil.scraper.state.TargetGroup;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/// Asks one provider what it knows. Called by one thread at a time; an interrupt ends it.
@FunctionalInterface
public interface GroupFinder {
  /// Finds all groups there are now.
  ///
  /// @param before what was found last time, by source; parts that can not be read now keep it
  /// @throws IOException if nothing could be learnt: everything stays as it was
  Found find(SortedMap<String, TargetGroup> before) throws IOException;

  /// What was found.
  ///
  /// @param failures how many parts could not be read
  record Found(List<TargetGroup> groups, List<String> failures) {
    public Found {
      groups = List.copyOf(groups);
      failures = List.copyOf(failures);
    }
  }
}
