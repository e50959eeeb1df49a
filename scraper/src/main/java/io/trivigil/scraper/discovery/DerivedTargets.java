package io.trivigil.scraper.discovery;

import io.trivigil.model.Labels;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// All targets of a configuration with its discovered groups. Immutable.
///
/// @param active by key
/// @param dropped by job, what relabelling dropped, as far as it is kept
/// @param droppedCount by job, how many were dropped in all
/// @param failures by job, how many targets could not be made of their labels
public record DerivedTargets(
    SortedMap<String, Target> active,
    SortedMap<String, List<Labels>> dropped,
    Map<String, Integer> droppedCount,
    Map<String, Integer> failures) {
  /// Nothing to scrape.
  public static final DerivedTargets NONE =
      new DerivedTargets(new TreeMap<>(), new TreeMap<>(), Map.of(), Map.of());

  public DerivedTargets {
    active = Collections.unmodifiableSortedMap(new TreeMap<>(active));
    dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
    droppedCount = Map.copyOf(droppedCount);
    failures = Map.copyOf(failures);
  }
}
