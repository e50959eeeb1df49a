package io.trivigil.scraper.state;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;

/// References of series, each once, in rising order. Immutable.
public final class RefSet {
  /// No series.
  public static final RefSet EMPTY = new RefSet(new long[0]);

  private final long[] refs;

  private RefSet(long[] refs) {
    this.refs = refs;
  }

  /// The first `count` of `refs`, in any order; zeros are left out. The array is sorted in place.
  static RefSet of(long[] refs, int count) {
    Arrays.sort(refs, 0, count);
    long[] unique = new long[count];
    int size = 0;
    for (int i = 0; i < count; i++) {
      if (refs[i] != 0 && (size == 0 || unique[size - 1] != refs[i])) {
        unique[size++] = refs[i];
      }
    }
    return size == 0 ? EMPTY : new RefSet(Arrays.copyOf(unique, size));
  }

  public int size() {
    return refs.length;
  }

  /// The reference in place `i`.
  public long get(int i) {
    return refs[i];
  }

  /// What is here and not in `other`.
  RefSet minus(RefSet other) {
    if (other.refs.length == 0 || refs.length == 0) {
      return this;
    }
    long[] left = new long[refs.length];
    int size = 0;
    int j = 0;
    for (long ref : refs) {
      while (j < other.refs.length && other.refs[j] < ref) {
        j++;
      }
      if (j == other.refs.length || other.refs[j] != ref) {
        left[size++] = ref;
      }
    }
    return size == 0 ? EMPTY : new RefSet(Arrays.copyOf(left, size));
  }

  /// Writes varint count, then for each reference the varint difference to the one before.
  void encode(ByteWriter out) {
    out.varint(refs.length);
    long before = 0;
    for (long ref : refs) {
      out.varint(ref - before);
      before = ref;
    }
  }

  static RefSet decode(ByteReader in) {
    long[] refs = new long[in.count(1)];
    long before = 0;
    for (int i = 0; i < refs.length; i++) {
      before += in.varint();
      refs[i] = before;
    }
    return of(refs, refs.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RefSet set && Arrays.equals(refs, set.refs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(refs);
  }

  @Override
  public String toString() {
    return Arrays.toString(refs);
  }
}
