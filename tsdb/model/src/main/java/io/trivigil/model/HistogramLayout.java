package io.trivigil.model;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Arrays;

/// What the histograms of a series nearly always have in common: schema, width of the zero bucket,
/// and which buckets there are. Immutable: nobody changes its arrays. Equal layouts have equal
/// bytes, however a sender cut its spans.
///
/// ```
/// u8 version = 1 | u8 1 if counts are floats, else 0 | zigzag schema | fixed64 zero threshold
/// positive buckets | negative buckets: varint runs, per run: zigzag (first index − the one behind
///     the run before), varint length
/// varint custom bounds | fixed64 each
/// ```
public final class HistogramLayout {
  /// The most buckets of both sides, and the most custom bounds.
  public static final int MOST_BUCKETS = 1 << 16;

  private static final int VERSION = 1;

  /// Whole counts, no bucket.
  public static final HistogramLayout EMPTY =
      of(false, 0, 0, new int[0], new int[0], new double[0]);

  private final boolean floats;
  private final int schema;
  private final double zeroThreshold;
  private final int[] positive;
  private final int[] negative;
  private final double[] bounds;
  private final byte[] bytes;

  private HistogramLayout(
      boolean floats,
      int schema,
      double zeroThreshold,
      int[] positive,
      int[] negative,
      double[] bounds,
      byte[] bytes) {
    this.floats = floats;
    this.schema = schema;
    this.zeroThreshold = zeroThreshold;
    this.positive = positive;
    this.negative = negative;
    this.bounds = bounds;
    this.bytes = bytes;
  }

  /// A layout; the arrays must not be changed afterwards.
  ///
  /// @param floats whether counts are floats, else whole numbers
  /// @param positive indexes in rising order, each once
  /// @param negative the same
  /// @param bounds the finite upper bounds of [FloatHistogram#CUSTOM_SCHEMA]; else empty
  /// @throws IllegalArgumentException if indexes do not rise, there are more than [#MOST_BUCKETS],
  ///   or schema and bounds do not belong together
  public static HistogramLayout of(
      boolean floats,
      int schema,
      double zeroThreshold,
      int[] positive,
      int[] negative,
      double[] bounds) {
    requireSound(schema, positive, negative, bounds);
    ByteWriter out = new ByteWriter(32 + 8 * bounds.length).u8(VERSION).u8(floats ? 1 : 0);
    out.zigzag(schema).float64(zeroThreshold);
    runs(positive, out);
    runs(negative, out);
    out.varint(bounds.length);
    for (double bound : bounds) {
      out.float64(bound);
    }
    return new HistogramLayout(
        floats, schema, zeroThreshold, positive, negative, bounds, out.toBytes());
  }

  private static void requireSound(int schema, int[] positive, int[] negative, double[] bounds) {
    boolean custom = schema == FloatHistogram.CUSTOM_SCHEMA;
    if (!custom && (schema < FloatHistogram.MIN_SCHEMA || schema > FloatHistogram.MAX_SCHEMA)) {
      throw new IllegalArgumentException(
          "histogram schema: expected=%d to %d or %d found=%d"
              .formatted(
                  FloatHistogram.MIN_SCHEMA,
                  FloatHistogram.MAX_SCHEMA,
                  FloatHistogram.CUSTOM_SCHEMA,
                  schema));
    }
    if ((!custom && bounds.length > 0)
        || positive.length + (long) negative.length > MOST_BUCKETS
        || bounds.length > MOST_BUCKETS) {
      throw new IllegalArgumentException(
          "histogram layout: schema=%d buckets=%d bounds=%d limit=%d"
              .formatted(
                  schema, positive.length + (long) negative.length, bounds.length, MOST_BUCKETS));
    }
    requireRising(positive);
    requireRising(negative);
  }

  private static void requireRising(int[] indexes) {
    for (int i = 1; i < indexes.length; i++) {
      if (indexes[i] <= indexes[i - 1]) {
        throw new IllegalArgumentException(
            "histogram buckets do not rise: before=%d then=%d"
                .formatted(indexes[i - 1], indexes[i]));
      }
    }
  }

  private static void runs(int[] indexes, ByteWriter out) {
    int runs = 0;
    for (int i = 0; i < indexes.length; i = runEnd(indexes, i)) {
      runs++;
    }
    out.varint(runs);
    long behind = 0;
    for (int i = 0; i < indexes.length; ) {
      int end = runEnd(indexes, i);
      out.zigzag(indexes[i] - behind).varint(end - i);
      behind = indexes[end - 1] + 1L;
      i = end;
    }
  }

  private static int runEnd(int[] indexes, int from) {
    int end = from + 1;
    while (end < indexes.length && indexes[end] == indexes[end - 1] + 1) {
      end++;
    }
    return end;
  }

  /// Reads what [#bytes] gave; the array must not be changed afterwards.
  ///
  /// @throws MalformedBytesException if it is no layout
  public static HistogramLayout read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "histogram layout version: expected=%d found=%d".formatted(VERSION, version));
    }
    boolean floats = in.bool();
    long schema = in.zigzag();
    double zeroThreshold = in.float64();
    int[] positive = runs(in);
    int[] negative = runs(in);
    double[] bounds = new double[in.count(Double.BYTES)];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = in.float64();
    }
    in.expectEnd();
    try {
      requireSound(Math.toIntExact(schema), positive, negative, bounds);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new MalformedBytesException(String.valueOf(e.getMessage()));
    }
    return new HistogramLayout(
        floats, (int) schema, zeroThreshold, positive, negative, bounds, bytes);
  }

  private static int[] runs(ByteReader in) {
    int[] indexes = new int[16];
    int size = 0;
    long next = 0;
    for (int run = in.count(2); run > 0; run--) {
      next += in.zigzag();
      long length = in.varint();
      if (length < 1 || length > MOST_BUCKETS - size) {
        throw new MalformedBytesException("run of histogram buckets: length=" + length);
      }
      if (next < Integer.MIN_VALUE || next + length > Integer.MAX_VALUE) {
        throw new MalformedBytesException("histogram bucket out of range: index=" + next);
      }
      if (indexes.length < size + length) {
        indexes = Arrays.copyOf(indexes, Math.max(size + (int) length, indexes.length * 2));
      }
      for (int i = 0; i < length; i++) {
        indexes[size++] = (int) next++;
      }
    }
    return Arrays.copyOf(indexes, size);
  }

  /// Whether counts are floats, else whole numbers.
  public boolean floats() {
    return floats;
  }

  public int schema() {
    return schema;
  }

  public double zeroThreshold() {
    return zeroThreshold;
  }

  /// The indexes of the positive buckets; nobody changes the array.
  public int[] positive() {
    return positive;
  }

  /// The indexes of the negative buckets; nobody changes the array.
  public int[] negative() {
    return negative;
  }

  /// The custom bounds; nobody changes the array.
  public double[] bounds() {
    return bounds;
  }

  /// Itself as bytes; nobody changes the array.
  public byte[] bytes() {
    return bytes;
  }

  /// Whether it has these bytes.
  boolean is(byte[] others, int from, int length) {
    return Arrays.equals(bytes, 0, bytes.length, others, from, from + length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HistogramLayout layout && Arrays.equals(bytes, layout.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
