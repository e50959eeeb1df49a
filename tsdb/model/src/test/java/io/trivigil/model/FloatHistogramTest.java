package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import org.junit.jupiter.api.Test;

class FloatHistogramTest {
  private static FloatHistogram of(int schema, double[] bounds, int[] indexes, double... counts) {
    return new FloatHistogram(
        schema, Hint.UNKNOWN, 3, 4, 1, 0.5, new Buckets(indexes, counts), Buckets.NONE, bounds);
  }

  @Test
  void exponentialBucketsEndAtPowersOfTheBase() {
    FloatHistogram coarse = of(-1, new double[0], new int[] {1}, 2);
    assertThat(coarse.upperBound(1)).isEqualTo(4);
    assertThat(coarse.lowerBound(1)).isEqualTo(1);
    FloatHistogram fine = of(2, new double[0], new int[] {1}, 2);
    assertThat(fine.upperBound(4)).isEqualTo(2);
    assertThat(fine.upperBound(2)).isCloseTo(Math.sqrt(2), within(1e-15));
    assertThat(fine.upperBound(-4)).isEqualTo(0.5);
    assertThat(fine.upperBound(4096)).isEqualTo(Double.MAX_VALUE);
    assertThat(fine.upperBound(4097)).isInfinite();
  }

  @Test
  void customBucketsEndAtTheirBounds() {
    FloatHistogram custom =
        of(FloatHistogram.CUSTOM_SCHEMA, new double[] {1, 5}, new int[] {0, 2}, 1, 2);
    assertThat(custom.lowerBound(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(custom.upperBound(1)).isEqualTo(5);
    assertThat(custom.upperBound(2)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void emptyBucketsDoNotMatter() {
    FloatHistogram a = of(0, new double[0], new int[] {0, 1}, 2, 0);
    FloatHistogram b = of(0, new double[0], new int[] {0}, 2);
    assertThat(a).isEqualTo(b).hasSameHashCodeAs(b);
    assertThat(a.compact().positive().size()).isEqualTo(1);
    assertThat(a).hasToString("{count:3, sum:4, [-0.5,0.5]:1, (0.5,1]:2}");
  }

  @Test
  void buffersCarryHistogramsAndStartsBesideFloats() {
    SampleBuffer buffer = new SampleBuffer(1);
    FloatHistogram histogram = of(0, new double[0], new int[] {0}, 2);
    buffer.add(1, 1.5);
    buffer.add(2, histogram);
    buffer.start(1);
    for (int i = 3; i < 50; i++) {
      buffer.add(i, i);
    }
    assertThat(buffer.histogram(0)).isNull();
    assertThat(buffer.histogram(1)).isSameAs(histogram);
    assertThat(buffer.histogram(40)).isNull();
    assertThat(buffer.startMs(1)).isEqualTo(1);
    assertThat(buffer.startMs(40)).isZero();
    SampleBuffer copy = new SampleBuffer();
    copy.addFrom(buffer, 1);
    assertThat(copy.histogram(0)).isSameAs(histogram);
    assertThat(copy.startMs(0)).isEqualTo(1);
    buffer.clear();
    buffer.add(1, 2);
    assertThat(buffer.hasHistograms()).isFalse();
  }
}
