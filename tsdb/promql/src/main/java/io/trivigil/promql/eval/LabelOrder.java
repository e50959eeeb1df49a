package io.trivigil.promql.eval;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.model.Utf8Order;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Sorts by labels. The series of one metric have the same names as a rule: then each label's
/// values are put in order once, and the series are sorted by numbers instead of by their texts.
/// Where the labels are known as numbers, only the texts of different values are looked at.
final class LabelOrder {
  /// Fewer are compared with each other.
  private static final int WORTH_RANKING = 32;

  private static final int UNKNOWN = -1;
  private static final long[] NONE = {};

  private LabelOrder() {}

  private record Named<T>(Labels labels, T item) {}

  /// The values of label sets with the same names, label by label.
  private interface Values {
    /// Puts down for each label set a number of its value of a label: where it stands in `texts`,
    /// to which each different value is added once.
    void number(int label, int[] numbers, List<String> texts);
  }

  /// The items in the order of their labels, equal ones in the order in which they came: these same
  /// ones if they are sorted already, else a new list. Each is asked for its labels once at most.
  static <T> List<T> sorted(List<T> items, Function<? super T, ? extends Labelled> labelledOf) {
    int count = items.size();
    Labelled[] labelled = new Labelled[count];
    for (int i = 0; i < count; i++) {
      labelled[i] = labelledOf.apply(items.get(i));
    }
    if (count >= WORTH_RANKING) {
      long[] keys = numberedKeys(labelled);
      if (keys.length > 0) {
        return sorted(items, keys);
      }
    }
    Labels[] labels = new Labels[count];
    boolean rising = true;
    for (int i = 0; i < count; i++) {
      labels[i] = labelled[i].labels();
      rising = rising && (i == 0 || labels[i - 1].compareTo(labels[i]) <= 0);
    }
    if (rising) {
      return items;
    }
    long[] keys = count >= WORTH_RANKING && haveSameNames(labels) ? keys(labels) : NONE;
    return keys.length > 0 ? sorted(items, keys) : compared(items, labels);
  }

  private static <T> List<T> sorted(List<T> items, long[] keys) {
    boolean rising = true;
    for (int i = 1; i < keys.length; i++) {
      rising &= keys[i - 1] < keys[i];
    }
    if (rising) {
      return items;
    }
    Arrays.sort(keys);
    List<T> sorted = new ArrayList<>(keys.length);
    for (long key : keys) {
      sorted.add(items.get((int) (key % keys.length)));
    }
    return sorted;
  }

  private static <T> List<T> compared(List<T> items, Labels[] labels) {
    List<Named<T>> named = new ArrayList<>(labels.length);
    for (int i = 0; i < labels.length; i++) {
      named.add(new Named<>(labels[i], items.get(i)));
    }
    named.sort(Comparator.comparing(Named::labels));
    List<T> sorted = new ArrayList<>(labels.length);
    for (Named<T> one : named) {
      sorted.add(one.item);
    }
    return sorted;
  }

  /// As [#keys] of the numbers; none if they are not known, or not of the same names.
  private static long[] numberedKeys(Labelled[] labelled) {
    LabelNumbers numbers = new LabelNumbers();
    if (!labelled[0].number(numbers)) {
      return NONE;
    }
    int names = numbers.names();
    int width = numbers.size();
    if ((long) width * labelled.length > Integer.MAX_VALUE / 2) {
      return NONE;
    }
    int[] all = new int[width * labelled.length];
    for (int i = 0; i < labelled.length; i++) {
      if (!labelled[i].number(numbers) || numbers.names() != names) {
        return NONE;
      }
      numbers.copyTo(all, i * width);
    }
    return keys(
        labelled.length,
        width,
        (label, into, texts) -> {
          Int2IntOpenHashMap known = new Int2IntOpenHashMap();
          known.defaultReturnValue(UNKNOWN);
          int last = 0;
          for (int i = 0; i < into.length; i++) {
            int value = all[i * width + label];
            if (i == 0 || value != all[(i - 1) * width + label]) {
              last = known.putIfAbsent(value, texts.size());
              if (last == UNKNOWN) {
                last = texts.size();
                texts.add(labelled[i].value(label));
              }
            }
            into[i] = last;
          }
        });
  }

  private static long[] keys(Labels[] labels) {
    return keys(
        labels.length,
        labels[0].size(),
        (label, into, texts) -> {
          Map<String, Integer> known = new HashMap<>();
          int last = 0;
          for (int i = 0; i < into.length; i++) {
            String value = labels[i].value(label);
            if (i == 0 || !value.equals(texts.get(last))) {
              Integer before = known.putIfAbsent(value, texts.size());
              last = before == null ? texts.size() : before;
              if (before == null) {
                texts.add(value);
              }
            }
            into[i] = last;
          }
        });
  }

  /// A number for each label set, in their order: its place in it times the count, plus where it
  /// stands now. None if there are too many values for that.
  private static long[] keys(int count, int width, Values values) {
    long[] keys = new long[count];
    int[] ranks = new int[count];
    long most = count; // all keys will be below
    for (int label = 0; label < width; label++) {
      int distinct = rank(values, label, ranks);
      if (most > Long.MAX_VALUE / distinct) {
        return NONE;
      }
      most *= distinct;
      for (int i = 0; i < count; i++) {
        keys[i] = keys[i] * distinct + ranks[i];
      }
    }
    for (int i = 0; i < count; i++) {
      keys[i] = keys[i] * count + i;
    }
    return keys;
  }

  private static boolean haveSameNames(Labels[] labels) {
    for (Labels one : labels) {
      boolean same = one.size() == labels[0].size();
      for (int i = 0; same && i < one.size(); i++) {
        same = one.name(i).equals(labels[0].name(i));
      }
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /// Puts down which place each one's value of a label has among all of its values; returns how
  /// many there are.
  private static int rank(Values values, int label, int[] ranks) {
    List<String> texts = new ArrayList<>();
    values.number(label, ranks, texts);
    if (texts.size() == 1) {
      return 1; // and their number is 0
    }
    Integer[] inOrder = new Integer[texts.size()];
    Arrays.setAll(inOrder, i -> i);
    Arrays.sort(inOrder, (a, b) -> Utf8Order.compare(texts.get(a), texts.get(b)));
    int[] places = new int[texts.size()];
    for (int place = 0; place < places.length; place++) {
      places[inOrder[place]] = place;
    }
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = places[ranks[i]];
    }
    return texts.size();
  }
}
