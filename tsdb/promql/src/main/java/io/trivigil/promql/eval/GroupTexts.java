package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Numbers groups of series by the texts of some of their labels, or of all but some. Looking a
/// series up builds nothing; only a new group gets labels. Owned by one thread.
final class GroupTexts {
  private final String[] names;
  private final boolean without;
  private final List<Labels> groups = new ArrayList<>();

  /// Group number + 1, open addressing; at most half full.
  private int[] table = new int[32];

  private int[] hashes = new int[16];

  /// The name and value of each label that counts, of the series looked up last.
  private @Nullable String[] pairs = new String[16];

  private int size;

  /// Where each of `names` stood last, and the very text that stood there: series of one metric are
  /// alike, and the store keeps a name once.
  private final int[] places;

  private final @Nullable String[] texts;

  /// @param names sorted, each once
  GroupTexts(String[] names, boolean without) {
    this.names = names;
    this.without = without;
    this.places = new int[names.length];
    this.texts = new String[names.length];
  }

  /// The groups' labels, by number.
  List<Labels> groups() {
    return groups;
  }

  /// The number of the series' group, which may be a new one.
  int of(Labels series) {
    int hash = without ? pickOthers(series) : pick(series);
    int mask = table.length - 1;
    int at = (hash ^ (hash >>> 15)) & mask;
    while (table[at] != 0) {
      int group = table[at] - 1;
      if (hashes[group] == hash && isPicked(groups.get(group))) {
        return group;
      }
      at = (at + 1) & mask;
    }
    table[at] = groups.size() + 1;
    return add(hash, series);
  }

  private int pick(Labels series) {
    int hash = 1;
    int from = 0;
    size = 0;
    for (int n = 0; n < names.length; n++) {
      int at = place(series, n, from);
      if (at >= 0) {
        hash = take(series, at, hash);
        from = at + 1;
      }
    }
    return hash;
  }

  /// Where label `n` stands, at `from` or behind it; -1 if the series does not have it.
  @SuppressWarnings("ReferenceEquality") // is only the quick way to yes
  private int place(Labels series, int n, int from) {
    int last = places[n];
    if (last >= from && last < series.size() && series.name(last) == texts[n]) {
      return last;
    }
    // Both are sorted: what was passed over need not be looked at again.
    for (int i = from; i < series.size(); i++) {
      if (series.name(i).equals(names[n])) {
        places[n] = i;
        texts[n] = series.name(i);
        return i;
      }
    }
    return -1;
  }

  private int pickOthers(Labels series) {
    int hash = 1;
    size = 0;
    for (int i = 0; i < series.size(); i++) {
      if (!isNamed(series.name(i))) {
        hash = take(series, i, hash);
      }
    }
    return hash;
  }

  private boolean isNamed(String name) {
    for (String known : names) {
      if (known.equals(name)) {
        return true;
      }
    }
    return false;
  }

  private int take(Labels series, int i, int hash) {
    if (size + 2 > pairs.length) {
      pairs = Arrays.copyOf(pairs, pairs.length * 2);
    }
    String name = series.name(i);
    String value = series.value(i);
    pairs[size++] = name;
    pairs[size++] = value;
    return (hash * 31 + name.hashCode()) * 31 + value.hashCode();
  }

  private boolean isPicked(Labels group) {
    if (group.size() * 2 != size) {
      return false;
    }
    for (int i = 0; i < group.size(); i++) {
      if (!group.value(i).equals(pairs[2 * i + 1]) || !group.name(i).equals(pairs[2 * i])) {
        return false;
      }
    }
    return true;
  }

  private int add(int hash, Labels series) {
    int group = groups.size();
    groups.add(
        size == 2 * series.size()
            ? series
            : Labels.ofSorted(Arrays.copyOf(pairs, size, String[].class)));
    if (group == hashes.length) {
      hashes = Arrays.copyOf(hashes, group * 2);
    }
    hashes[group] = hash;
    if (groups.size() * 2 > table.length) {
      table = new int[table.length * 2];
      int mask = table.length - 1;
      for (int g = 0; g < groups.size(); g++) {
        int at = (hashes[g] ^ (hashes[g] >>> 15)) & mask;
        while (table[at] != 0) {
          at = (at + 1) & mask;
        }
        table[at] = g + 1;
      }
    }
    return group;
  }
}
