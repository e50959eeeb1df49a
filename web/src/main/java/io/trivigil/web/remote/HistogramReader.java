package io.trivigil.web.remote;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.Staleness;
import java.util.Arrays;

/// Reads `prometheus.Histogram` messages, and refuses what Prometheus refuses. Belongs to one
/// thread.
///
/// ```
/// 1 count (uint64)  2 count (double)  3 sum  4 schema (sint32)  5 zero threshold
/// 6 zero count (uint64)  7 zero count (double)
/// 8 negative spans*  9 negative deltas (sint64)*  10 negative counts (double)*
/// 11 positive spans*  12 positive deltas*  13 positive counts*
/// 14 reset hint: 0 unknown, 1 yes, 2 no, 3 gauge  15 timestamp (int64, ms)  16 custom bounds*
/// Span: 1 offset (sint32)  2 length (uint32)
/// ```
///
/// Schemas above 8, which no query computes with, are brought down to it.
final class HistogramReader {
  private static final int MAX_KNOWN_SCHEMA = 52;
  private static final Hint[] HINTS = {Hint.UNKNOWN, Hint.RESET, Hint.NOT_RESET, Hint.GAUGE};

  private final ProtoReader in;
  private final Side positive = new Side("positive");
  private final Side negative = new Side("negative");
  private final Doubles bounds = new Doubles();

  private boolean floats;
  private long wholeCount;
  private double floatCount;
  private long wholeZeros;
  private double floatZeros;
  private double sum;
  private long schema;
  private double zeroThreshold;
  private long hint;
  private long timestampMs;

  HistogramReader(ProtoReader in) {
    this.in = in;
  }

  /// Numbers as they come; the room is used again.
  private static final class Longs {
    private long[] all = new long[16];
    private int size;

    void add(long value) {
      if (size == all.length) {
        all = Arrays.copyOf(all, size * 2);
      }
      all[size++] = value;
    }

    long get(int i) {
      return all[i];
    }

    int size() {
      return size;
    }

    void clear() {
      size = 0;
    }
  }

  /// The same of floats.
  private static final class Doubles {
    private final Longs bits = new Longs();

    void add(double value) {
      bits.add(Double.doubleToRawLongBits(value));
    }

    int size() {
      return bits.size();
    }

    void clear() {
      bits.clear();
    }

    double[] toArray() {
      double[] values = new double[bits.size()];
      Arrays.setAll(values, i -> Double.longBitsToDouble(bits.get(i)));
      return values;
    }
  }

  /// One side's buckets as they were sent, and as indexes with counts.
  private final class Side {
    private final String name;
    private final Longs spans = new Longs(); // offset, length in turn
    private final Longs deltas = new Longs();
    private final Doubles counts = new Doubles();
    private int[] indexes = {};
    private long[] whole = {};
    private double[] real = {};

    Side(String name) {
      this.name = name;
    }

    void clear() {
      spans.clear();
      deltas.clear();
      counts.clear();
    }

    void span() throws RefusedWriteException {
      int outer = in.enter();
      long offset = 0;
      long length = 0;
      for (int field = in.next(); field != 0; field = in.next()) {
        if (field == 1 && in.wireType() == ProtoReader.VARINT) {
          offset = (int) zigzag(in.varint());
        } else if (field == 2 && in.wireType() == ProtoReader.VARINT) {
          length = in.varint() & 0xFFFF_FFFFL;
        } else {
          in.skip();
        }
      }
      in.leave(outer);
      spans.add(offset);
      spans.add(length);
    }

    /// Makes indexes of the spans and absolute counts of the deltas.
    void resolve() throws RefusedWriteException {
      int size = floats ? counts.size() : deltas.size();
      long wanted = 0;
      for (int i = 0; i < spans.size(); i += 2) {
        if (i > 0 && spans.get(i) < 0) {
          throw refused(
              "%s side: span number %d with offset %d: histogram has a span whose offset is negative"
                  .formatted(name, i / 2 + 1, spans.get(i)));
        }
        wanted += spans.get(i + 1);
      }
      if (wanted != size) {
        throw refused(
            "%s side: spans need %d buckets, have %d buckets: histogram spans specify different"
                    .formatted(name, wanted, size)
                + " number of buckets than provided");
      }
      if (size > HistogramLayout.MOST_BUCKETS) {
        throw refused(
            "%s side: histogram has too many buckets: limit=%d found=%d"
                .formatted(name, HistogramLayout.MOST_BUCKETS, size));
      }
      place(size);
      count(size);
    }

    private void place(int size) throws RefusedWriteException {
      indexes = new int[size];
      int at = 0;
      long index = 0;
      for (int i = 0; i < spans.size(); i += 2) {
        index += spans.get(i);
        long length = spans.get(i + 1);
        if (index < Integer.MIN_VALUE || index + length > Integer.MAX_VALUE) {
          throw refused("%s side: bucket out of range: index=%d".formatted(name, index));
        }
        for (long left = length; left > 0; left--) {
          indexes[at++] = (int) index++;
        }
      }
    }

    private void count(int size) throws RefusedWriteException {
      whole = new long[floats ? 0 : size];
      real = floats ? counts.toArray() : new double[0];
      long count = 0;
      for (int i = 0; i < size; i++) {
        if (!floats) {
          count += deltas.get(i);
          whole[i] = count;
        }
        if (floats ? real[i] < 0 : count < 0) {
          throw refused(
              "%s side: bucket number %d has observation count of %s: histogram has a bucket whose"
                      .formatted(name, i + 1, floats ? real[i] : count)
                  + " observation count is negative");
        }
      }
    }

    long wholeSum() {
      long all = 0;
      for (long bucket : whole) {
        all += bucket;
      }
      return all;
    }

    /// Brings buckets together, 2^`by` to one.
    void reduce(int by) {
      int size = 0;
      for (int i = 0; i < indexes.length; i++) {
        int index = ((indexes[i] - 1) >> by) + 1;
        boolean same = size > 0 && indexes[size - 1] == index;
        int at = same ? size - 1 : size++;
        indexes[at] = index;
        if (floats) {
          real[at] = same ? real[at] + real[i] : real[i];
        } else {
          whole[at] = same ? whole[at] + whole[i] : whole[i];
        }
      }
      indexes = Arrays.copyOf(indexes, size);
      whole = Arrays.copyOf(whole, floats ? 0 : size);
      real = Arrays.copyOf(real, floats ? size : 0);
    }
  }

  /// Reads one message up to its end.
  ///
  /// @throws RefusedWriteException if Prometheus would not store such a histogram
  void read() throws RefusedWriteException {
    clear();
    for (int field = in.next(); field != 0; field = in.next()) {
      switch (field) {
        case 8 -> spans(negative);
        case 9 -> deltas(negative.deltas);
        case 10 -> doubles(negative.counts);
        case 11 -> spans(positive);
        case 12 -> deltas(positive.deltas);
        case 13 -> doubles(positive.counts);
        case 16 -> doubles(bounds);
        default -> scalar(field);
      }
    }
  }

  private void clear() {
    positive.clear();
    negative.clear();
    bounds.clear();
    floats = false;
    wholeCount = 0;
    floatCount = 0;
    wholeZeros = 0;
    floatZeros = 0;
    sum = 0;
    schema = 0;
    zeroThreshold = 0;
    hint = 0;
    timestampMs = 0;
  }

  private void scalar(int field) throws RefusedWriteException {
    if (in.wireType() == ProtoReader.FIXED64) {
      double value = Double.longBitsToDouble(in.fixed64());
      switch (field) {
        case 2 -> {
          floatCount = value;
          floats = true;
        }
        case 3 -> sum = value;
        case 5 -> zeroThreshold = value;
        case 7 -> floatZeros = value;
        default -> {} // of a later version
      }
    } else if (in.wireType() == ProtoReader.VARINT) {
      long value = in.varint();
      switch (field) {
        case 1 -> {
          wholeCount = value;
          floats = false;
        }
        case 4 -> schema = (int) zigzag(value);
        case 6 -> wholeZeros = value;
        case 14 -> hint = value;
        case 15 -> timestampMs = value;
        default -> {} // of a later version
      }
    } else {
      in.skip();
    }
  }

  private static long zigzag(long folded) {
    return (folded >>> 1) ^ -(folded & 1);
  }

  private void spans(Side side) throws RefusedWriteException {
    if (in.wireType() == ProtoReader.BYTES) {
      side.span();
    } else {
      in.skip();
    }
  }

  /// Packed or one by one.
  private void deltas(Longs into) throws RefusedWriteException {
    if (in.wireType() == ProtoReader.BYTES) {
      int outer = in.enter();
      while (in.position() < in.end()) {
        into.add(zigzag(in.varint()));
      }
      in.leave(outer);
    } else if (in.wireType() == ProtoReader.VARINT) {
      into.add(zigzag(in.varint()));
    } else {
      in.skip();
    }
  }

  /// Packed or one by one.
  private void doubles(Doubles into) throws RefusedWriteException {
    if (in.wireType() == ProtoReader.BYTES) {
      int outer = in.enter();
      while (in.position() < in.end()) {
        into.add(Double.longBitsToDouble(in.fixed64()));
      }
      in.leave(outer);
    } else if (in.wireType() == ProtoReader.FIXED64) {
      into.add(Double.longBitsToDouble(in.fixed64()));
    } else {
      in.skip();
    }
  }

  /// The time of what was read, epoch ms.
  long timestampMs() {
    return timestampMs;
  }

  /// Whether what was read ends its series: then it is no histogram.
  boolean isStale() {
    return Staleness.isMarker(sum);
  }

  /// What was read.
  ///
  /// @throws RefusedWriteException if Prometheus would not store it
  NativeHistogram histogram() throws RefusedWriteException {
    positive.resolve();
    negative.resolve();
    int storedSchema = requireSound();
    try {
      HistogramLayout layout =
          HistogramLayout.of(
              floats,
              storedSchema,
              zeroThreshold,
              positive.indexes,
              negative.indexes,
              bounds.toArray());
      Hint told = hint >= 0 && hint < HINTS.length ? HINTS[(int) hint] : Hint.UNKNOWN;
      return floats
          ? NativeHistogram.floats(
              layout, told, floatCount, floatZeros, sum, positive.real, negative.real)
          : NativeHistogram.whole(
              layout, told, wholeCount, wholeZeros, sum, positive.whole, negative.whole);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  /// Checks what is not one side's alone; the schema that is stored.
  private int requireSound() throws RefusedWriteException {
    if (floats) {
      requirePositive(floatCount, "histogram's observation count is negative");
      requirePositive(floatZeros, "histogram has a bucket whose observation count is negative");
    } else {
      requireCount();
    }
    if (schema == FloatHistogram.CUSTOM_SCHEMA) {
      requireCustom();
      return FloatHistogram.CUSTOM_SCHEMA;
    }
    if (schema < FloatHistogram.MIN_SCHEMA || schema > MAX_KNOWN_SCHEMA) {
      throw refused(
          "schema %d: histogram has an invalid schema, which must be between -4 and 8 for"
                  .formatted(schema)
              + " exponential buckets, or -53 for custom buckets");
    }
    if (bounds.size() > 0) {
      throw refused("histogram with exponential schema must not have custom bounds");
    }
    if (schema > FloatHistogram.MAX_SCHEMA) {
      positive.reduce((int) Math.min(31, schema - FloatHistogram.MAX_SCHEMA));
      negative.reduce((int) Math.min(31, schema - FloatHistogram.MAX_SCHEMA));
      return FloatHistogram.MAX_SCHEMA;
    }
    return (int) schema;
  }

  private static void requirePositive(double count, String reason) throws RefusedWriteException {
    if (count < 0) {
      throw refused(reason);
    }
  }

  private void requireCount() throws RefusedWriteException {
    long found = positive.wholeSum() + negative.wholeSum() + wholeZeros;
    boolean tooMany = Long.compareUnsigned(found, wholeCount) > 0;
    if (Double.isNaN(sum) ? tooMany : found != wholeCount) {
      throw refused(
          "%s observations found in buckets, but the Count field is %s: %s"
              .formatted(
                  Long.toUnsignedString(found),
                  Long.toUnsignedString(wholeCount),
                  Double.isNaN(sum)
                      ? "histogram's observation count should be at least the number of"
                          + " observations found in the buckets"
                      : "histogram's observation count should equal the number of observations"
                          + " found in the buckets (in absence of NaN)"));
    }
  }

  private void requireCustom() throws RefusedWriteException {
    double before = Double.NEGATIVE_INFINITY;
    for (double bound : bounds.toArray()) {
      if (!(bound > before)) {
        throw refused(
            "custom buckets: previous bound is %s and current is %s: histogram custom bounds must"
                    .formatted(before, bound)
                + " be in strictly increasing order");
      }
      before = bound;
    }
    if (before == Double.POSITIVE_INFINITY) {
      throw refused("custom buckets: last +Inf bound must not be explicitly defined");
    }
    int[] indexes = positive.indexes;
    if (indexes.length > 0 && (indexes[0] < 0 || indexes[indexes.length - 1] > bounds.size())) {
      throw refused(
          "custom buckets: only %d custom bounds defined: histogram custom bounds are too few"
              .formatted(bounds.size()));
    }
    if (floats ? floatZeros != 0 : wholeZeros != 0) {
      throw refused("custom buckets: must have zero count of 0");
    }
    if (zeroThreshold != 0) {
      throw refused("custom buckets: must have zero threshold of 0");
    }
    if (negative.indexes.length > 0) {
      throw refused("custom buckets: must not have negative buckets");
    }
  }

  private static RefusedWriteException refused(String reason) {
    return new RefusedWriteException(reason);
  }
}
