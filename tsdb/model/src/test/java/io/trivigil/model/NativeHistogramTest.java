package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NativeHistogramTest {
  private static final HistogramLayout LAYOUT =
      HistogramLayout.of(false, 3, 0x1p-128, new int[] {-2, -1, 5, 6, 7}, new int[] {0}, bounds());

  private static double[] bounds(double... bounds) {
    return bounds;
  }

  private static NativeHistogram whole(Hint hint, double sum, long... positive) {
    return NativeHistogram.whole(LAYOUT, hint, 1L << 60, 7, sum, positive, new long[] {2});
  }

  private static byte[] bytes(NativeHistogram histogram) {
    ByteWriter out = new ByteWriter();
    histogram.write(out);
    return out.toBytes();
  }

  private static NativeHistogram reread(NativeHistogram histogram) {
    ByteReader in = new ByteReader(bytes(histogram));
    NativeHistogram read = NativeHistogram.read(in, HistogramLayout.EMPTY);
    in.expectEnd();
    return read;
  }

  @Test
  void wholeCountsComeBackAsTheyWere() {
    NativeHistogram histogram = whole(Hint.RESET, -0.0, 1, 1L << 62, 0, 3, 4);
    FloatHistogram read = reread(histogram).toFloat();
    assertThat(reread(histogram)).isEqualTo(histogram);
    assertThat(read.hint()).isEqualTo(Hint.RESET);
    assertThat(read.count()).isEqualTo(0x1p60);
    assertThat(Double.doubleToRawLongBits(read.sum())).isEqualTo(Long.MIN_VALUE);
    assertThat(read.zeroCount()).isEqualTo(7);
    assertThat(read.positive())
        .isEqualTo(new Buckets(new int[] {-2, -1, 5, 6, 7}, new double[] {1, 0x1p62, 0, 3, 4}));
    assertThat(read.negative()).isEqualTo(new Buckets(new int[] {0}, new double[] {2}));
  }

  @Test
  void countAboveTheSignIsUnsigned() {
    NativeHistogram histogram =
        NativeHistogram.whole(
            HistogramLayout.EMPTY, Hint.UNKNOWN, -1, Long.MIN_VALUE, 0, new long[0], new long[0]);
    assertThat(histogram.toFloat().count()).isEqualTo(0x1p64);
    assertThat(histogram.toFloat().zeroCount()).isEqualTo(0x1p63);
  }

  @Test
  void floatsComeBackBitForBit() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      int[] indexes = random.ints(random.nextInt(20), -50, 50).sorted().distinct().toArray();
      double[] counts = random.doubles(indexes.length, 0, 9).toArray();
      double sum = Double.longBitsToDouble(random.nextLong());
      FloatHistogram made =
          new FloatHistogram(
              FloatHistogram.CUSTOM_SCHEMA,
              Hint.GAUGE,
              random.nextInt(99),
              sum,
              0,
              0,
              new Buckets(indexes, counts),
              Buckets.NONE,
              random.doubles(random.nextInt(9)).sorted().toArray());
      FloatHistogram read = reread(NativeHistogram.of(made)).toFloat();
      assertThat(read.hint()).isEqualTo(Hint.GAUGE);
      assertThat(read.positive()).isEqualTo(made.positive());
      assertThat(read.bounds()).isEqualTo(made.bounds());
      assertThat(Double.doubleToRawLongBits(read.sum())).isEqualTo(Double.doubleToRawLongBits(sum));
    }
  }

  @Test
  void notResetIsNotKept() {
    assertThat(whole(Hint.NOT_RESET, 1, 0, 0, 0, 0, 0).toFloat().hint()).isEqualTo(Hint.UNKNOWN);
  }

  @Test
  void hintDoesNotMakeADifference() {
    NativeHistogram one = whole(Hint.UNKNOWN, 1, 1, 2, 3, 4, 5);
    NativeHistogram reset = whole(Hint.RESET, 1, 1, 2, 3, 4, 5);
    NativeHistogram more = whole(Hint.UNKNOWN, 1, 1, 2, 3, 4, 6);
    assertThat(one.sameCounts(reset)).isTrue();
    assertThat(one.fingerprint()).isEqualTo(reset.fingerprint());
    assertThat(one.sameCounts(more)).isFalse();
    assertThat(one.fingerprint()).isNotEqualTo(more.fingerprint());
    assertThat(one).isNotEqualTo(reset);
  }

  /// Fingerprints are stored: they may not change.
  @Test
  void fingerprintIsThatOfTheFirstVersion() {
    assertThat(Long.toHexString(whole(Hint.UNKNOWN, 1, 1, 2, 3, 4, 5).fingerprint()))
        .isEqualTo("35aa6fd14a4ddc0a");
  }

  @Test
  void brokenBytesAreRefused() {
    byte[] sound = bytes(whole(Hint.UNKNOWN, 2.5, 1, 2, 3, 4, 5));
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> NativeHistogram.read(new ByteReader(cut), HistogramLayout.EMPTY))
          .isInstanceOf(MalformedBytesException.class);
    }
    Random random = new Random(2);
    for (int round = 0; round < 5_000; round++) {
      byte[] bent = sound.clone();
      bent[random.nextInt(bent.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        var _ = NativeHistogram.read(new ByteReader(bent), HistogramLayout.EMPTY).toFloat();
      } catch (MalformedBytesException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void layoutsThatCanNotBeAreRefused() {
    int[] none = {};
    assertThatThrownBy(() -> HistogramLayout.of(false, 9, 0, none, none, bounds()))
        .hasMessageContaining("schema");
    assertThatThrownBy(() -> HistogramLayout.of(false, 0, 0, none, none, bounds(1)))
        .hasMessageContaining("bounds=1");
    assertThatThrownBy(() -> HistogramLayout.of(false, 0, 0, new int[] {1, 1}, none, bounds()))
        .hasMessageContaining("do not rise");
    int[] most = new int[HistogramLayout.MOST_BUCKETS];
    Arrays.setAll(most, i -> i);
    assertThat(HistogramLayout.read(HistogramLayout.of(true, 0, 0, most, none, bounds()).bytes()))
        .isEqualTo(HistogramLayout.of(true, 0, 0, most, none, bounds()));
    assertThatThrownBy(() -> HistogramLayout.of(true, 0, 0, most, new int[] {1}, bounds()))
        .hasMessageContaining("limit=65536");
  }
}
