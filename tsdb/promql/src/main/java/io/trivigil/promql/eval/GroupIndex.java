package io.trivigil.promql.eval;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.model.Utf8Order;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Numbers groups of series by some of their labels, or by all but some.
///
/// Series whose labels are known as numbers are told apart by those alone; the labels of a group
/// are then made when somebody asks for them. From the first series on that has no numbers, all
/// groups are known by their texts too. Owned by one thread.
final class GroupIndex {
  private static final int NO_NAMES = Integer.MIN_VALUE;

  private final Set<String> names;
  private final boolean without;
  private final boolean isOne; // group, of all series

  /// The first series of each group, and the group's labels once somebody asked.
  private final List<Labelled> firsts = new ArrayList<>();

  private final List<@Nullable Labels> labels = new ArrayList<>();

  private final LabelNumbers numbers = new LabelNumbers();
  private final GroupNumbers byNumbers = new GroupNumbers();
  private @Nullable GroupTexts byTexts;

  /// By the number of a list of names: the number of those among them that count, then where each
  /// of these stands.
  private final Int2ObjectOpenHashMap<int[]> picks = new Int2ObjectOpenHashMap<>();

  private final Map<List<String>, Integer> picked = new HashMap<>();
  private int lastNames = NO_NAMES;
  private int[] lastPick = new int[0];

  private GroupIndex(Collection<String> names, boolean without) {
    this.names = Set.copyOf(names);
    this.without = without;
    this.isOne = names.isEmpty() && !without;
  }

  /// Groups by these labels.
  static GroupIndex by(Collection<String> names) {
    return new GroupIndex(names, false);
  }

  /// Groups by all labels but these.
  static GroupIndex without(Collection<String> names) {
    return new GroupIndex(names, true);
  }

  /// How many groups there are.
  int count() {
    return firsts.size();
  }

  /// The labels of a group.
  Labels labels(int group) {
    Labels known = labels.get(group);
    if (known == null) {
      known = firsts.get(group).labels().filter(this::counts);
      labels.set(group, known);
    }
    return known;
  }

  /// The number of the series' group, which may be a new one: then it is the count so far.
  int of(Labelled series) {
    if (isOne) {
      return one(series);
    }
    return series.number(numbers) ? numbered(series) : named(series.labels());
  }

  /// The same of a column, which keeps its labels once they were made.
  int of(Column column) {
    if (isOne) {
      return one(column.labelled);
    }
    return column.labelled.number(numbers) ? numbered(column.labelled) : named(column.settled());
  }

  private int one(Labelled series) {
    if (firsts.isEmpty()) {
      add(series, Labels.EMPTY);
    }
    return 0;
  }

  private int numbered(Labelled series) {
    int[] pick = numbers.names() == lastNames ? lastPick : pick(series);
    int known = byNumbers.find(pick, numbers);
    if (known >= 0) {
      return known;
    }
    int group = byTexts == null ? firsts.size() : named(series.labels());
    byNumbers.add(group);
    if (group == firsts.size()) {
      add(series, null);
    }
    return group;
  }

  private int named(Labels series) {
    GroupTexts texts = texts();
    int group = texts.of(series);
    if (group == firsts.size()) {
      add(series, texts.groups().get(group));
    }
    return group;
  }

  private void add(Labelled series, @Nullable Labels ofGroup) {
    firsts.add(series);
    labels.add(ofGroup);
  }

  private GroupTexts texts() {
    GroupTexts texts = byTexts;
    if (texts == null) {
      texts =
          new GroupTexts(names.stream().sorted(Utf8Order::compare).toArray(String[]::new), without);
      byTexts = texts;
      for (int group = 0; group < firsts.size(); group++) {
        if (texts.of(labels(group)) != group) {
          throw new IllegalStateException("two numbers of one text: " + labels(group));
        }
      }
    }
    return texts;
  }

  private int[] pick(Labelled series) {
    lastNames = numbers.names();
    lastPick = picks.computeIfAbsent(lastNames, _ -> pick(series.labels()));
    return lastPick;
  }

  private int[] pick(Labels all) {
    List<String> chosen = new ArrayList<>();
    int[] pick = new int[1 + all.size()];
    for (int i = 0; i < all.size(); i++) {
      if (counts(all.name(i))) {
        chosen.add(all.name(i));
        pick[chosen.size()] = i;
      }
    }
    pick[0] = picked.computeIfAbsent(chosen, _ -> picked.size());
    return Arrays.copyOf(pick, 1 + chosen.size());
  }

  private boolean counts(String name) {
    return names.contains(name) != without;
  }
}
