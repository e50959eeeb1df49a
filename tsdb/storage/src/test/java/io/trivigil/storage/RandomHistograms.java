package io.trivigil.storage;

import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Histograms of a few layouts, whole and float, and samples as text.
public final class RandomHistograms {
  private static final double[] NO_BOUNDS = {};
  private static final List<Hint> HINTS = List.of(Hint.values());
  private static final List<HistogramLayout> LAYOUTS =
      List.of(
          HistogramLayout.EMPTY,
          HistogramLayout.of(false, 3, 0x1p-128, ints(-1, 0, 5), ints(2), NO_BOUNDS),
          HistogramLayout.of(false, 3, 0x1p-128, ints(-1, 0, 5, 6), ints(2), NO_BOUNDS),
          HistogramLayout.of(true, -4, 0, ints(9), ints(), NO_BOUNDS),
          HistogramLayout.of(true, -53, 0, ints(0, 2), ints(), new double[] {.1, 1}));

  private RandomHistograms() {}

  private static int[] ints(int... ints) {
    return ints;
  }

  public static NativeHistogram next(RandomGenerator random) {
    HistogramLayout layout = LAYOUTS.get(random.nextInt(LAYOUTS.size()));
    Hint hint = HINTS.get(random.nextInt(HINTS.size()));
    double sum = random.nextInt(3);
    if (layout.floats()) {
      double[] positive = random.doubles(layout.positive().length).toArray();
      double[] negative = random.doubles(layout.negative().length).toArray();
      return NativeHistogram.floats(layout, hint, random.nextInt(3), 0, sum, positive, negative);
    }
    long[] positive = random.longs(layout.positive().length, 0, 300).toArray();
    long[] negative = random.longs(layout.negative().length, 0, 2).toArray();
    return NativeHistogram.whole(layout, hint, random.nextInt(3), 1, sum, positive, negative);
  }

  /// A sample as text, bit for bit.
  public static String text(double value, @Nullable NativeHistogram histogram) {
    if (histogram == null) {
      return Long.toHexString(Double.doubleToRawLongBits(value));
    }
    ByteWriter out = new ByteWriter();
    histogram.write(out);
    return "h" + HexFormat.of().formatHex(out.toBytes());
  }

  public static String text(SampleBuffer samples, int i) {
    return text(samples.value(i), samples.stored(i));
  }

  /// The same without what a histogram says of resets.
  public static String countsText(double value, @Nullable NativeHistogram histogram) {
    if (histogram == null) {
      return text(value, null);
    }
    byte[] counts = histogram.counts();
    return HexFormat.of().formatHex(histogram.layout().bytes())
        + HexFormat.of().formatHex(Arrays.copyOfRange(counts, 1, counts.length));
  }
}
