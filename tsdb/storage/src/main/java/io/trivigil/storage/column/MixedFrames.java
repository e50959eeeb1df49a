package io.trivigil.storage.column;

import io.trivigil.model.HistogramLayout;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.frame.Frames;
import io.trivigil.storage.frame.ValueDecoder;
import io.trivigil.storage.frame.ValueEncoder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Frames in which histograms stand among floats, or alone:
///
/// ```
/// varint runs | per run: varint length      floats and histograms in turn, floats first (perhaps 0)
/// if there are floats: varint bytes | a frame of their values
/// per histogram: varint counts bytes × 2 + 1 if another layout than the one before follows
///     [ varint layout bytes, layout ] | counts
/// ```
///
/// A frame begins with a layout, so that it is read alone. Layouts and counts: [HistogramLayout],
/// [NativeHistogram].
final class MixedFrames {
  private MixedFrames() {}

  /// Owned by one thread.
  static final class Encoder {
    private final ValueEncoder values;
    private final long[] floats = new long[Frames.SAMPLES];
    private final ByteWriter floatFrame = new ByteWriter(1024);

    Encoder(ValueEncoder values) {
      this.values = values;
    }

    /// Appends a frame of some samples.
    void encode(
        long[] bits, @Nullable NativeHistogram[] histograms, int from, int length, ByteWriter out) {
      runs(histograms, from, from + length, out);
      int count = 0;
      for (int i = from; i < from + length; i++) {
        if (histograms[i] == null) {
          floats[count++] = bits[i];
        }
      }
      if (count > 0) {
        floatFrame.clear();
        values.encode(floats, count, floatFrame);
        out.bytes(floatFrame.toBytes());
      }
      @Nullable HistogramLayout before = null;
      for (int i = from; i < from + length; i++) {
        NativeHistogram histogram = histograms[i];
        if (histogram != null) {
          boolean other = before == null || !histogram.layout().equals(before);
          byte[] counts = histogram.counts();
          out.varint(2L * counts.length + (other ? 1 : 0));
          if (other) {
            out.bytes(histogram.layout().bytes());
            before = histogram.layout();
          }
          out.raw(counts, 0, counts.length);
        }
      }
    }

    private static void runs(
        @Nullable NativeHistogram[] histograms, int from, int end, ByteWriter out) {
      int[] lengths = new int[end - from + 1];
      int runs = 1;
      for (int i = from; i < end; i++) {
        boolean floatRun = runs % 2 == 1;
        runs += (histograms[i] == null) == floatRun ? 0 : 1;
        lengths[runs - 1]++;
      }
      out.varint(runs);
      for (int run = 0; run < runs; run++) {
        out.varint(lengths[run]);
      }
    }
  }

  /// Owned by one thread.
  static final class Decoder {
    private final ValueDecoder values;
    private final double[] floats = new double[Frames.SAMPLES];
    private HistogramLayout layout = HistogramLayout.EMPTY;
    private byte[] layoutBytes = HistogramLayout.EMPTY.bytes();

    Decoder(ValueDecoder values) {
      this.values = values;
    }

    /// Decodes a frame of `length` samples into both arrays from `into` on; where a histogram is
    /// set, it is the sample.
    ///
    /// @throws MalformedBytesException or [io.trivigil.storage.frame.CorruptFrameException] if it
    ///   is none
    void decode(
        byte[] bytes,
        int from,
        int end,
        int length,
        double[] decoded,
        @Nullable NativeHistogram[] histograms,
        int into) {
      ByteReader in = new ByteReader(bytes, from, end - from);
      int runs = in.count(1);
      boolean[] isHistogram = new boolean[length];
      int at = 0;
      int count = 0; // of floats
      for (int run = 0; run < runs; run++) {
        int size = in.intVarint();
        if (size > length - at) {
          throw new MalformedBytesException("run of samples is too long: length=" + size);
        }
        Arrays.fill(isHistogram, at, at + size, run % 2 == 1);
        count += run % 2 == 1 ? 0 : size;
        at += size;
      }
      if (at != length) {
        throw new MalformedBytesException(
            "runs of samples: expected=%d found=%d".formatted(length, at));
      }
      if (count > 0) {
        int size = in.count(1);
        int start = end - in.remaining();
        values.decode(bytes, start, start + size, count, floats, 0);
        in = new ByteReader(bytes, start + size, end - start - size);
      }
      boolean first = true;
      int nextFloat = 0;
      for (int i = 0; i < length; i++) {
        if (isHistogram[i]) {
          histograms[into + i] = histogram(in, first);
          first = false;
        } else {
          decoded[into + i] = floats[nextFloat++];
          histograms[into + i] = null;
        }
      }
      in.expectEnd();
    }

    private NativeHistogram histogram(ByteReader in, boolean first) {
      long folded = in.varint();
      if ((folded & 1) == 1) {
        byte[] read = in.bytes();
        if (!Arrays.equals(read, layoutBytes)) {
          layout = HistogramLayout.read(read);
          layoutBytes = read;
        }
      } else if (first) {
        throw new MalformedBytesException("first histogram of a frame without a layout");
      }
      return NativeHistogram.of(layout, in.raw(folded >>> 1));
    }
  }
}
