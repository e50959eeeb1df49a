package io.trivigil.storage.head;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import it.unimi.dsi.fastutil.longs.Long2ObjectMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;

/// Ranges of time that were deleted, by series; and the times at which a late sample came back
/// afterwards: these are cut out of the ranges, and of several samples that stand at such a time
/// the one that came last counts, where else it is the first. Immutable.
///
/// As bytes: u8 version = 1 or 2 | varint series | per series in rising order: varint (reference −
/// the one before) | varint ranges | per range: zigzag from (ms, inclusive) | varint (to − from,
/// ms). Version 2 goes on with the times that came back: varint series | per series: varint
/// (reference − the one before) | varint times | per time: zigzag (ms − the one before).
public final class Tombstones {
  /// Nothing is deleted.
  public static final Tombstones NONE =
      new Tombstones(new Long2ObjectOpenHashMap<>(), new Long2ObjectOpenHashMap<>(), 0);

  /// Ranges and times that came back of all series together; a deletion that would pass it is
  /// refused.
  public static final int MOST_RANGES = 1_000_000;

  private static final int RANGES = 1;
  private static final int WITH_REVIVED = 2;
  private static final long[] EMPTY = {};

  private final Long2ObjectOpenHashMap<long[]> ranges; // from, to, from, to …: rising, apart
  private final Long2ObjectOpenHashMap<long[]> revived; // rising
  private final int count;

  private Tombstones(
      Long2ObjectOpenHashMap<long[]> ranges, Long2ObjectOpenHashMap<long[]> revived, int count) {
    this.ranges = ranges;
    this.revived = revived;
    this.count = count;
  }

  public boolean isEmpty() {
    return ranges.isEmpty() && revived.isEmpty();
  }

  /// Ranges and times that came back of all series.
  public int count() {
    return count;
  }

  /// The series of which something is deleted, rising.
  public long[] refs() {
    return sorted(ranges);
  }

  private static long[] sorted(Long2ObjectOpenHashMap<long[]> of) {
    long[] refs = of.keySet().toLongArray();
    Arrays.sort(refs);
    return refs;
  }

  /// The deleted ranges of a series, both ends inclusive: from, to, from, to, rising and apart. Not
  /// to be changed.
  public long[] of(long ref) {
    return get(ranges, ref);
  }

  /// The times at which a sample of a series came back after a deletion, rising. Not to be changed.
  public long[] revived(long ref) {
    return get(revived, ref);
  }

  private static long[] get(Long2ObjectOpenHashMap<long[]> from, long ref) {
    long[] found = from.get(ref);
    return found == null ? EMPTY : found;
  }

  /// Whether a time is among those that came back.
  public static boolean contains(long[] revived, long timestampMs) {
    return revived.length > 0 && Arrays.binarySearch(revived, timestampMs) >= 0;
  }

  /// Whether nothing between these times, both inclusive, is left of a series.
  public boolean cover(long ref, long fromMs, long toMs) {
    return cover(of(ref), fromMs, toMs);
  }

  private static boolean cover(long[] all, long fromMs, long toMs) {
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
    private final Long2ObjectOpenHashMap<long[]> revived;
    private int count;

    Builder(Tombstones from) {
      ranges = from.ranges.clone();
      revived = from.revived.clone();
      count = from.count;
    }

    /// Adds a range, both ends inclusive.
    public void add(long ref, long fromMs, long toMs) {
      long[] before = ranges.get(ref);
      long[] after = before == null ? new long[] {fromMs, toMs} : joined(before, fromMs, toMs);
      count += after.length / 2 - (before == null ? 0 : before.length / 2);
      ranges.put(ref, after);
    }

    boolean covers(long ref, long timestampMs) {
      return cover(get(ranges, ref), timestampMs, timestampMs);
    }

    long[] revived(long ref) {
      return get(revived, ref);
    }

    /// Cuts a deleted time out of its range: a sample came back there.
    void revive(long ref, long timestampMs) {
      long[] before = get(ranges, ref);
      long[] after = without(before, timestampMs);
      count += (after.length - before.length) / 2;
      if (after.length == 0) {
        ranges.remove(ref);
      } else {
        ranges.put(ref, after);
      }
      long[] times = revived(ref);
      int at = Arrays.binarySearch(times, timestampMs);
      if (at < 0) {
        long[] more = Arrays.copyOf(times, times.length + 1);
        System.arraycopy(times, -at - 1, more, -at, times.length + at + 1);
        more[-at - 1] = timestampMs;
        revived.put(ref, more);
        count++;
      }
    }

    public int count() {
      return count;
    }

    public Tombstones build() {
      return new Tombstones(ranges, revived, count);
    }
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  private static long[] without(long[] ranges, long timestampMs) {
    long[] out = new long[ranges.length + 2];
    int size = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] > timestampMs || ranges[i + 1] < timestampMs) {
        out[size++] = ranges[i];
        out[size++] = ranges[i + 1];
        continue;
      }
      if (ranges[i] < timestampMs) {
        out[size++] = ranges[i];
        out[size++] = timestampMs - 1;
      }
      if (ranges[i + 1] > timestampMs) {
        out[size++] = timestampMs + 1;
        out[size++] = ranges[i + 1];
      }
    }
    return Arrays.copyOf(out, size);
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
    Long2ObjectOpenHashMap<long[]> keptTimes = new Long2ObjectOpenHashMap<>();
    for (Long2ObjectMap.Entry<long[]> entry : revived.long2ObjectEntrySet()) {
      long[] times = entry.getValue();
      int at = Arrays.binarySearch(times, cutoffMs);
      int first = at < 0 ? -at - 1 : at;
      if (first < times.length) {
        keptTimes.put(entry.getLongKey(), Arrays.copyOfRange(times, first, times.length));
        keptCount += times.length - first;
      }
    }
    return new Tombstones(kept, keptTimes, keptCount);
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter(16 + 8 * count);
    out.u8(revived.isEmpty() ? RANGES : WITH_REVIVED).varint(ranges.size());
    long before = 0;
    for (long ref : refs()) {
      long[] all = of(ref);
      out.varint(ref - before).varint(all.length / 2);
      before = ref;
      for (int i = 0; i < all.length; i += 2) {
        out.zigzag(all[i]).varint(all[i + 1] - all[i]);
      }
    }
    if (!revived.isEmpty()) {
      encodeRevived(out);
    }
    return out.toBytes();
  }

  private void encodeRevived(ByteWriter out) {
    out.varint(revived.size());
    long before = 0;
    for (long ref : sorted(revived)) {
      long[] times = revived(ref);
      out.varint(ref - before).varint(times.length);
      before = ref;
      long timeBefore = 0;
      for (long time : times) {
        out.zigzag(time - timeBefore);
        timeBefore = time;
      }
    }
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are no such thing
  public static Tombstones decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != RANGES && version != WITH_REVIVED) {
      throw new MalformedBytesException(
          "tombstones version: expected=%d or %d found=%d"
              .formatted(RANGES, WITH_REVIVED, version));
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
    Long2ObjectOpenHashMap<long[]> revived = new Long2ObjectOpenHashMap<>();
    if (version == WITH_REVIVED) {
      count += decodeRevived(in, revived);
    }
    in.expectEnd();
    return new Tombstones(ranges, revived, count);
  }

  private static int decodeRevived(ByteReader in, Long2ObjectOpenHashMap<long[]> into) {
    int count = 0;
    long ref = 0;
    for (int series = in.count(3); series > 0; series--) {
      ref += in.varint();
      long[] times = new long[in.count(1)];
      long before = 0;
      for (int i = 0; i < times.length; i++) {
        times[i] = before + in.zigzag();
        before = times[i];
      }
      into.put(ref, times);
      count += times.length;
    }
    return count;
  }
}
