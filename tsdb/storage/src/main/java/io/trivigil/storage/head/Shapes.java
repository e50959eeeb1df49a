package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lists of names that label sets have, by number: few, where series are many. Owned by the
/// thread that applies the log; [#get] for any thread.
final class Shapes {
  /// Where there is no shape.
  static final int NONE = -1;

  private final Symbols symbols;
  private final Object2IntOpenHashMap<List<String>> numbers = new Object2IntOpenHashMap<>();
  private volatile @Nullable Shape[] shapes = new Shape[16];
  private int next; // number that was never given
  private final IntArrayList free = new IntArrayList();
  private int last = NONE; // found last: neighbours are alike

  Shapes(Symbols symbols) {
    this.symbols = symbols;
    numbers.defaultReturnValue(NONE);
  }

  /// One list of names.
  ///
  /// @param names made of shared strings
  /// @param metricAt which value is the metric's name, -1 if none is
  /// @param jobAt which value is the job, -1 if none is
  record Shape(Labels.Shape names, int metricAt, int jobAt) {
    int size() {
      return names.size();
    }
  }

  /// The shape of a number, null where it was forgotten meanwhile. (Hot path: no box.)
  @Nullable Shape get(int number) {
    return shapes[number];
  }

  /// The number of these labels' names, [#NONE] if they have none.
  int find(Labels labels) {
    Shape before = last == NONE ? null : shapes[last];
    return before != null && isOf(before, labels) ? last : known(List.of(names(labels)));
  }

  private int known(List<String> names) {
    int number = numbers.getInt(names);
    last = number == NONE ? last : number;
    return number;
  }

  private static boolean isOf(Shape shape, Labels labels) {
    if (shape.size() != labels.size()) {
      return false;
    }
    for (int i = 0; i < labels.size(); i++) {
      if (!shape.names().name(i).equals(labels.name(i))) {
        return false;
      }
    }
    return true;
  }

  static String[] names(Labels labels) {
    String[] names = new String[labels.size()];
    Arrays.setAll(names, labels::name);
    return names;
  }

  /// The number of these names, which may be a new one.
  ///
  /// @throws IllegalArgumentException if they are not sorted and unique
  int number(String... names) {
    int known = known(List.of(names));
    if (known != NONE) {
      return known;
    }
    String[] shared = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      String text = symbols.text(symbols.number(names[i]));
      shared[i] = text == null ? names[i] : text;
    }
    List<String> list = List.of(shared);
    Shape shape =
        new Shape(
            Labels.Shape.ofSorted(shared),
            list.indexOf(Labels.NAME),
            list.indexOf(SeriesCounts.JOB));
    int number = free.isEmpty() ? next++ : free.popInt();
    if (number == shapes.length) {
      shapes = Arrays.copyOf(shapes, 2 * number);
    }
    shapes[number] = shape;
    numbers.put(list, number);
    return number;
  }

  /// Forgets all but these numbers, and marks the symbols of their names.
  void keep(BitSet used, BitSet usedSymbols) {
    last = NONE;
    numbers.clear();
    free.clear();
    for (int number = 0; number < next; number++) {
      Shape shape = shapes[number];
      if (shape != null && used.get(number)) {
        String[] names = new String[shape.size()];
        Arrays.setAll(names, shape.names()::name);
        numbers.put(List.of(names), number);
        for (String name : names) {
          usedSymbols.set(symbols.number(name));
        }
      } else {
        shapes[number] = null;
        free.add(number);
      }
    }
  }
}
