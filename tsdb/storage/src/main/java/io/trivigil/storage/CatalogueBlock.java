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
import java.util.function.UnaryOperator;

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

  /// Takes one series.
  interface Visitor {
    void visit(long ref, Labels labels);
  }

  /// How many series a block holds.
  static int series(byte[] row) {
    return Rows.reader(row, VERSION, "block of the catalogue").count(2);
  }

  /// Reads a block.
  ///
  /// @param shared gives each of its strings as it shall stand in memory
  /// @throws MalformedBytesException if it is none
  static void read(byte[] row, UnaryOperator<String> shared, Visitor visitor) {
    ByteReader in = Rows.reader(row, VERSION, "block of the catalogue");
    int series = in.count(2);
    String[] strings = new String[in.count(1)];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = shared.apply(in.string());
    }
    try {
      Labels.Shape[] shapes = new Labels.Shape[in.count(1)];
      String[] values = new String[0];
      for (int i = 0; i < shapes.length; i++) {
        String[] names = new String[in.count(1)];
        fill(names, names.length, strings, in);
        shapes[i] = Labels.Shape.ofSorted(names);
        values = names.length > values.length ? new String[names.length] : values;
      }
      long ref = 0;
      for (int left = series; left > 0; left--) {
        ref += in.varint();
        Labels.Shape shape = shapes[below(shapes.length, in)];
        fill(values, shape.size(), strings, in);
        visitor.visit(ref, shape.labels(values));
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedBytesException(String.valueOf(e.getMessage()));
    }
    in.expectEnd();
  }

  private static void fill(String[] target, int count, String[] strings, ByteReader in) {
    for (int i = 0; i < count; i++) {
      target[i] = strings[below(strings.length, in)];
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
