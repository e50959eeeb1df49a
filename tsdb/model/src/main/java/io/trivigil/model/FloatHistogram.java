package io.trivigil.model;

import java.util.Arrays;
import java.util.Objects;

/// A native histogram with floating point counts. Immutable.
///
/// Bucket `i` of the exponential schemas -4 to 8 covers `(2^((i-1)*2^-schema), 2^(i*2^-schema)]`;
/// of [#CUSTOM_SCHEMA] it covers `(bounds[i-1], bounds[i]]`, the last one up to +Inf. Each side is
/// sparse: indexes in rising order beside their counts, absolute and not cumulative.
public final class FloatHistogram {
  /// The schema of custom bucket bounds.
  public static final int CUSTOM_SCHEMA = -53;

  public static final int MIN_SCHEMA = -4;
  public static final int MAX_SCHEMA = 8;

  /// What is known of a reset between this histogram and the one before it.
  public enum Hint {
    UNKNOWN,
    RESET,
    NOT_RESET,
    GAUGE
  }

  /// One side's buckets. Immutable: nobody changes the arrays.
  ///
  /// @param indexes in rising order, each once
  /// @param counts as many
  public record Buckets(int[] indexes, double[] counts) {
    /// No bucket.
    public static final Buckets NONE = new Buckets(new int[0], new double[0]);

    public Buckets {
      if (indexes.length != counts.length) {
        throw new IllegalArgumentException(
            "buckets and counts differ: buckets=%d counts=%d"
                .formatted(indexes.length, counts.length));
      }
    }

    public int size() {
      return indexes.length;
    }

    /// The count of the bucket with this index, 0 if there is none.
    public double at(int index) {
      int i = Arrays.binarySearch(indexes, index);
      return i < 0 ? 0 : counts[i];
    }

    /// Without buckets that count nothing.
    public Buckets compact() {
      int kept = 0;
      for (double count : counts) {
        kept += count == 0 ? 0 : 1;
      }
      if (kept == counts.length) {
        return this;
      }
      int[] newIndexes = new int[kept];
      double[] newCounts = new double[kept];
      int k = 0;
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] != 0) {
          newIndexes[k] = indexes[i];
          newCounts[k++] = counts[i];
        }
      }
      return new Buckets(newIndexes, newCounts);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Buckets b
          && Arrays.equals(indexes, b.indexes)
          && Arrays.equals(counts, b.counts);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(indexes) * 31 + Arrays.hashCode(counts);
    }
  }

  private static final double[] NO_BOUNDS = new double[0];

  private final int schema;
  private final Hint hint;
  private final double count;
  private final double sum;
  private final double zeroCount;
  private final double zeroThreshold;
  private final Buckets positive;
  private final Buckets negative;
  private final double[] bounds;

  /// @param bounds the finite upper bounds of [#CUSTOM_SCHEMA], rising; empty for other schemas
  public FloatHistogram(
      int schema,
      Hint hint,
      double count,
      double sum,
      double zeroCount,
      double zeroThreshold,
      Buckets positive,
      Buckets negative,
      double[] bounds) {
    this.schema = schema;
    this.hint = hint;
    this.count = count;
    this.sum = sum;
    this.zeroCount = zeroCount;
    this.zeroThreshold = zeroThreshold;
    this.positive = positive;
    this.negative = negative;
    this.bounds = bounds.length == 0 ? NO_BOUNDS : bounds;
  }

  /// Nothing observed.
  public static FloatHistogram empty(int schema, Hint hint, double zeroThreshold, double[] bounds) {
    return new FloatHistogram(
        schema, hint, 0, 0, 0, zeroThreshold, Buckets.NONE, Buckets.NONE, bounds);
  }

  public int schema() {
    return schema;
  }

  public Hint hint() {
    return hint;
  }

  public double count() {
    return count;
  }

  public double sum() {
    return sum;
  }

  public double zeroCount() {
    return zeroCount;
  }

  /// The half width of the zero bucket.
  public double zeroThreshold() {
    return zeroThreshold;
  }

  public Buckets positive() {
    return positive;
  }

  public Buckets negative() {
    return negative;
  }

  /// The custom bounds; nobody changes the array.
  public double[] bounds() {
    return bounds;
  }

  public boolean isCustom() {
    return schema == CUSTOM_SCHEMA;
  }

  public FloatHistogram withHint(Hint changed) {
    return changed == hint
        ? this
        : new FloatHistogram(
            schema, changed, count, sum, zeroCount, zeroThreshold, positive, negative, bounds);
  }

  /// Without empty buckets.
  public FloatHistogram compact() {
    return new FloatHistogram(
        schema,
        hint,
        count,
        sum,
        zeroCount,
        zeroThreshold,
        positive.compact(),
        negative.compact(),
        bounds);
  }

  /// The upper bound of positive bucket `index`.
  public double upperBound(int index) {
    if (isCustom()) {
      return index >= bounds.length ? Double.POSITIVE_INFINITY : bounds[index];
    }
    return exponentialBound(index, schema);
  }

  /// The lower bound of positive bucket `index`.
  public double lowerBound(int index) {
    if (isCustom()) {
      return index <= 0 ? Double.NEGATIVE_INFINITY : bounds[index - 1];
    }
    return exponentialBound(index - 1, schema);
  }

  /// `2^(index * 2^-schema)`, `+Inf` where no float is that big.
  static double exponentialBound(int index, int schema) {
    if (schema <= 0) {
      long exponent = (long) index << -schema;
      if (exponent == 1024) {
        return Double.MAX_VALUE; // the bucket that ends with the biggest float
      }
      return exponent > 1024 ? Double.POSITIVE_INFINITY : Math.scalb(1.0, (int) exponent);
    }
    int perPower = 1 << schema;
    int power = Math.floorDiv(index, perPower);
    int part = Math.floorMod(index, perPower);
    if (power == 1024 && part == 0) {
      return Double.MAX_VALUE;
    }
    if (power >= 1024) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.scalb(Math.pow(2, (double) part / perPower), power);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FloatHistogram h
        && schema == h.schema
        && Double.compare(count, h.count) == 0
        && Double.compare(sum, h.sum) == 0
        && zeroCount == h.zeroCount
        && zeroThreshold == h.zeroThreshold
        && positive.compact().equals(h.positive.compact())
        && negative.compact().equals(h.negative.compact())
        && Arrays.equals(bounds, h.bounds);
  }

  @Override
  public int hashCode() {
    return Objects.hash(schema, count, sum, zeroCount, zeroThreshold);
  }

  /// `{count:2, sum:3, [-0.5,0.5]:1, (1,2]:1}` as Prometheus prints it.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{count:").append(FloatFormat.general(count));
    out.append(", sum:").append(FloatFormat.general(sum));
    for (int i = negative.size() - 1; i >= 0; i--) {
      int index = negative.indexes()[i];
      if (negative.counts()[i] != 0) {
        bucket(out, '[', -upperBound(index), -lowerBound(index), ')', negative.counts()[i]);
      }
    }
    if (zeroCount != 0) {
      bucket(out, '[', -zeroThreshold, zeroThreshold, ']', zeroCount);
    }
    for (int i = 0; i < positive.size(); i++) {
      int index = positive.indexes()[i];
      if (positive.counts()[i] != 0) {
        char open = isCustom() && index == 0 ? '[' : '('; // there -Inf belongs to it
        bucket(out, open, lowerBound(index), upperBound(index), ']', positive.counts()[i]);
      }
    }
    return out.append('}').toString();
  }

  private static void bucket(
      StringBuilder out, char open, double low, double high, char close, double count) {
    out.append(", ").append(open).append(FloatFormat.general(low)).append(',');
    out.append(FloatFormat.general(high)).append(close).append(':');
    out.append(FloatFormat.general(count));
  }
}
