package io.trivigil.storage.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class ChunkCodecTest {
  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static long value(RandomGenerator random, long before) {
    return switch (random.nextInt(9)) {
      case 0 -> Staleness.MARKER_BITS;
      case 1 -> Double.doubleToRawLongBits(-0.0);
      case 2 -> 0;
      case 3 -> random.nextLong();
      case 4 -> 0x7ff8_0000_0000_0000L | random.nextInt(1000);
      case 5 -> Double.doubleToRawLongBits(random.nextInt(100));
      case 6 -> Double.doubleToRawLongBits(Double.longBitsToDouble(before) + 1);
      default -> before;
    };
  }

  private static long spacing(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0 -> 1;
      case 1 -> 1 + random.nextInt(300);
      case 2 -> 1 + random.nextInt(20_000);
      case 3 -> 1 + random.nextInt(2_000_000);
      case 4 -> 1 + random.nextLong(1L << 45);
      default -> 15_000 + random.nextInt(9) - 4;
    };
  }

  private static long[] data(RandomGenerator random, int count) {
    long[] data = new long[2 * count];
    long timestampMs = random.nextLong(-(1L << 50), 1L << 50);
    long bits = random.nextLong();
    for (int i = 0; i < count; i++) {
      timestampMs += spacing(random);
      bits = value(random, bits);
      data[2 * i] = timestampMs;
      data[2 * i + 1] = bits;
    }
    return data;
  }

  @Test
  void everythingComesBackBitForBit() {
    for (long seed = 0; seed < 500; seed++) {
      RandomGenerator random = random(seed);
      int count = 1 + random.nextInt(seed % 50 == 0 ? 3000 : 60);
      long[] data = data(random, count);
      int from = random.nextInt(count);
      byte[] chunk = ChunkEncoder.encode(data, from, count - from);
      ChunkCodec.Header header = ChunkCodec.header(chunk);
      assertThat(header.count()).isEqualTo(count - from);
      assertThat(header.minMs()).isEqualTo(data[2 * from]);
      assertThat(header.maxMs()).isEqualTo(data[2 * count - 2]);
      long fromMs = data[2 * (from + random.nextInt(count - from))] - random.nextInt(2);
      SampleBuffer out = new SampleBuffer(1);
      ChunkCodec.decode(chunk, fromMs, data[2 * count - 2], out);
      int at = from;
      while (data[2 * at] < fromMs) {
        at++;
      }
      assertThat(out.size()).as("seed=%d", seed).isEqualTo(count - at);
      for (int i = 0; i < out.size(); i++) {
        assertThat(out.timestampMs(i)).isEqualTo(data[2 * (at + i)]);
        assertThat(Double.doubleToRawLongBits(out.value(i))).isEqualTo(data[2 * (at + i) + 1]);
      }
    }
  }

  @Test
  void everyFlippedBitIsFound() {
    byte[] chunk = ChunkEncoder.encode(data(random(7), 20), 0, 20);
    for (int bit = 0; bit < chunk.length * 8; bit++) {
      byte[] broken = chunk.clone();
      broken[bit / 8] ^= (byte) (1 << (bit % 8));
      SampleBuffer out = new SampleBuffer();
      assertThatThrownBy(() -> ChunkCodec.decode(broken, Long.MIN_VALUE, Long.MAX_VALUE, out))
          .isInstanceOf(CorruptChunkException.class);
      assertThat(out.isEmpty()).isTrue();
    }
  }

  @Test
  void everyCutIsFound() {
    byte[] chunk = ChunkEncoder.encode(data(random(8), 20), 0, 20);
    for (int length = 0; length < chunk.length; length++) {
      byte[] cut = Arrays.copyOf(chunk, length);
      assertThatThrownBy(
              () -> ChunkCodec.decode(cut, Long.MIN_VALUE, Long.MAX_VALUE, new SampleBuffer()))
          .isInstanceOf(CorruptChunkException.class);
    }
  }

  @Test
  void timeMustRise() {
    long[] data = {1000, 1, 1000, 2};
    assertThatThrownBy(() -> ChunkEncoder.encode(data, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not rise");
  }
}
