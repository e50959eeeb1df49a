package io.trivigil.scraper.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds series by the bytes that the target writes for them. A flat hash table with open
/// addressing; confined to one thread.
///
/// This is the seam for the prediction of whole lines: a reader that remembers which entry followed
/// which asks this table only where the target's order has changed.
final class SeriesCache {
  private byte[][] keys = new byte[64][];
  private @Nullable SeriesEntry[] entries = new SeriesEntry[64];
  private int size;

  /// The entry for `body[from, to)`, or null if these bytes were never seen.
  @Nullable SeriesEntry find(byte[] body, int from, int to) {
    int mask = keys.length - 1;
    for (int i = hash(body, from, to) & mask; entries[i] != null; i = (i + 1) & mask) {
      byte[] key = keys[i];
      if (Arrays.equals(key, 0, key.length, body, from, to)) {
        return entries[i];
      }
    }
    return null;
  }

  /// Remembers an entry for bytes that [#find] does not know.
  void put(byte[] body, int from, int to, SeriesEntry entry) {
    if (size * 2 >= keys.length) {
      rebuild(keys.length * 2, Long.MIN_VALUE);
    }
    insert(Arrays.copyOfRange(body, from, to), entry);
  }

  private void insert(byte[] key, SeriesEntry entry) {
    int mask = keys.length - 1;
    int i = hash(key, 0, key.length) & mask;
    while (entries[i] != null) {
      i = (i + 1) & mask;
    }
    keys[i] = key;
    entries[i] = entry;
    size++;
  }

  /// Forgets entries that were last seen before the scrape `seenIn`.
  void forgetBefore(long seenIn) {
    boolean any = false;
    for (SeriesEntry entry : entries) {
      any |= entry != null && entry.seenIn < seenIn;
    }
    if (any) {
      rebuild(keys.length, seenIn);
    }
  }

  private void rebuild(int capacity, long seenIn) {
    byte[][] oldKeys = keys;
    @Nullable SeriesEntry[] oldEntries = entries;
    keys = new byte[capacity][];
    entries = new SeriesEntry[capacity];
    size = 0;
    for (int i = 0; i < oldEntries.length; i++) {
      SeriesEntry entry = oldEntries[i];
      if (entry != null && entry.seenIn >= seenIn) {
        insert(oldKeys[i], entry);
      }
    }
  }

  int size() {
    return size;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 16);
  }
}
