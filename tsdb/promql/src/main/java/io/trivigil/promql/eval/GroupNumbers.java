package io.trivigil.promql.eval;

import io.trivigil.model.LabelNumbers;
import java.util.Arrays;

/// Groups by the numbers of the labels that count. A group may have several keys; a key is the
/// number of a list of names and the number of each value. Owned by one thread.
final class GroupNumbers {
  /// Before each key stand its hash and its group.
  private static final int HEAD = 2;

  private int[] entries = new int[64];
  private int used;
  private int count;

  /// Where an entry begins + 1, open addressing; at most half full.
  private int[] table = new int[32];

  /// What was looked up last.
  private int[] key = new int[8];

  private int length;
  private int hash;

  /// The group of a key, negative if there is none.
  ///
  /// @param pick the number of the list of names that count, then where each of them stands
  int find(int[] pick, LabelNumbers numbers) {
    length = pick.length;
    if (key.length < length) {
      key = new int[length];
    }
    int mixed = pick[0];
    key[0] = mixed;
    for (int i = 1; i < length; i++) {
      int value = numbers.value(pick[i]);
      key[i] = value;
      mixed = Integer.rotateLeft(mixed ^ value * 0xCC9E2D51, 13) * 0x1B873593;
    }
    hash = mixed ^ mixed >>> 15;
    int mask = table.length - 1;
    for (int at = hash & mask; table[at] != 0; at = (at + 1) & mask) {
      int entry = table[at] - 1;
      if (entries[entry] == hash && isKey(entry + HEAD)) {
        return entries[entry + 1];
      }
    }
    return -1;
  }

  /// Of keys of one list of names the lengths are the same; the list's number comes first.
  private boolean isKey(int at) {
    for (int i = 0; i < length; i++) {
      if (entries[at + i] != key[i]) {
        return false;
      }
    }
    return true;
  }

  /// Puts the key that was looked up last, and was not found, into a group.
  void add(int group) {
    int needed = used + HEAD + length;
    if (needed > entries.length) {
      entries = Arrays.copyOf(entries, Math.max(needed, entries.length * 2));
    }
    entries[used] = hash;
    entries[used + 1] = group;
    System.arraycopy(key, 0, entries, used + HEAD, length);
    put(used, hash);
    used = needed;
    if (++count * 2 > table.length) {
      grow();
    }
  }

  private void put(int entry, int ofHash) {
    int mask = table.length - 1;
    int at = ofHash & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = entry + 1;
  }

  private void grow() {
    int[] old = table;
    table = new int[old.length * 2];
    for (int place : old) {
      if (place != 0) {
        put(place - 1, entries[place - 1]);
      }
    }
  }
}
