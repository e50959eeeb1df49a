package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SampleBufferTest {
  private static final FloatHistogram HISTOGRAM =
      FloatHistogram.empty(0, FloatHistogram.Hint.UNKNOWN, 0, new double[0]);

  @Test
  void arraysAreAppendedAsSingleSamplesAre() {
    long[] times = {1, 2, 3, 4, 5};
    double[] values = {.1, .2, .3, .4, .5};
    SampleBuffer whole = new SampleBuffer(2);
    SampleBuffer single = new SampleBuffer(2);
    for (SampleBuffer buffer : List.of(whole, single)) {
      buffer.add(0, HISTOGRAM);
      buffer.start(-1);
    }
    whole.add(times, values, 1, 3);
    for (int i = 1; i < 4; i++) {
      single.add(times[i], values[i]);
    }
    assertThat(told(whole)).isEqualTo(told(single));
  }

  @Test
  void whatStoodThereBeforeDoesNotShine() {
    SampleBuffer buffer = new SampleBuffer(4);
    buffer.add(1, 1);
    buffer.add(2, HISTOGRAM);
    buffer.start(1);
    buffer.truncate(1);
    buffer.add(new long[] {2, 3}, new double[] {5, 6}, 0, 2);
    assertThat(buffer.size()).isEqualTo(3);
    assertThat(Optional.ofNullable(buffer.histogram(1))).isEmpty();
    assertThat(buffer.startMs(1)).isZero();
    assertThat(buffer.value(1)).isEqualTo(5);
  }

  private static String told(SampleBuffer buffer) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < buffer.size(); i++) {
      text.append(buffer.timestampMs(i))
          .append(' ')
          .append(buffer.value(i))
          .append(' ')
          .append(buffer.histogram(i) != null)
          .append(' ')
          .append(buffer.startMs(i))
          .append('\n');
    }
    return text.toString();
  }

  @Test
  void storedHistogramsAreMadeWhenTheyAreAskedFor() {
    NativeHistogram stored = NativeHistogram.of(HISTOGRAM);
    SampleBuffer buffer = new SampleBuffer(1);
    buffer.add(1, 5);
    buffer.add(2, stored);
    buffer.add(3, HISTOGRAM);
    buffer.add(4, 6);
    assertThat(buffer.hasHistograms()).isTrue();
    assertThat(Optional.ofNullable(buffer.histogram(1))).contains(HISTOGRAM);
    assertThat(buffer.histogram(1)).isSameAs(buffer.histogram(1));
    assertThat(Optional.ofNullable(buffer.stored(2))).isEmpty();
    SampleBuffer copy = new SampleBuffer(1);
    for (int i = 0; i < buffer.size(); i++) {
      copy.addFrom(buffer, i);
    }
    assertThat(told(copy)).isEqualTo(told(buffer));
    assertThat(Optional.ofNullable(copy.stored(1))).contains(stored);
    copy.truncate(1);
    copy.add(2, 7);
    assertThat(Optional.ofNullable(copy.histogram(1))).isEmpty();
    copy.replace(0, stored);
    assertThat(Optional.ofNullable(copy.histogram(0))).contains(HISTOGRAM);
    copy.clear();
    assertThat(copy.hasHistograms()).isFalse();
  }
}
