package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The labels of the series of 1,024 neighbouring references, as one row of the catalogue. Each
/// string stands in it once, and so does each list of names:
///
/// ```
/// u8 version = 2 │ varint series
/// varint strings │ each: varint bytes, UTF-8
/// varint shapes  │ each: varint names, of each name varint its string
///                │ of each series: varint reference − the one before, varint shape, of each value varint its string
/// ```
///
/// One row a series (version 1, [Rows#labels]) took 150 bytes and 3 µs when a store was opened. As
/// for all rows, the table's blocks have checksums.
final class CatalogueBlock {
  private static final int VERSION = 2;

  private CatalogueBlock() {}

  /// Collects a block, in the order of references.
  static final class Writer {
    private final Object2IntOpenHashMap<String> strings = new Object2IntOpenHashMap<>();
    private final ByteWriter text = new ByteWriter(4096);
    private final Map<List<String>, Integer> shapes = new HashMap<>();
    private final ByteWriter names = new ByteWriter(256);
    private final ByteWriter body = new ByteWriter(8192);
    private Labels before = Labels.EMPTY;
    private int shape = -1; // of the labels before
    private int series;
    private long refBefore;

    Writer() {
      strings.defaultReturnValue(-1);
    }

    void add(long ref, Labels labels) {
      if (shape < 0 || !sameNames(before, labels)) {
        shape = shape(labels);
      }
      body.varint(ref - refBefore).varint(shape);
      for (int i = 0; i < labels.size(); i++) {
        body.varint(string(labels.value(i)));
      }
      before = labels;
      refBefore = ref;
      series++;
    }

    private static boolean sameNames(Labels one, Labels other) {
      if (one.size() != other.size()) {
        return false;
      }
      for (int i = 0; i < one.size(); i++) {
        if (!one.name(i).equals(other.name(i))) {
          return false;
        }
      }
      return true;
    }

    private int shape(Labels labels) {
      String[] all = new String[labels.size()];
      Arrays.setAll(all, labels::name);
      Integer known = shapes.putIfAbsent(List.of(all), shapes.size());
      if (known != null) {
        return known;
      }
      names.varint(all.length);
      for (String name : all) {
        names.varint(string(name));
      }
      return shapes.size() - 1;
    }

    private int string(String value) {
      int known = strings.getInt(value);
      if (known < 0) {
        known = strings.size();
        strings.put(value, known);
        text.string(value);
      }
      return known;
    }

    boolean isEmpty() {
      return series == 0;
    }

    byte[] toBytes() {
      ByteWriter all = new ByteWriter(text.size() + names.size() + body.size() + 24);
      all.u8(VERSION).varint(series);
      append(all.varint(strings.size()), text);
      append(all.varint(shapes.size()), names);
      append(all, body);
      return all.toBytes();
    }

    private static void append(ByteWriter to, ByteWriter from) {
      to.raw(from.toBytes(), 0, from.size());
    }
  }

  /// Takes the series of a block, as numbers.
  interface Target {
    /// The number of a text.
    int symbol(String text);

    /// The number of a list of names.
    ///
    /// @throws IllegalArgumentException if they are not sorted and unique
    int shape(String... names);

    /// @param values a symbol for each name of the shape, more may stand behind them; kept by no
    ///   one
    void series(long ref, int shape, int[] values);
  }

  /// How many series a block holds.
  static int series(byte[] row) {
    return Rows.reader(row, VERSION, "block of the catalogue").count(2);
  }

  /// Reads a block.
  ///
  /// @throws MalformedBytesException if it is none
  static void read(byte[] row, Target target) {
    ByteReader in = Rows.reader(row, VERSION, "block of the catalogue");
    int series = in.count(2);
    String[] strings = new String[in.count(1)];
    int[] symbols = new int[strings.length];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = in.string();
      symbols[i] = target.symbol(strings[i]);
    }
    int[] sizes = new int[in.count(1)];
    int[] shapes = new int[sizes.length];
    for (int i = 0; i < shapes.length; i++) {
      String[] names = new String[in.count(1)];
      for (int n = 0; n < names.length; n++) {
        names[n] = strings[below(strings.length, in)];
      }
      shapes[i] = shape(target, names);
      sizes[i] = names.length;
    }
    int[] values = new int[Arrays.stream(sizes).max().orElse(0)];
    long ref = 0;
    for (int left = series; left > 0; left--) {
      ref += in.varint();
      int shape = below(shapes.length, in);
      for (int i = 0; i < sizes[shape]; i++) {
        int value = below(strings.length, in);
        if (strings[value].isEmpty()) {
          throw new MalformedBytesException("block of the catalogue: label without a value");
        }
        values[i] = symbols[value];
      }
      target.series(ref, shapes[shape], values);
    }
    in.expectEnd();
  }

  private static int shape(Target target, String[] names) {
    try {
      return target.shape(names);
    } catch (IllegalArgumentException e) {
      throw new MalformedBytesException(String.valueOf(e.getMessage()));
    }
  }

  private static int below(int limit, ByteReader in) {
    int number = in.intVarint();
    if (number >= limit) {
      throw new MalformedBytesException(
          "block of the catalogue: expected a number below %d, found %d".formatted(limit, number));
    }
    return number;
  }
}
