package io.trivigil.web.remote;

import io.trivigil.model.codec.RawHash;
import java.util.Arrays;

/// The label fields that aliases are made of, by number, each once: most (`job`, `instance`, the
/// metric's name) are shared by many series. One writer at a time; [#text] for any thread, of
/// numbers that were published to it.
final class FieldTexts {
  private volatile byte[][] texts = new byte[64][];

  // The writer's:
  private int size;
  private int[] table = new int[128]; // number + 1, open addressing, at most half full
  private long bytes;

  byte[] text(int number) {
    return texts[number];
  }

  /// The number of the field `from` ≤ at < `to`, which may be a new one.
  int number(byte[] raw, int from, int to) {
    int mask = table.length - 1;
    int at = RawHash.of(raw, from, to) & mask;
    for (; table[at] != 0; at = (at + 1) & mask) {
      byte[] known = texts[table[at] - 1];
      if (Arrays.equals(known, 0, known.length, raw, from, to)) {
        return table[at] - 1;
      }
    }
    table[at] = size + 1;
    return add(Arrays.copyOfRange(raw, from, to));
  }

  private int add(byte[] text) {
    if (size == texts.length) {
      texts = Arrays.copyOf(texts, 2 * size);
    }
    texts[size] = text;
    bytes += 16 + (text.length + 7 & ~7) + 2 * Integer.BYTES + 4; // array, its places
    size++;
    if (2 * size > table.length) {
      table = new int[Integer.highestOneBit(4 * size)];
      int mask = table.length - 1;
      for (int number = 0; number < size; number++) {
        byte[] known = texts[number];
        int at = RawHash.of(known, 0, known.length) & mask;
        while (table[at] != 0) {
          at = (at + 1) & mask;
        }
        table[at] = number + 1;
      }
    }
    return size - 1;
  }

  /// About how much memory they take.
  long bytes() {
    return bytes;
  }
}
