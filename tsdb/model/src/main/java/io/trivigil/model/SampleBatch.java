package io.trivigil.model;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Samples of many series, as they travel in a command. Self-contained: a known series by its
/// reference, an unknown one with its labels, nothing against earlier entries. Owned by one thread
/// while it is filled; afterwards it is only read.
///
/// Layout of version 1, [#encode], all integers as in [ByteWriter]:
///
/// ```
/// u8 version = 1 | varint count | varint labelSets | labelSets × labels
/// count × zigzag (reference − the reference before)   // 0 stands for the next label set
/// count × zigzag (timestamp − the timestamp before)   // ms, starting from 0
/// count × varint reverse(bits of the value)           // small for small whole numbers
/// ```
///
/// Layout of version 2, [#encodeRuns], for senders that repeat their order at one time:
///
/// ```
/// u8 version = 2 | varint count | varint labelSets | labelSets × labels
/// varint runs of series | per run: varint length × 2 + 1: the next label sets; or
///     varint length × 2, zigzag (first reference − the one behind the run of references before)
/// varint runs of one timestamp | per run: varint length, zigzag (timestamp − the one before)
/// u8 form = 0: count × varint reverse(bits of the value); 1: count × fixed64 bits of the value
/// ```
///
/// Layout of version 3, which both write where histograms are among the samples, whose values are 0
/// then: u8 version = 3, the rest of version 2, varint histograms, per histogram: varint (its place
/// − the one behind the histogram before), [NativeHistogram]. Only for feature level 3.
public final class SampleBatch {
  /// In place of a reference: the series travels with its labels.
  public static final long NO_REF = 0;

  private static final int VERSION = 1;
  private static final int RUNS_VERSION = 2;
  private static final int HISTOGRAMS_VERSION = 3;
  private static final int VARINTS = 0;
  private static final int FIXED = 1;

  private long[] refs; // below 0: −1 − the number of the label set
  private long[] timestampsMs;
  private double[] values;
  private @Nullable NativeHistogram @Nullable [] histograms; // only where there are some
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

  /// Adds a histogram of a known series.
  public void add(long ref, long timestampMs, NativeHistogram histogram) {
    add(ref, timestampMs, 0.0);
    put(size - 1, histogram);
  }

  /// Adds a histogram of a series that the store may not know yet.
  public void add(Labels series, long timestampMs, NativeHistogram histogram) {
    add(series, timestampMs, 0.0);
    put(size - 1, histogram);
  }

  private void put(int i, NativeHistogram histogram) {
    @Nullable NativeHistogram[] column = histograms;
    if (column == null || column.length < refs.length) {
      column =
          column == null ? new NativeHistogram[refs.length] : Arrays.copyOf(column, refs.length);
      histograms = column;
    }
    column[i] = histogram;
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

  /// Forgets all samples and keeps the room for them.
  public void clear() {
    size = 0;
    labels.clear();
    histograms = null;
  }

  /// For how many samples there is room without more memory.
  public int room() {
    return refs.length;
  }

  private void makeRoom(int count) {
    if (refs.length < count) {
      refs = new long[count];
      timestampsMs = new long[count];
      values = new double[count];
    }
  }

  /// Keeps the first `count` samples.
  public void truncate(int count) {
    while (size > count) {
      size--;
      if (histograms != null && size < histograms.length) {
        histograms[size] = null;
      }
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

  /// The histogram that sample `i` is, null if it is a float. (Hot path: no box.)
  public @Nullable NativeHistogram histogram(int i) {
    return histograms == null || i >= histograms.length ? null : histograms[i];
  }

  /// Whether any sample may be a histogram: then it is for feature level 3.
  public boolean hasHistograms() {
    return histograms != null;
  }

  /// Writes version 1, or version 3 where there are histograms.
  public void encode(ByteWriter out) {
    if (histograms != null) {
      encodeRuns(out);
      return;
    }
    out.u8(VERSION);
    out.varint(size);
    encodeLabels(out);
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

  /// Writes version 2, which builds before feature level 2 do not read, or version 3 where there
  /// are histograms.
  public void encodeRuns(ByteWriter out) {
    out.u8(histograms == null ? RUNS_VERSION : HISTOGRAMS_VERSION);
    out.varint(size);
    encodeLabels(out);
    encodeSeries(out);
    encodeTimes(out);
    long varintBytes = 0;
    for (int i = 0; i < size; i++) {
      long reversed = Long.reverse(Double.doubleToRawLongBits(values[i]));
      varintBytes += (70 - Long.numberOfLeadingZeros(reversed | 1)) / 7;
    }
    boolean fixed = varintBytes >= (long) Long.BYTES * size;
    out.u8(fixed ? FIXED : VARINTS);
    out.reserve((fixed ? Long.BYTES : 10) * size);
    for (int i = 0; i < size; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      if (fixed) {
        out.fixed64(bits);
      } else {
        out.varint(Long.reverse(bits));
      }
    }
    if (histograms != null) {
      encodeHistograms(out);
    }
  }

  /// (Not by a lambda: ArrayList.forEach would be compiled with this inside it.)
  private void encodeLabels(ByteWriter out) {
    out.varint(labels.size());
    for (Labels series : labels) {
      out.labels(series);
    }
  }

  private void encodeHistograms(ByteWriter out) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += histogram(i) == null ? 0 : 1;
    }
    out.varint(count);
    int next = 0;
    for (int i = 0; i < size; i++) {
      NativeHistogram histogram = histogram(i);
      if (histogram != null) {
        out.varint(i - next);
        histogram.write(out);
        next = i + 1;
      }
    }
  }

  private void encodeSeries(ByteWriter out) {
    int runs = 0;
    for (int i = 0; i < size; i = seriesRun(i)) {
      runs++;
    }
    out.varint(runs);
    long expected = 0;
    for (int i = 0; i < size; ) {
      int end = seriesRun(i);
      if (refs[i] < 0) {
        out.varint(2L * (end - i) + 1);
      } else {
        out.varint(2L * (end - i)).zigzag(refs[i] - expected);
        expected = refs[end - 1] + 1;
      }
      i = end;
    }
  }

  /// Where a run ends that begins at `i`: label sets one after the other, or rising references.
  private int seriesRun(int i) {
    long step = refs[i] < 0 ? -1 : 1; // label sets are numbered downwards
    int end = i + 1;
    while (end < size && refs[end] == refs[end - 1] + step) {
      end++;
    }
    return end;
  }

  private void encodeTimes(ByteWriter out) {
    int runs = 0;
    for (int i = 0; i < size; i = timeRun(i)) {
      runs++;
    }
    out.varint(runs);
    long before = 0;
    for (int i = 0; i < size; ) {
      int end = timeRun(i);
      out.varint(end - i).zigzag(timestampsMs[i] - before);
      before = timestampsMs[i];
      i = end;
    }
  }

  private int timeRun(int i) {
    int end = i + 1;
    while (end < size && timestampsMs[end] == timestampsMs[i]) {
      end++;
    }
    return end;
  }

  /// Reads what [#encode] or [#encodeRuns] wrote.
  ///
  /// @throws MalformedBytesException if the bytes are not such a batch
  public static SampleBatch decode(ByteReader in) {
    return decode(in, new SampleBatch(1));
  }

  /// The same, into a batch that nobody uses any more; what was in it is forgotten.
  ///
  /// @return `into`; where this throws, it holds anything
  /// @throws MalformedBytesException if the bytes are not such a batch
  public static SampleBatch decode(ByteReader in, SampleBatch into) {
    into.clear();
    int version = in.u8();
    if (version == RUNS_VERSION) {
      return into.decodeRuns(in);
    }
    if (version == HISTOGRAMS_VERSION) {
      into.decodeRuns(in).decodeHistograms(in);
      return into;
    }
    if (version != VERSION) {
      throw new MalformedBytesException(
          "sample batch version: expected=%d to %d found=%d"
              .formatted(VERSION, HISTOGRAMS_VERSION, version));
    }
    int count = in.count(3);
    int sets = in.count(1);
    into.makeRoom(count);
    for (int i = 0; i < sets; i++) {
      into.labels.add(in.labels());
    }
    int nextSet = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      long difference = in.zigzag();
      if (difference == 0) {
        into.refs[i] = -1L - nextSet++;
      } else {
        before += difference == Long.MIN_VALUE ? 0 : difference;
        into.refs[i] = before;
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
      into.timestampsMs[i] = before;
    }
    for (int i = 0; i < count; i++) {
      into.values[i] = Double.longBitsToDouble(Long.reverse(in.varint()));
    }
    into.size = count;
    return into;
  }

  private SampleBatch decodeRuns(ByteReader in) {
    int count = in.count(1);
    int sets = in.count(1);
    makeRoom(count);
    for (int i = 0; i < sets; i++) {
      labels.add(in.labels());
    }
    size = count;
    decodeSeries(in);
    decodeTimes(in);
    int form = in.u8();
    if (form != VARINTS && form != FIXED) {
      throw new MalformedBytesException("form of values: expected=0 or 1 found=" + form);
    }
    for (int i = 0; i < count; i++) {
      values[i] = Double.longBitsToDouble(form == FIXED ? in.fixed64() : Long.reverse(in.varint()));
    }
    return this;
  }

  private void decodeHistograms(ByteReader in) {
    histograms = new NativeHistogram[refs.length]; // which it has even if all were taken away
    HistogramLayout layout = HistogramLayout.EMPTY;
    long place = -1;
    for (int left = in.count(3); left > 0; left--) {
      place += 1L + in.intVarint();
      if (place >= size) {
        throw new MalformedBytesException(
            "place of a histogram: expected=0 to %d found=%d".formatted(size - 1, place));
      }
      NativeHistogram histogram = NativeHistogram.read(in, layout);
      layout = histogram.layout();
      put((int) place, histogram);
    }
  }

  private void decodeSeries(ByteReader in) {
    int at = 0;
    int nextSet = 0;
    long expected = 0;
    for (int run = in.count(1); run > 0; run--) {
      int folded = in.intVarint();
      int end = end(at, folded >>> 1);
      if ((folded & 1) == 1) {
        while (at < end) {
          refs[at++] = -1L - nextSet++;
        }
        continue;
      }
      long first = expected + in.zigzag();
      if (first <= 0 || first + (end - at - 1) < first) {
        throw new MalformedBytesException("series reference must be above 0: ref=" + first);
      }
      expected = first + (end - at);
      while (at < end) {
        refs[at++] = first++;
      }
    }
    if (at != size || nextSet != labels.size()) {
      throw new MalformedBytesException(
          "series of samples: expected=%d found=%d; label sets: expected=%d found=%d"
              .formatted(size, at, nextSet, labels.size()));
    }
  }

  private void decodeTimes(ByteReader in) {
    int at = 0;
    long timestampMs = 0;
    for (int run = in.count(2); run > 0; run--) {
      int end = end(at, in.intVarint());
      timestampMs += in.zigzag();
      Arrays.fill(timestampsMs, at, end, timestampMs);
      at = end;
    }
    if (at != size) {
      throw new MalformedBytesException("timestamps: expected=%d found=%d".formatted(size, at));
    }
  }

  private int end(int at, int length) {
    if (length < 1 || length > size - at) {
      throw new MalformedBytesException(
          "run of samples: expected=1 to %d found=%d".formatted(size - at, length));
    }
    return at + length;
  }
}
