package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.ast.VectorMatching;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The labels by which the series of two vectors find each other, computed once per series.
final class Signatures {
  private final boolean on;
  private final Set<String> labels;

  Signatures(VectorMatching matching) {
    on = matching.on();
    labels = new HashSet<>(matching.labels());
    if (!on) {
      labels.add(Labels.NAME);
    }
  }

  Labels of(Labels series) {
    return on ? series.keep(labels) : series.drop(labels);
  }

  /// The columns of each match group, groups in order of appearance.
  Map<Labels, List<Column>> groups(List<Column> columns) {
    Map<Labels, List<Column>> groups = new LinkedHashMap<>();
    for (Column column : columns) {
      groups.computeIfAbsent(of(column.labels), key -> new ArrayList<>(1)).add(column);
    }
    return groups;
  }

  /// At which steps a match group has any value.
  static boolean[] presence(List<Column> columns, int steps) {
    boolean[] present = new boolean[steps];
    for (Column column : columns) {
      for (int i = 0; i < steps; i++) {
        present[i] |= Cell.isPresent(column.cells[i]);
      }
    }
    return present;
  }
}
