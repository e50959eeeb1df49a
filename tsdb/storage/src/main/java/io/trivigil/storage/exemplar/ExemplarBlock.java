package io.trivigil.storage.exemplar;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A stretch of the ring, written as one section: what did not change is not written again. Owned
/// by its store.
///
/// As bytes: u8 version = 1 | varint place of the first in the block | varint series, labels of
/// each | varint exemplars | per exemplar: varint its series' place in the list |
/// [Exemplar#encodeBody].
final class ExemplarBlock {
  /// Exemplars of a full block.
  static final int SIZE = 512;

  private static final int VERSION = 1;

  private final @Nullable Exemplar[] items = new Exemplar[SIZE];
  private int from; // those before left
  private int to;
  private byte @Nullable [] bytes; // null once it changed

  void add(Exemplar exemplar) {
    items[to++] = exemplar;
    bytes = null;
  }

  /// Takes the oldest away. Readers that hold the block still find it.
  Exemplar removeFirst() {
    bytes = null;
    return at(from++);
  }

  Exemplar at(int place) {
    Exemplar item = items[place];
    if (item == null) {
      throw new IllegalStateException("no exemplar here: place=" + place);
    }
    return item;
  }

  /// The place of the oldest.
  int from() {
    return from;
  }

  /// The place behind the newest.
  int to() {
    return to;
  }

  boolean isFull() {
    return to == SIZE;
  }

  boolean isEmpty() {
    return from == to;
  }

  /// Not to be changed.
  byte[] encode() {
    byte[] known = bytes;
    if (known != null) {
      return known;
    }
    Map<Labels, Integer> series = new LinkedHashMap<>();
    for (int i = from; i < to; i++) {
      series.putIfAbsent(at(i).series(), series.size());
    }
    ByteWriter out = new ByteWriter(128 * (to - from));
    out.u8(VERSION).varint(from).varint(series.size());
    series.keySet().forEach(out::labels);
    out.varint(to - from);
    for (int i = from; i < to; i++) {
      out.varint(series.getOrDefault(at(i).series(), 0));
      at(i).encodeBody(out);
    }
    byte[] made = out.toBytes();
    bytes = made;
    return made;
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such thing
  static ExemplarBlock decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "exemplars version: expected=%d found=%d".formatted(VERSION, version));
    }
    ExemplarBlock block = new ExemplarBlock();
    int from = in.intVarint();
    List<Labels> series = new ArrayList<>();
    for (int i = in.count(1); i > 0; i--) {
      series.add(in.labels());
    }
    int count = in.count(3);
    if (from + (long) count > SIZE) {
      throw new MalformedBytesException(
          "exemplars of a block: most=%d found=%d".formatted(SIZE, from + (long) count));
    }
    block.from = from;
    block.to = from;
    for (int i = 0; i < count; i++) {
      int place = in.intVarint();
      if (place >= series.size()) {
        throw new MalformedBytesException("exemplar of an unlisted series: place=" + place);
      }
      block.add(Exemplar.decodeBody(series.get(place), in));
    }
    in.expectEnd();
    block.bytes = bytes;
    return block;
  }
}
