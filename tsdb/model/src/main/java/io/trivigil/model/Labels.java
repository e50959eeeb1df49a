package io.trivigil.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// A label set: names with values, sorted by name in UTF-8 order, each name once, no empty value
/// (an empty value is an absent label). Immutable.
public final class Labels implements Comparable<Labels>, Labelled {
  /// The label that holds the metric's name.
  public static final String NAME = "__name__";

  /// No labels at all.
  public static final Labels EMPTY = new Labels(new String[0]);

  private final String[] pairs; // name, value, name, value …
  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /// Labels from `name, value, name, value …` in any order.
  ///
  /// @throws IllegalArgumentException if a name stands twice, or the list is odd
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "labels want pairs: got %d strings".formatted(namesAndValues.length));
    }
    if (sorted(namesAndValues) == namesAndValues.length) { // as most senders have them
      return namesAndValues.length == 0 ? EMPTY : new Labels(namesAndValues.clone());
    }
    Builder builder = new Builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.addUnique(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /// Labels from a map; empty values are left out.
  public static Labels of(Map<String, String> labels) {
    Builder builder = new Builder();
    labels.forEach(builder::set);
    return builder.build();
  }

  /// Labels from pairs that are already sorted, unique and without empty values; the array is kept.
  ///
  /// @throws IllegalArgumentException if they are not
  public static Labels ofSorted(String[] pairs) {
    int sorted = sorted(pairs);
    if (sorted < pairs.length) {
      throw new IllegalArgumentException(
          "labels are not sorted, unique and non-empty at " + pairs[sorted]);
    }
    return pairs.length == 0 ? EMPTY : new Labels(pairs);
  }

  /// How many of these texts are labels in order, unique and without an empty value.
  private static int sorted(String[] pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i + 1].isEmpty() || (i > 0 && Utf8Order.compare(pairs[i - 2], pairs[i]) >= 0)) {
        return i;
      }
    }
    return pairs.length;
  }

  /// The names of labels, checked once for many label sets. Immutable.
  public static final class Shape {
    private final String[] pairs; // name, nothing, name, nothing …

    private Shape(String[] pairs) {
      this.pairs = pairs;
    }

    /// Names that are sorted and unique already.
    ///
    /// @throws IllegalArgumentException if they are not
    public static Shape ofSorted(String... names) {
      String[] pairs = new String[2 * names.length];
      for (int i = 0; i < names.length; i++) {
        if (i > 0 && Utf8Order.compare(names[i - 1], names[i]) >= 0) {
          throw new IllegalArgumentException(
              "names of labels are not sorted and unique at " + names[i]);
        }
        pairs[2 * i] = names[i];
        pairs[2 * i + 1] = "";
      }
      return new Shape(pairs);
    }

    public int size() {
      return pairs.length / 2;
    }

    /// The name of label `i`, in order.
    public String name(int i) {
      return pairs[2 * i];
    }

    /// These names, each with room behind it for a value: for [#kept].
    public String[] room() {
      return pairs.clone();
    }

    /// Labels of the values that somebody kept of labels of this shape, so that they are not looked
    /// at again.
    ///
    /// @param room as [#room] gave it, with a value behind each name; is kept
    public Labels kept(String[] room) {
      return room.length == 0 ? EMPTY : new Labels(room);
    }
  }

  @Override
  public Labels labels() {
    return this;
  }

  /// How many labels there are.
  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  /// The name of label `i`, in order.
  public String name(int i) {
    return pairs[2 * i];
  }

  /// The value of label `i`, in order.
  @Override
  public String value(int i) {
    return pairs[2 * i + 1];
  }

  /// The value of the label `name`, empty if it is absent.
  public String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  /// The metric's name, empty if there is none.
  public String metricName() {
    return get(NAME);
  }

  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  /// The labels whose names pass.
  public Labels filter(Predicate<String> names) {
    List<String> kept = new ArrayList<>(pairs.length);
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.test(pairs[i])) {
        kept.add(pairs[i]);
        kept.add(pairs[i + 1]);
      }
    }
    return kept.size() == pairs.length ? this : new Labels(kept.toArray(String[]::new));
  }

  /// Only these names.
  public Labels keep(Collection<String> names) {
    return filter(names::contains);
  }

  /// All but these names.
  public Labels drop(Collection<String> names) {
    return filter(name -> !names.contains(name));
  }

  /// All but the metric's name.
  public Labels dropName() {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(NAME)) {
        return without(i);
      }
    }
    return this;
  }

  private Labels without(int at) {
    String[] rest = new String[pairs.length - 2];
    System.arraycopy(pairs, 0, rest, 0, at);
    System.arraycopy(pairs, at + 2, rest, at, rest.length - at);
    return new Labels(rest);
  }

  /// These labels with one set, or taken away if `value` is empty.
  public Labels with(String name, String value) {
    int at = 0;
    int order = 1;
    while (at < pairs.length && (order = Utf8Order.compare(pairs[at], name)) < 0) {
      at += 2;
    }
    boolean there = at < pairs.length && order == 0;
    if (value.isEmpty()) {
      return there ? without(at) : this;
    }
    String[] all = Arrays.copyOf(pairs, there ? pairs.length : pairs.length + 2);
    if (!there) {
      System.arraycopy(pairs, at, all, at + 2, pairs.length - at);
    }
    all[at] = name;
    all[at + 1] = value;
    return new Labels(all);
  }

  public Builder toBuilder() {
    Builder builder = new Builder();
    forEach(builder::set);
    return builder;
  }

  /// A map in label order.
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    forEach(map::put);
    return map;
  }

  /// Prometheus's order: by name, then value, label by label; the shorter set first.
  @Override
  public int compareTo(Labels other) {
    int length = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < length; i++) {
      int order = Utf8Order.compare(pairs[i], other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels labels
        && hashCode() == labels.hashCode()
        && Arrays.equals(pairs, labels.pairs);
  }

  @Override
  public int hashCode() {
    int known = hash;
    return known == 0 ? hashed() : known;
  }

  private int hashed() {
    int made = Arrays.hashCode(pairs);
    hash = made;
    return made;
  }

  /// `{a="b", c="d"}` as Prometheus prints a label set, the metric's name as an ordinary label.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      out.append(i == 0 ? "" : ", ").append(Names.quoteIfNeeded(pairs[i])).append('=');
      out.append(Names.quote(pairs[i + 1]));
    }
    return out.append('}').toString();
  }

  /// Collects labels; the last value of a name wins. Not thread-safe.
  public static final class Builder {
    private final TreeMap<String, String> labels = new TreeMap<>(Utf8Order::compare);

    /// Sets a label, or takes it away if `value` is empty.
    public Builder set(String name, String value) {
      if (value.isEmpty()) {
        labels.remove(name);
      } else {
        labels.put(name, value);
      }
      return this;
    }

    /// Sets a label that must not be there yet.
    ///
    /// @throws IllegalArgumentException if it is
    public Builder addUnique(String name, String value) {
      if (labels.containsKey(name)) {
        throw new IllegalArgumentException("label name \"%s\" is not unique".formatted(name));
      }
      return set(name, value);
    }

    public Builder remove(String name) {
      labels.remove(name);
      return this;
    }

    /// The value so far, empty if absent.
    public String get(String name) {
      return labels.getOrDefault(name, "");
    }

    public boolean has(String name) {
      return labels.containsKey(name);
    }

    /// The names so far, in order; a copy.
    public List<String> names() {
      return List.copyOf(labels.keySet());
    }

    public Labels build() {
      if (labels.isEmpty()) {
        return EMPTY;
      }
      String[] pairs = new String[labels.size() * 2];
      int i = 0;
      for (Map.Entry<String, String> label : labels.entrySet()) {
        pairs[i++] = label.getKey();
        pairs[i++] = label.getValue();
      }
      return new Labels(pairs);
    }
  }
}
