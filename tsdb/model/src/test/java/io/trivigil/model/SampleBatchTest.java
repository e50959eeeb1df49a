package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleBatchTest {
  private static SampleBatch random(long seed) {
    Random random = new Random(seed);
    SampleBatch batch = new SampleBatch();
    int count = random.nextInt(300);
    for (int i = 0; i < count; i++) {
      double value =
          switch (random.nextInt(5)) {
            case 0 -> Staleness.marker();
            case 1 -> Double.longBitsToDouble(random.nextLong());
            case 2 -> -0.0;
            default -> random.nextInt(1000);
          };
      long timeMs =
          1_700_000_000_000L
              + random.nextInt(10_000)
              - (random.nextInt(9) == 0 ? 2_000_000_000_000L : 0);
      switch (random.nextInt(4)) {
        case 0 -> batch.add(Labels.of("__name__", "m", "i", Integer.toString(i)), timeMs, value);
        case 1 -> batch.add(1 + random.nextLong(Long.MAX_VALUE - 1), timeMs, value);
        case 2 -> batch.add(42, timeMs, value); // often the same twice in a row
        default -> batch.add(i + 1, timeMs, value);
      }
    }
    return batch;
  }

  /// As senders write: all series in their order, at one time.
  private static SampleBatch repeating(long seed) {
    Random random = new Random(seed);
    SampleBatch batch = new SampleBatch(1);
    boolean whole = random.nextBoolean();
    for (int i = 0; i < random.nextInt(1, 300); i++) {
      double value = whole ? random.nextInt(50) : random.nextGaussian();
      if (i % 100 > 90) {
        batch.add(Labels.of("__name__", "m", "i", Integer.toString(i)), 1_700_000_000_000L, value);
      } else {
        batch.add(i + 1, 1_700_000_000_000L, value);
      }
    }
    return batch;
  }

  @Test
  void runsTakeLittleMoreThanTheValues() {
    SampleBatch batch = new SampleBatch();
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      batch.add(5_000 + i, 1_700_000_000_000L, random.nextDouble());
    }
    ByteWriter out = new ByteWriter();
    batch.encodeRuns(out);
    assertThat(out.size()).isLessThan(2_000 * 8 + 32);
  }

  @Test
  void truncatedBatchForgetsItsLabelsToo() {
    SampleBatch batch = new SampleBatch();
    batch.add(1, 1, 1);
    batch.add(Labels.of("__name__", "a"), 2, 2);
    batch.add(Labels.of("__name__", "b"), 3, 3);
    batch.truncate(2);
    batch.add(Labels.of("__name__", "c"), 4, 4);
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.labels(1)).isEqualTo(Labels.of("__name__", "a"));
    assertThat(batch.labels(2)).isEqualTo(Labels.of("__name__", "c"));
  }

  @Test
  void batchSurvivesItsBytesBitForBit() {
    SampleBatch used = new SampleBatch();
    for (long seed = 0; seed < 600; seed++) {
      SampleBatch batch = seed % 4 == 3 ? repeating(seed) : random(seed);
      ByteWriter out = new ByteWriter();
      if (seed % 2 == 0) {
        batch.encode(out);
      } else {
        batch.encodeRuns(out);
      }
      ByteReader in = new ByteReader(out.toBytes());
      SampleBatch read = SampleBatch.decode(in, seed % 3 == 0 ? new SampleBatch() : used);
      in.expectEnd();
      assertSame(seed, read, batch);
    }
  }

  private static void assertSame(long seed, SampleBatch read, SampleBatch batch) {
    assertThat(read.size()).as("seed %d", seed).isEqualTo(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      assertThat(read.ref(i)).isEqualTo(batch.ref(i));
      if (batch.ref(i) == SampleBatch.NO_REF) {
        assertThat(read.labels(i)).isEqualTo(batch.labels(i));
      }
      assertThat(read.timestampMs(i)).isEqualTo(batch.timestampMs(i));
      assertThat(Double.doubleToRawLongBits(read.value(i)))
          .isEqualTo(Double.doubleToRawLongBits(batch.value(i)));
    }
  }

  @Test
  void damagedBytesAreRefusedOrReadButNeverCrash() {
    SampleBatch used = new SampleBatch();
    for (long seed = 0; seed < 2_000; seed++) {
      ByteWriter out = new ByteWriter();
      if (seed % 2 == 0) {
        random(seed % 50).encode(out);
      } else {
        random(seed % 50).encodeRuns(out);
      }
      byte[] bytes = out.toBytes();
      Random random = new Random(seed);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      Optional<SampleBatch> fresh = decoded(bytes, length, new SampleBatch());
      // What was in it before, a damaged batch included, must not matter on any node.
      Optional<SampleBatch> again = decoded(bytes, length, used);
      assertThat(again.isPresent()).as("seed %d", seed).isEqualTo(fresh.isPresent());
      if (fresh.isPresent()) {
        assertSame(seed, again.orElseThrow(), fresh.get());
      }
    }
  }

  private static Optional<SampleBatch> decoded(byte[] bytes, int length, SampleBatch into) {
    try {
      return Optional.of(SampleBatch.decode(new ByteReader(bytes, 0, length), into));
    } catch (MalformedBytesException expected) {
      assertThat(expected).hasMessageMatching("(?s).+");
      return Optional.empty();
    }
  }

  @Test
  void countLargerThanTheBytesIsRefused() {
    byte[] bytes = new ByteWriter().u8(1).varint(1L << 40).toBytes();
    assertThatThrownBy(() -> SampleBatch.decode(new ByteReader(bytes)))
        .isInstanceOf(MalformedBytesException.class);
  }

  private static final HistogramLayout LAYOUT =
      HistogramLayout.of(false, 0, 0, new int[] {1, 3}, new int[0], new double[0]);

  private static NativeHistogram histogram(long count) {
    return NativeHistogram.whole(
        LAYOUT,
        FloatHistogram.Hint.UNKNOWN,
        count,
        0,
        1.5 * count,
        new long[] {count - 1, 1},
        new long[0]);
  }

  private static SampleBatch withHistograms(long seed) {
    Random random = new Random(seed);
    SampleBatch batch = new SampleBatch(1);
    for (int i = 0; i < 100; i++) {
      boolean known = random.nextBoolean();
      Labels labels = Labels.of("__name__", "m", "i", Integer.toString(i));
      if (random.nextBoolean()) {
        if (known) {
          batch.add(i + 1, 1000 + i, histogram(1 + random.nextInt(1000)));
        } else {
          batch.add(labels, 1000, histogram(1 + random.nextInt(1000)));
        }
      } else if (known) {
        batch.add(i + 1, 1000 + i, i);
      } else {
        batch.add(labels, 1000, i);
      }
    }
    return batch;
  }

  @Test
  void histogramsTravelAmongFloats() {
    for (long seed = 0; seed < 50; seed++) {
      SampleBatch batch = withHistograms(seed);
      ByteWriter plain = new ByteWriter();
      ByteWriter runs = new ByteWriter();
      batch.encode(plain);
      batch.encodeRuns(runs);
      assertThat(plain.toBytes()).isEqualTo(runs.toBytes());
      SampleBatch used = new SampleBatch();
      used.add(7, 7, histogram(7));
      SampleBatch read = SampleBatch.decode(new ByteReader(runs.toBytes()), used);
      assertThat(read.size()).isEqualTo(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        assertThat(read.ref(i)).isEqualTo(batch.ref(i));
        assertThat(read.timestampMs(i)).isEqualTo(batch.timestampMs(i));
        assertThat(read.value(i)).isEqualTo(batch.value(i));
        assertThat(Optional.ofNullable(read.histogram(i)))
            .isEqualTo(Optional.ofNullable(batch.histogram(i)));
      }
    }
  }

  @Test
  void batchWithoutHistogramsHasTheBytesOfEarlierVersions() {
    SampleBatch batch = withHistograms(1);
    batch.truncate(0);
    batch.clear();
    batch.add(1, 1, 1);
    ByteWriter out = new ByteWriter();
    batch.encodeRuns(out);
    assertThat(out.toBytes()[0]).isEqualTo((byte) 2);
    assertThat(batch.hasHistograms()).isFalse();
  }

  @Test
  void cutHistogramsAreRefusedAndTruncatedOnesForgotten() {
    SampleBatch batch = withHistograms(3);
    ByteWriter out = new ByteWriter();
    batch.encodeRuns(out);
    byte[] sound = out.toBytes();
    for (int length = sound.length - 200; length < sound.length; length++) {
      ByteReader in = new ByteReader(sound, 0, length);
      assertThatThrownBy(() -> SampleBatch.decode(in)).isInstanceOf(MalformedBytesException.class);
    }
    batch.truncate(10);
    for (int i = 10; i < 100; i++) {
      batch.add(i + 1, 2000, i);
      assertThat(Optional.ofNullable(batch.histogram(i))).isEmpty();
    }
  }
}
