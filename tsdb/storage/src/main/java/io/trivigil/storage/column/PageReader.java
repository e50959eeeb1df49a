package io.trivigil.storage.column;

import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.frame.CorruptFrameException;
import io.trivigil.storage.frame.Frames;
import io.trivigil.storage.frame.IntegerDecoder;
import io.trivigil.storage.frame.ValueDecoder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Decodes rows of pages, and only the frames that a range touches. Timestamps that the row before
/// had are not decoded again. Owned by one thread.
public final class PageReader {
  private final IntegerDecoder timestamps = new IntegerDecoder();
  private final ValueDecoder values = new ValueDecoder();
  private final MixedFrames.Decoder mixed = new MixedFrames.Decoder(values);
  private final long[] frame = new long[Frames.SAMPLES];

  private @Nullable Page page; // whose timestamps stand in `times`
  private int column;
  private int firstFrame;
  private int lastFrame;
  private long[] times = new long[Frames.SAMPLES];
  private double[] decoded = new double[Frames.SAMPLES];
  private @Nullable NativeHistogram[] histograms = new NativeHistogram[0]; // of a mixed row
  private int[] starts = new int[8];

  /// Appends the samples of the row with `fromMs <= t <= toMs`, oldest first.
  ///
  /// @throws CorruptPageException if the row makes no sense; then nothing was appended
  public void read(Page from, int row, long fromMs, long toMs, SampleBuffer out) {
    Page.Column in = from.columns[from.columnOf[row]];
    if (fromMs > toMs || toMs < in.minMs() || fromMs > in.maxMs()) {
      return;
    }
    int count = decodeTimes(from, row, in.frameAt(fromMs), in.frameAt(toMs));
    int at = lowerBound(count, fromMs);
    int end = times[count - 1] <= toMs ? count : lowerBound(count, toMs + 1);
    if (at < end) {
      decode(from, row, at, end);
      add(from, row, at, end - at, out);
    }
  }

  private void add(Page from, int row, int first, int count, SampleBuffer out) {
    out.add(times, decoded, first, count);
    if (from.kinds[row] == Page.MIXED) {
      int base = out.size() - count - first;
      for (int i = first; i < first + count; i++) {
        NativeHistogram histogram = histograms[i];
        if (histogram != null) {
          out.replace(base + i, histogram);
        }
      }
    }
  }

  /// Appends the newest sample of the row with `fromMs <= t <= toMs`, if there is one.
  ///
  /// @throws CorruptPageException if the row makes no sense; then nothing was appended
  public void readLast(Page from, int row, long fromMs, long toMs, SampleBuffer out) {
    Page.Column in = from.columns[from.columnOf[row]];
    if (fromMs > toMs || toMs < in.minMs() || fromMs > in.maxMs()) {
      return;
    }
    int last = in.frameAt(toMs);
    int count = decodeTimes(from, row, last, last);
    int at = (toMs == Long.MAX_VALUE ? count : lowerBound(count, toMs + 1)) - 1;
    if (at >= 0 && times[at] >= fromMs) {
      decode(from, row, at, at + 1);
      add(from, row, at, 1, out);
    }
  }

  /// Decodes the values of the samples `at <= i < end` of those whose times were decoded, into
  /// their places in `decoded`.
  private void decode(Page from, int row, int at, int end) {
    try {
      if (decoded.length < times.length) {
        decoded = new double[times.length];
      }
      if (from.kinds[row] == Page.CONSTANT) {
        decodeConstant(from, row, at, end);
      } else {
        if (from.kinds[row] == Page.MIXED && histograms.length < times.length) {
          histograms = new NativeHistogram[times.length];
        }
        decodeFrames(from, row, at, end);
      }
    } catch (CorruptFrameException | MalformedBytesException e) {
      throw corrupt(row, e);
    }
  }

  private void decodeConstant(Page from, int row, int wantedFrom, int wantedTo) {
    int end = from.dataAt[row + 1];
    int at = values.decode(from.bytes, from.dataAt[row], end, 1, decoded, 0);
    Arrays.fill(decoded, wantedFrom, wantedTo, decoded[0]);
    if (at == end) {
      return;
    }
    ByteReader specials = new ByteReader(from.bytes, at, end - at);
    long place = -1L - (long) firstFrame * Frames.SAMPLES; // among the decoded
    while (specials.remaining() > 0) {
      place += 1L + specials.intVarint();
      long bits = Frames.special(specials.u8());
      if (place >= wantedFrom && place < wantedTo) {
        decoded[(int) place] = Double.longBitsToDouble(bits);
      }
    }
  }

  private CorruptPageException corrupt(int row, RuntimeException e) {
    page = null;
    return new CorruptPageException("page row=%d: %s".formatted(row, e.getMessage()));
  }

  private void decodeFrames(Page from, int row, int wantedFrom, int wantedTo) {
    int first = firstFrame;
    int last = lastFrame;
    Page.Column in = from.columns[from.columnOf[row]];
    int frames = in.firstMs().length;
    int end = from.dataAt[row + 1];
    int lengthAt = from.dataAt[row];
    if (starts.length < last - first + 2) {
      starts = new int[Math.max(last - first + 2, starts.length * 2)];
    }
    // The lengths stand in front of the frames, so two passes: where they end, and the sums.
    long sum = 0;
    for (int f = 0; f < frames - 1; f++) {
      long length = 0;
      int shift = 0;
      byte next;
      do {
        if (lengthAt >= end || shift > 28) {
          throw new CorruptFrameException("frame lengths end early: frame=" + f);
        }
        next = from.bytes[lengthAt++];
        length |= (next & 0x7FL) << shift;
        shift += 7;
      } while (next < 0);
      if (f >= first && f <= last) {
        starts[f - first] = (int) Math.min(sum, end);
      }
      sum += length;
      if (f == last) {
        starts[f - first + 1] = (int) Math.min(sum, end);
      }
    }
    if (last == frames - 1) {
      starts[last - first] = (int) Math.min(sum, end);
      starts[last - first + 1] = end - lengthAt;
    }
    int into = 0;
    for (int f = first; f <= last; f++) {
      int start = lengthAt + starts[f - first];
      int stop = lengthAt + starts[f - first + 1];
      if (start > end || stop > end) {
        throw new CorruptFrameException("frame lies outside its row: frame=" + f);
      }
      if (from.kinds[row] == Page.MIXED) {
        mixed.decode(from.bytes, start, stop, in.length(f), decoded, histograms, into);
      } else {
        int low = Math.clamp(wantedFrom - into, 0, in.length(f));
        int high = Math.clamp(wantedTo - into, 0, in.length(f));
        if (low < high) {
          values.decode(from.bytes, start, stop, in.length(f), low, high, decoded, into);
        }
      }
      into += in.length(f);
    }
  }

  /// Decodes the times of some frames of a row; returns how many samples there are.
  private int decodeTimes(Page from, int row, int first, int last) {
    try {
      return decodeColumn(from, from.columnOf[row], first, last);
    } catch (CorruptFrameException e) {
      throw corrupt(row, e);
    }
  }

  private int decodeColumn(Page from, int of, int first, int last) {
    Page.Column in = from.columns[of];
    int count = (last - first) * Frames.SAMPLES + in.length(last);
    if (page == from && column == of && firstFrame == first && lastFrame == last) {
      return count;
    }
    if (times.length < count) {
      times = new long[Math.max(count, times.length * 2)];
    }
    page = null;
    int into = 0;
    for (int f = first; f <= last; f++) {
      int length = in.length(f);
      timestamps.decode(from.bytes, in.frameAt()[f], in.frameAt()[f + 1], length, frame);
      System.arraycopy(frame, 0, times, into, length);
      into += length;
    }
    page = from;
    column = of;
    firstFrame = first;
    lastFrame = last;
    return count;
  }

  private int lowerBound(int count, long fromMs) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < fromMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
