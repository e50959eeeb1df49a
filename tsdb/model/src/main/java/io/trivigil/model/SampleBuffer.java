package io.trivigil.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Samples of one series as columns, oldest first, for reuse from series to series. Owned by one
/// thread.
///
/// `timestampsMs[i]` and `values[i]` belong together for `i < size()`. The arrays are replaced when
/// they grow: fetch them again after an [#add]. Stale markers stand in `values` as they are.
///
/// More columns exist only once they are used: histograms (where one is set, the sample is that
/// histogram and its value is meaningless), as they are stored or as they are computed with, and
/// start timestamps (0 where unknown).
public final class SampleBuffer {
  private long[] timestampsMs;
  private double[] values;
  private @Nullable FloatHistogram @Nullable [] histograms;
  private @Nullable NativeHistogram @Nullable []
      stored; // histograms are made of them when asked for
  private long @Nullable [] startsMs;
  private boolean more; // whether there is one of these
  private int size;
  private long omitted;

  public SampleBuffer() {
    this(128);
  }

  public SampleBuffer(int capacity) {
    timestampsMs = new long[capacity];
    values = new double[capacity];
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void clear() {
    size = 0;
    histograms = null;
    stored = null;
    startsMs = null;
    more = false;
    omitted = 0;
  }

  /// How many samples belong between those that are here, but were left out because who reads asked
  /// for no more than how a counter goes from its first sample to its last.
  public long omitted() {
    return omitted;
  }

  /// So many samples are left out between the one appended last and the next.
  public void omit(long samples) {
    omitted += samples;
  }

  /// Appends a histogram.
  public void add(long timestampMs, FloatHistogram histogram) {
    add(timestampMs, Double.NaN);
    put(size - 1, histogram);
  }

  private void put(int i, FloatHistogram histogram) {
    @Nullable FloatHistogram[] column = histograms;
    if (column == null || column.length < timestampsMs.length) {
      column =
          column == null
              ? new FloatHistogram[timestampsMs.length]
              : Arrays.copyOf(column, timestampsMs.length);
      histograms = column;
      more = true;
    }
    column[i] = histogram;
  }

  /// Appends a histogram as it is stored.
  public void add(long timestampMs, NativeHistogram histogram) {
    add(timestampMs, Double.NaN);
    replace(size - 1, histogram);
  }

  /// Makes a stored histogram of sample `i`.
  public void replace(int i, NativeHistogram histogram) {
    @Nullable NativeHistogram[] column = stored;
    if (column == null || column.length < timestampsMs.length) {
      column =
          column == null
              ? new NativeHistogram[timestampsMs.length]
              : Arrays.copyOf(column, timestampsMs.length);
      stored = column;
      more = true;
    }
    values[i] = Double.NaN;
    if (histograms != null && i < histograms.length) {
      histograms[i] = null;
    }
    column[i] = histogram;
  }

  /// Sets the start timestamp of the sample appended last.
  public void start(long startMs) {
    long[] column = startsMs;
    if (column == null || column.length < timestampsMs.length) {
      column =
          column == null
              ? new long[timestampsMs.length]
              : Arrays.copyOf(column, timestampsMs.length);
      startsMs = column;
      more = true;
    }
    column[size - 1] = startMs;
  }

  /// Appends sample `i` of another buffer with everything that it has.
  public void addFrom(SampleBuffer other, int i) {
    NativeHistogram exact = other.stored(i);
    FloatHistogram histogram = exact == null ? other.histogram(i) : null;
    if (exact != null) {
      add(other.timestampMs(i), exact);
    } else if (histogram != null) {
      add(other.timestampMs(i), histogram);
    } else {
      add(other.timestampMs(i), other.value(i));
    }
    if (other.startMs(i) != 0) {
      start(other.startMs(i));
    }
  }

  /// Whether any sample may be a histogram.
  public boolean hasHistograms() {
    return histograms != null || stored != null;
  }

  /// Whether any sample may have a start timestamp.
  public boolean hasStarts() {
    return startsMs != null;
  }

  /// The histogram of sample `i`, null if it is a float. (Hot path: no box.)
  ///
  /// @throws io.trivigil.model.codec.MalformedBytesException if what is stored is none
  public @Nullable FloatHistogram histogram(int i) {
    FloatHistogram known = histograms == null || i >= histograms.length ? null : histograms[i];
    if (known != null || stored == null) {
      return known;
    }
    NativeHistogram exact = stored(i);
    if (exact == null) {
      return null;
    }
    FloatHistogram made = exact.toFloat();
    put(i, made);
    return made;
  }

  /// The histogram of sample `i` as it is stored, null if it is a float or was computed.
  public @Nullable NativeHistogram stored(int i) {
    return stored == null || i >= stored.length ? null : stored[i];
  }

  /// The start timestamp of sample `i`, 0 if unknown.
  public long startMs(int i) {
    return startsMs == null || i >= startsMs.length ? 0 : startsMs[i];
  }

  public void add(long timestampMs, double value) {
    if (size == timestampsMs.length) {
      reserve(size + 1);
    }
    timestampsMs[size] = timestampMs;
    values[size] = value;
    if (more) {
      forget(size + 1);
    }
    size++;
  }

  /// Appends floats, oldest first: `count` of both arrays from `from` on.
  public void add(long[] timesMs, double[] floats, int from, int count) {
    reserve(size + count);
    System.arraycopy(timesMs, from, timestampsMs, size, count);
    System.arraycopy(floats, from, values, size, count);
    if (more) {
      forget(size + count);
    }
    size += count;
  }

  /// Takes away what stood in further columns behind the last sample.
  private void forget(int end) {
    if (histograms != null && size < histograms.length) {
      Arrays.fill(histograms, size, Math.min(end, histograms.length), null);
    }
    if (stored != null && size < stored.length) {
      Arrays.fill(stored, size, Math.min(end, stored.length), null);
    }
    if (startsMs != null && size < startsMs.length) {
      Arrays.fill(startsMs, size, Math.min(end, startsMs.length), 0);
    }
  }

  /// Makes room for `capacity` samples in all.
  public void reserve(int capacity) {
    if (capacity > timestampsMs.length) {
      int grown = Math.max(capacity, Math.max(16, timestampsMs.length * 2));
      timestampsMs = Arrays.copyOf(timestampsMs, grown);
      values = Arrays.copyOf(values, grown);
    }
  }

  /// Keeps the first `count` samples.
  public void truncate(int count) {
    size = Math.min(size, count);
  }

  public long timestampMs(int i) {
    return timestampsMs[i];
  }

  public double value(int i) {
    return values[i];
  }

  /// The column itself, valid below [#size] and until the next [#add].
  public long[] timestampsMs() {
    return timestampsMs;
  }

  /// The column itself, valid below [#size] and until the next [#add].
  public double[] values() {
    return values;
  }
}
