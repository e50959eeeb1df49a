package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.promql.ast.VectorMatching;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The match groups of two vectors: numbered by the labels by which their series find each other.
/// Groups of whichever side is grouped first come first, in order of appearance.
final class Signatures {
  private final GroupIndex index;

  Signatures(VectorMatching matching) {
    if (matching.on()) {
      index = GroupIndex.by(matching.labels());
    } else {
      Set<String> ignored = new HashSet<>(matching.labels());
      ignored.add(Labels.NAME);
      index = GroupIndex.without(ignored);
    }
  }

  /// The number of a series' group.
  int of(Column series) {
    return index.of(series);
  }

  /// How many groups are known.
  int count() {
    return index.count();
  }

  /// What the series of a group have in common.
  Labels labels(int group) {
    return index.labels(group);
  }

  /// The columns of each group, by its number.
  List<List<Column>> groups(List<Column> columns) {
    List<List<Column>> groups = new ArrayList<>();
    for (Column column : columns) {
      int group = index.of(column);
      while (groups.size() <= group) {
        groups.add(new ArrayList<>(1));
      }
      groups.get(group).add(column);
    }
    return groups;
  }

  /// The columns of a group, none where the number is beyond this side's groups.
  static List<Column> group(List<List<Column>> groups, int number) {
    return number < groups.size() ? groups.get(number) : List.of();
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
