package io.trivigil.storage.head;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import it.unimi.dsi.fastutil.longs.Long2ObjectMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;

/// Ranges of time that were deleted, by series. Immutable.
///
/// As bytes: u8 version = 1 | varint series | per series in rising order: varint (reference − the
/// one before) | varint ranges | per range: zigzag from (ms, inclusive) | varint (to − from, ms).
public final class Tombstones {
  /// Nothing is deleted.
  public static final Tombstones NONE = new Tombstones(new Long2ObjectOpenHashMap<>(), 0);

  /// Ranges of all series together; a deletion that would pass it is refused.
  public static final int MOST_RANGES = 1_000_000;

  private static final int VERSION = 1;
  private static final long[] EMPTY = {};

  private final Long2ObjectOpenHashMap<long[]> ranges; // from, to, from, to …: rising, apart
  private final int count;

  private Tombstones(Long2ObjectOpenHashMap<long[]> ranges, int count) {
    this.ranges = ranges;
    this.count = count;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /// Ranges of all series.
  public int count() {
    return count;
  }

  /// The series of which something is deleted, rising.
  public long[] refs() {
    long[] refs = ranges.keySet().toLongArray();
    Arrays.sort(refs);
    return refs;
  }

  /// The deleted ranges of a series, both ends inclusive: from, to, from, to, rising and apart. Not
  /// to be changed.
  public long[] of(long ref) {
    long[] found = ranges.get(ref);
    return found == null ? EMPTY : found;
  }

  /// Whether nothing between these times, both inclusive, is left of a series.
  public boolean cover(long ref, long fromMs, long toMs) {
    long[] all = of(ref);
    for (int i = 0; i < all.length; i += 2) {
      if (all[i] <= fromMs && all[i + 1] >= toMs) {
        return true;
      }
    }
    return false;
  }

  /// Collects changes; belongs to one thread.
  public static final class Builder {
    private final Long2ObjectOpenHashMap<long[]> ranges;
    private int count;

    Builder(Tombstones from) {
      ranges = from.ranges.clone();
      count = from.count;
    }

    /// Adds a range, both ends inclusive.
    public void add(long ref, long fromMs, long toMs) {
      long[] before = ranges.get(ref);
      long[] after = before == null ? new long[] {fromMs, toMs} : joined(before, fromMs, toMs);
      count += after.length / 2 - (before == null ? 0 : before.length / 2);
      ranges.put(ref, after);
    }

    public int count() {
      return count;
    }

    public Tombstones build() {
      return new Tombstones(ranges, count);
    }
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  private static long[] joined(long[] ranges, long fromMs, long toMs) {
    long[] out = new long[ranges.length + 2];
    int size = 0;
    long from = fromMs;
    long to = toMs;
    boolean placed = false;
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i + 1] < from) {
        out[size++] = ranges[i];
        out[size++] = ranges[i + 1];
      } else if (ranges[i] > to) {
        if (!placed) {
          out[size++] = from;
          out[size++] = to;
          placed = true;
        }
        out[size++] = ranges[i];
        out[size++] = ranges[i + 1];
      } else {
        from = Math.min(from, ranges[i]);
        to = Math.max(to, ranges[i + 1]);
      }
    }
    if (!placed) {
      out[size++] = from;
      out[size++] = to;
    }
    return Arrays.copyOf(out, size);
  }

  /// Without what lies wholly below the cut-off, where no sample is left.
  Tombstones from(long cutoffMs) {
    if (isEmpty()) {
      return this;
    }
    Long2ObjectOpenHashMap<long[]> kept = new Long2ObjectOpenHashMap<>();
    int keptCount = 0;
    for (Long2ObjectMap.Entry<long[]> entry : ranges.long2ObjectEntrySet()) {
      long[] all = entry.getValue();
      int first = 0;
      while (first < all.length && all[first + 1] < cutoffMs) {
        first += 2;
      }
      if (first < all.length) {
        kept.put(entry.getLongKey(), Arrays.copyOfRange(all, first, all.length));
        keptCount += (all.length - first) / 2;
      }
    }
    return new Tombstones(kept, keptCount);
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter(16 + 8 * count).u8(VERSION).varint(ranges.size());
    long before = 0;
    for (long ref : refs()) {
      long[] all = of(ref);
      out.varint(ref - before).varint(all.length / 2);
      before = ref;
      for (int i = 0; i < all.length; i += 2) {
        out.zigzag(all[i]).varint(all[i + 1] - all[i]);
      }
    }
    return out.toBytes();
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such thing
  public static Tombstones decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "tombstones version: expected=%d found=%d".formatted(VERSION, version));
    }
    Long2ObjectOpenHashMap<long[]> ranges = new Long2ObjectOpenHashMap<>();
    int count = 0;
    long ref = 0;
    for (int series = in.count(4); series > 0; series--) {
      ref += in.varint();
      long[] all = new long[2 * in.count(2)];
      for (int i = 0; i < all.length; i += 2) {
        all[i] = in.zigzag();
        all[i + 1] = all[i] + in.varint();
      }
      ranges.put(ref, all);
      count += all.length / 2;
    }
    in.expectEnd();
    return new Tombstones(ranges, count);
  }
}
