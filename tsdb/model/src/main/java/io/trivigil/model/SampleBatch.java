package io.trivigil.model;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Samples of many series, as they travel in a command. Self-contained: a known series by its
/// reference, an unknown one with its labels, nothing against earlier entries. Owned by one thread
/// while it is filled; afterwards it is only read.
///
/// Layout of version 1, all integers as in [ByteWriter]:
///
/// ```
/// u8 version = 1 | varint count | varint labelSets | labelSets × labels
/// count × zigzag (reference − the reference before)   // 0 stands for the next label set
/// count × zigzag (timestamp − the timestamp before)   // ms, starting from 0
/// count × varint reverse(bits of the value)           // small for small whole numbers
/// ```
public final class SampleBatch {
  /// In place of a reference: the series travels with its labels.
  public static final long NO_REF = 0;

  private static final int VERSION = 1;

  private long[] refs; // below 0: −1 − the number of the label set
  private long[] timestampsMs;
  private double[] values;
  private final List<Labels> labels = new ArrayList<>();
  private int size;

  public SampleBatch() {
    this(64);
  }

  /// @param capacity for how many samples there is room at first
  public SampleBatch(int capacity) {
    int room = Math.max(1, capacity);
    refs = new long[room];
    timestampsMs = new long[room];
    values = new double[room];
  }

  /// Adds a sample of a known series; `ref` was handed out by the store and is above 0.
  public void add(long ref, long timestampMs, double value) {
    if (ref <= 0) {
      throw new IllegalArgumentException("series reference must be above 0: ref=" + ref);
    }
    append(ref, timestampMs, value);
  }

  /// Adds a sample of a series that the store may not know yet (create or get).
  public void add(Labels series, long timestampMs, double value) {
    labels.add(series);
    append(-labels.size(), timestampMs, value);
  }

  private void append(long ref, long timestampMs, double value) {
    if (size == refs.length) {
      refs = Arrays.copyOf(refs, size * 2);
      timestampsMs = Arrays.copyOf(timestampsMs, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    refs[size] = ref;
    timestampsMs[size] = timestampMs;
    values[size] = value;
    size++;
  }

  public int size() {
    return size;
  }

  /// Keeps the first `count` samples.
  public void truncate(int count) {
    while (size > count) {
      size--;
      if (refs[size] < 0) {
        labels.removeLast();
      }
    }
  }

  /// The reference of sample `i`, or [#NO_REF].
  public long ref(int i) {
    return Math.max(NO_REF, refs[i]);
  }

  /// The labels of sample `i`, which has no reference.
  public Labels labels(int i) {
    return labels.get((int) (-1 - refs[i]));
  }

  public long timestampMs(int i) {
    return timestampsMs[i];
  }

  /// The value of sample `i`, bit for bit (stale markers included).
  public double value(int i) {
    return values[i];
  }

  public void encode(ByteWriter out) {
    out.u8(VERSION);
    out.varint(size);
    out.varint(labels.size());
    labels.forEach(out::labels);
    long before = 0;
    for (int i = 0; i < size; i++) {
      if (refs[i] < 0) {
        out.zigzag(0);
      } else {
        // A repeated reference would have the difference 0: it is written against 0 instead.
        long difference = refs[i] - before;
        out.zigzag(difference == 0 ? Long.MIN_VALUE : difference);
        before = refs[i];
      }
    }
    before = 0;
    for (int i = 0; i < size; i++) {
      out.zigzag(timestampsMs[i] - before);
      before = timestampsMs[i];
    }
    for (int i = 0; i < size; i++) {
      out.varint(Long.reverse(Double.doubleToRawLongBits(values[i])));
    }
  }

  /// Reads what [#encode] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are not such a batch
  public static SampleBatch decode(ByteReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "sample batch version: expected=%d found=%d".formatted(VERSION, version));
    }
    int count = in.count(3);
    int sets = in.count(1);
    SampleBatch batch = new SampleBatch(count);
    for (int i = 0; i < sets; i++) {
      batch.labels.add(in.labels());
    }
    int nextSet = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      long difference = in.zigzag();
      if (difference == 0) {
        batch.refs[i] = -1L - nextSet++;
      } else {
        before += difference == Long.MIN_VALUE ? 0 : difference;
        batch.refs[i] = before;
        if (before <= 0) {
          throw new MalformedBytesException("series reference must be above 0: ref=" + before);
        }
      }
    }
    if (nextSet != sets) {
      throw new MalformedBytesException(
          "label sets: expected=%d found=%d".formatted(nextSet, sets));
    }
    before = 0;
    for (int i = 0; i < count; i++) {
      before += in.zigzag();
      batch.timestampsMs[i] = before;
    }
    for (int i = 0; i < count; i++) {
      batch.values[i] = Double.longBitsToDouble(Long.reverse(in.varint()));
    }
    batch.size = count;
    return batch;
  }
}
