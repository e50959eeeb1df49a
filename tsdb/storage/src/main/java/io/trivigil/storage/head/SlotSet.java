package io.trivigil.storage.head;

import java.util.Arrays;
import java.util.function.IntConsumer;

/// Slots, each once: a bit for each slot up to the highest, so that a million of them take 128 KiB.
/// One writer; others read what does not change any more.
public final class SlotSet {
  private long[] words = new long[16];
  private int size;

  void add(int slot) {
    int word = slot >>> 6;
    if (word >= words.length) {
      words = Arrays.copyOf(words, Math.max(word + 1, words.length + words.length / 2));
    }
    long bit = 1L << slot;
    if ((words[word] & bit) == 0) {
      words[word] |= bit;
      size++;
    }
  }

  public int size() {
    return size;
  }

  /// Tells them in rising order.
  public void forEach(IntConsumer each) {
    for (int word = 0; word < words.length; word++) {
      for (long left = words[word]; left != 0; left &= left - 1) {
        each.accept(word << 6 | Long.numberOfTrailingZeros(left));
      }
    }
  }
}
