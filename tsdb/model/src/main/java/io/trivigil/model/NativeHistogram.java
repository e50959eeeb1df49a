package io.trivigil.model;

import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Arrays;

/// A native histogram as it was sent and is kept: whole counts stay whole numbers, floats keep
/// their bits. Immutable. [#toFloat] makes of it what queries compute with.
///
/// Of counter resets it says *reset*, *gauge* or *unknown*, never *not reset*: what stood before it
/// when it was sent may be deleted, merged away or still missing when it is read.
///
/// Bytes: varint length and [HistogramLayout], varint length and the counts:
///
/// ```
/// u8 hint: 0 unknown, 1 reset, 3 gauge
/// whole:  varint count | varint zero count | varint reverse(bits of sum)
///         zigzag (bucket − the one before) of positive, then of negative buckets
/// floats: varint reverse(bits) of count, zero count, sum, positive and negative buckets
/// ```
public final class NativeHistogram {
  private static final int UNKNOWN = 0;
  private static final int RESET = 1;
  private static final int GAUGE = 3;

  private final HistogramLayout layout;
  private final byte[] counts;

  private NativeHistogram(HistogramLayout layout, byte[] counts) {
    this.layout = layout;
    this.counts = counts;
  }

  /// Whole counts.
  ///
  /// @param count as unsigned, and so is `zeroCount`
  /// @param positive by the layout's indexes, absolute and not below 0; and so is `negative`
  public static NativeHistogram whole(
      HistogramLayout layout,
      Hint hint,
      long count,
      long zeroCount,
      double sum,
      long[] positive,
      long[] negative) {
    requireSize(layout, false, positive.length, negative.length);
    ByteWriter out = new ByteWriter(32 + 2 * (positive.length + negative.length));
    out.u8(code(hint)).varint(count).varint(zeroCount).varint(reversed(sum));
    whole(positive, out);
    whole(negative, out);
    return new NativeHistogram(layout, out.toBytes());
  }

  private static void whole(long[] buckets, ByteWriter out) {
    long before = 0;
    for (long bucket : buckets) {
      out.zigzag(bucket - before);
      before = bucket;
    }
  }

  /// Counts as floats, by the layout's indexes.
  public static NativeHistogram floats(
      HistogramLayout layout,
      Hint hint,
      double count,
      double zeroCount,
      double sum,
      double[] positive,
      double[] negative) {
    requireSize(layout, true, positive.length, negative.length);
    ByteWriter out = new ByteWriter(32 + 9 * (positive.length + negative.length));
    out.u8(code(hint)).varint(reversed(count)).varint(reversed(zeroCount)).varint(reversed(sum));
    for (double bucket : positive) {
      out.varint(reversed(bucket));
    }
    for (double bucket : negative) {
      out.varint(reversed(bucket));
    }
    return new NativeHistogram(layout, out.toBytes());
  }

  private static void requireSize(
      HistogramLayout layout, boolean floats, int positive, int negative) {
    if (layout.floats() != floats
        || layout.positive().length != positive
        || layout.negative().length != negative) {
      throw new IllegalArgumentException(
          "histogram is not of its layout: floats=%s positive=%d negative=%d"
              .formatted(floats, positive, negative));
    }
  }

  /// What a query computed, to be stored.
  ///
  /// @throws IllegalArgumentException if its layout is none that can be stored
  public static NativeHistogram of(FloatHistogram computed) {
    HistogramLayout layout =
        HistogramLayout.of(
            true,
            computed.schema(),
            computed.zeroThreshold(),
            computed.positive().indexes(),
            computed.negative().indexes(),
            computed.bounds());
    return floats(
        layout,
        computed.hint(),
        computed.count(),
        computed.zeroCount(),
        computed.sum(),
        computed.positive().counts(),
        computed.negative().counts());
  }

  private static int code(Hint hint) {
    return switch (hint) {
      case UNKNOWN, NOT_RESET -> UNKNOWN;
      case RESET -> RESET;
      case GAUGE -> GAUGE;
    };
  }

  private static long reversed(double value) {
    return Long.reverse(Double.doubleToRawLongBits(value));
  }

  /// Of parts that [#layout] and [#counts] gave; the array must not be changed afterwards.
  ///
  /// @throws MalformedBytesException if there are no counts; what is wrong with them, [#toFloat]
  ///   tells
  public static NativeHistogram of(HistogramLayout layout, byte[] counts) {
    if (counts.length == 0) {
      throw new MalformedBytesException("histogram without counts");
    }
    return new NativeHistogram(layout, counts);
  }

  public HistogramLayout layout() {
    return layout;
  }

  /// Its counts as bytes; nobody changes the array.
  public byte[] counts() {
    return counts;
  }

  public void write(ByteWriter out) {
    out.bytes(layout.bytes()).bytes(counts);
  }

  /// Reads what [#write] wrote, and checks it to its end.
  ///
  /// @param before a histogram that may have the same layout, which is then shared
  /// @throws MalformedBytesException if it is no histogram
  public static NativeHistogram read(ByteReader in, HistogramLayout before) {
    byte[] layoutBytes = in.bytes();
    HistogramLayout layout =
        before.is(layoutBytes, 0, layoutBytes.length) ? before : HistogramLayout.read(layoutBytes);
    NativeHistogram read = new NativeHistogram(layout, in.bytes());
    var _ = read.toFloat();
    return read;
  }

  /// As queries see it.
  ///
  /// @throws MalformedBytesException if its bytes are none
  public FloatHistogram toFloat() {
    ByteReader in = new ByteReader(counts);
    Hint hint = hint(in.u8());
    boolean floats = layout.floats();
    double count = floats ? real(in) : unsigned(in.varint());
    double zeroCount = floats ? real(in) : unsigned(in.varint());
    double sum = real(in);
    Buckets positive = buckets(in, floats, layout.positive());
    Buckets negative = buckets(in, floats, layout.negative());
    in.expectEnd();
    return new FloatHistogram(
        layout.schema(),
        hint,
        count,
        sum,
        zeroCount,
        layout.zeroThreshold(),
        positive,
        negative,
        layout.bounds());
  }

  private static Hint hint(int code) {
    return switch (code) {
      case UNKNOWN -> Hint.UNKNOWN;
      case RESET -> Hint.RESET;
      case GAUGE -> Hint.GAUGE;
      default -> throw new MalformedBytesException("histogram hint: found=" + code);
    };
  }

  private static double real(ByteReader in) {
    return Double.longBitsToDouble(Long.reverse(in.varint()));
  }

  private static double unsigned(long value) {
    if (value >= 0) {
      return value;
    }
    return (double) ((value >>> 1) | (value & 1)) * 2; // the last bit decides how it is rounded
  }

  private static Buckets buckets(ByteReader in, boolean floats, int[] indexes) {
    if (indexes.length == 0) {
      return Buckets.NONE;
    }
    if (in.remaining() < indexes.length) {
      throw new MalformedBytesException(
          "histogram counts end early: buckets=%d bytes=%d"
              .formatted(indexes.length, in.remaining()));
    }
    double[] read = new double[indexes.length];
    long whole = 0;
    for (int i = 0; i < read.length; i++) {
      if (floats) {
        read[i] = real(in);
      } else {
        whole += in.zigzag();
        read[i] = whole;
      }
    }
    return new Buckets(indexes, read);
  }

  /// Whether both count the same in the same buckets, bit for bit; what they say of resets does not
  /// matter.
  public boolean sameCounts(NativeHistogram other) {
    return layout.equals(other.layout)
        && Arrays.equals(counts, 1, counts.length, other.counts, 1, other.counts.length);
  }

  /// A number that is equal wherever [#sameCounts] is, and hardly ever elsewhere. Part of what is
  /// stored: it does not change from version to version.
  public long fingerprint() {
    return mix(mix(0, layout.bytes(), 0), counts, 1);
  }

  private static long mix(long seed, byte[] bytes, int from) {
    long hash = seed + bytes.length;
    for (int i = from; i < bytes.length; i++) {
      hash = (hash ^ bytes[i]) * 0x100000001B3L; // FNV-1a, and a finish that spreads it
      hash ^= hash >>> 29;
    }
    hash = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    return hash ^ (hash >>> 33);
  }

  /// About how much it takes as bytes.
  public int sizeBytes() {
    return layout.bytes().length + counts.length;
  }

  /// Equal in everything.
  @Override
  public boolean equals(Object other) {
    return other instanceof NativeHistogram h
        && layout.equals(h.layout)
        && Arrays.equals(counts, h.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return toFloat().toString();
  }
}
