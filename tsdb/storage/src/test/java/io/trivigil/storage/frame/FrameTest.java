package io.trivigil.storage.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Staleness;
import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class FrameTest {
  private final IntegerEncoder integerEncoder = new IntegerEncoder();
  private final IntegerDecoder integerDecoder = new IntegerDecoder();
  private final Cursor partCursor = new Cursor();
  private final IntegerDecoder partDecoder = new IntegerDecoder(partCursor);
  private final ValueEncoder valueEncoder = new ValueEncoder();
  private final ValueDecoder valueDecoder = new ValueDecoder();

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private byte[] integers(long[] values, int count) {
    ByteWriter out = new ByteWriter();
    integerEncoder.encode(values, count, out);
    return out.toBytes();
  }

  private byte[] values(long[] bits, int count) {
    ByteWriter out = new ByteWriter();
    valueEncoder.encode(bits, count, out);
    return out.toBytes();
  }

  private long[] decodeIntegers(byte[] bytes, int count) {
    long[] out = new long[Frames.SAMPLES];
    assertThat(integerDecoder.decode(bytes, 0, bytes.length, count, out)).isEqualTo(bytes.length);
    for (int[] part : parts(count)) {
      long[] some = new long[Frames.SAMPLES];
      partCursor.reset(bytes, 0, bytes.length);
      partDecoder.decode(count, part[0], part[1], some);
      assertThat(partCursor.at()).isEqualTo(bytes.length);
      assertThat(Arrays.copyOfRange(some, part[0], part[1]))
          .isEqualTo(Arrays.copyOfRange(out, part[0], part[1]));
    }
    return Arrays.copyOf(out, count);
  }

  private static int[][] parts(int count) {
    return new int[][] {
      {0, 1}, {count - 1, count}, {count / 3, count - count / 4}, {count / 2, count / 2 + 1}
    };
  }

  private long[] decodeValues(byte[] bytes, int from, int to, int count) {
    double[] out = new double[count + 2];
    assertThat(valueDecoder.decode(bytes, from, to, count, out, 1)).isEqualTo(to);
    long[] bits = new long[count];
    for (int i = 0; i < count; i++) {
      bits[i] = Double.doubleToRawLongBits(out[i + 1]);
    }
    for (int[] part : parts(count)) {
      double[] some = new double[count + 2];
      int end = valueDecoder.decode(bytes, from, to, count, part[0], part[1], some, 1);
      assertThat(end).isEqualTo(to);
      for (int i = part[0]; i < part[1]; i++) {
        assertThat(Double.doubleToRawLongBits(some[i + 1])).isEqualTo(bits[i]);
      }
    }
    return bits;
  }

  private static long number(RandomGenerator random, int kind, long before, int i) {
    return switch (kind) {
      case 0 -> random.nextLong();
      case 1 -> before + random.nextInt(1000);
      case 2 -> random.nextInt(30) == 0 ? random.nextLong() : before;
      case 3 -> random.nextInt(5) == 0 ? before + random.nextInt(3) - 1 : before;
      case 4 -> 1_000_000L * i * i + random.nextInt(5000);
      case 5 -> i * 15_000L + random.nextInt(9);
      case 6 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
      case 7 -> before + (random.nextInt(40) == 0 ? -5_000_000 : random.nextInt(64));
      case 8 -> -i * (1L << random.nextInt(60));
      default -> random.nextLong() >> random.nextInt(64);
    };
  }

  @Test
  void integersComeBack() {
    for (long seed = 0; seed < 4000; seed++) {
      RandomGenerator random = random(seed);
      int count = seed % 3 == 0 ? 1 + random.nextInt(Frames.SAMPLES) : Frames.SAMPLES;
      int kind = random.nextInt(11);
      long[] values = new long[count];
      long value = random.nextLong() >> random.nextInt(64);
      for (int i = 0; i < count; i++) {
        value = number(random, kind == 10 ? random.nextInt(10) : kind, value, i);
        values[i] = value;
      }
      byte[] bytes = integers(values, count);
      assertThat(decodeIntegers(bytes, count)).as("seed=" + seed).isEqualTo(values);
      assertThat(bytes.length).as("seed=" + seed).isLessThan(24 + 8 * count);
    }
  }

  private static long bits(RandomGenerator random, int kind, double before, int i) {
    double value =
        switch (kind) {
          case 0 -> random.nextDouble();
          case 1 -> Math.rint(random.nextDouble() * 10_000) / 100;
          case 2 -> before + random.nextInt(5000);
          case 3 -> 4096.0 * random.nextInt(1 << 20);
          case 4 -> before * 1.0001;
          case 5 -> random.nextInt(9) * 1e17;
          case 6 -> random.nextInt(100) / 1e15;
          case 7 -> i * 0.1;
          case 8 -> 9007199254740991.0 + random.nextInt(3);
          case 9 -> (1_000_000L + 17L * i + random.nextInt(900)) * 0.001;
          case 10 -> random.nextInt(70_000) * 0.000001;
          case 11 -> random.nextLong(1L << 40) / 1000.0 / 1000.0;
          case 12 -> -random.nextInt(1 << 20) * 1e-7;
          default -> before;
        };
    return Double.doubleToRawLongBits(value);
  }

  private static long special(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0 -> Staleness.MARKER_BITS;
      case 1 -> Double.doubleToRawLongBits(-0.0);
      case 2 -> 0x7ff8_0000_0000_0001L;
      case 3 -> 0xfff8_0000_0000_0000L | random.nextInt(1000);
      case 4 -> Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
      case 5 -> Double.doubleToRawLongBits(Double.MIN_VALUE);
      case 6 -> Double.doubleToRawLongBits(-Double.MAX_VALUE);
      default -> random.nextLong();
    };
  }

  private static long[] values(RandomGenerator random, int count) {
    int kind = random.nextInt(16);
    int oneIn = 1 + random.nextInt(200);
    long[] bits = new long[count];
    double before = random.nextInt(1000);
    for (int i = 0; i < count; i++) {
      bits[i] =
          random.nextInt(oneIn) == 0
              ? special(random)
              : bits(random, kind == 15 ? random.nextInt(14) : kind, before, i);
      double value = Double.longBitsToDouble(bits[i]);
      before = Double.isFinite(value) ? value : before;
    }
    return bits;
  }

  @Test
  void equalStepsComeBackWhereverTheyBeginAndAlsoWhereTheyOverflow() {
    long[] starts = {0, 1_795_289_280_123L, -7, Long.MAX_VALUE - 5, Long.MIN_VALUE};
    for (long first : starts) {
      for (long step : new long[] {1, 15_000, -3, 1L << 62}) {
        for (int count : new int[] {1, 2, 3, 127, 128}) {
          long[] values = new long[count];
          for (int i = 0; i < count; i++) {
            values[i] = first + i * step;
          }
          assertThat(decodeIntegers(integers(values, count), count)).isEqualTo(values);
        }
      }
    }
  }

  @Test
  void valuesComeBackBitForBit() {
    for (long seed = 0; seed < 4000; seed++) {
      RandomGenerator random = random(seed);
      int count = seed % 3 == 0 ? 1 + random.nextInt(Frames.SAMPLES) : Frames.SAMPLES;
      long[] bits = values(random, count);
      byte[] bytes = values(bits, count);
      assertThat(decodeValues(bytes, 0, bytes.length, count)).as("seed=" + seed).isEqualTo(bits);
      // The same in the middle of other bytes, where nothing is copied.
      byte[] amid = new byte[bytes.length + 30];
      Arrays.fill(amid, (byte) 0xA5);
      System.arraycopy(bytes, 0, amid, 7, bytes.length);
      assertThat(decodeValues(amid, 7, 7 + bytes.length, count)).isEqualTo(bits);
    }
  }

  @Test
  void quickFramesHaveNoNewForms() {
    ValueEncoder quick = new ValueEncoder(true);
    int better = 0;
    for (long seed = 0; seed < 1000; seed++) {
      long[] bits = values(random(seed), Frames.SAMPLES);
      ByteWriter out = new ByteWriter();
      quick.encode(bits, Frames.SAMPLES, out);
      assertThat(quick.hasNewForms()).isFalse();
      byte[] bytes = out.toBytes();
      assertThat(bytes[0] & Frames.EXPONENT_MASK).isNotIn(Frames.PRODUCT, Frames.TWO_QUOTIENTS);
      assertThat(decodeValues(bytes, 0, bytes.length, Frames.SAMPLES)).isEqualTo(bits);
      valueEncoder.forget();
      better += values(bits, Frames.SAMPLES).length < bytes.length ? 1 : 0;
    }
    assertThat(better).isGreaterThan(100);
  }

  @Test
  void whatIsNewIsTold() {
    long[] bits = new long[Frames.SAMPLES];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(i % 7 / 100.0);
    }
    values(bits, bits.length);
    assertThat(valueEncoder.hasNewForms()).isFalse();
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits((5_000_000 + i * 977L % 100) * 0.001);
    }
    bits[5] = Staleness.MARKER_BITS;
    byte[] product = values(bits, bits.length);
    assertThat(product[0] & Frames.EXPONENT_MASK).isEqualTo(Frames.PRODUCT);
    assertThat(product[1]).isEqualTo((byte) 3);
    assertThat(product.length).isLessThan(Frames.SAMPLES * 7 / 8 + 20);
    assertThat(valueEncoder.hasNewForms()).isTrue();
    valueEncoder.forget();
    assertThat(valueEncoder.hasNewForms()).isFalse();
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits((887_982_086 + i * 977L % 1000) / 1000.0 / 1000.0);
    }
    byte[] twice = values(bits, bits.length);
    assertThat(twice[0] & Frames.EXPONENT_MASK).isEqualTo(Frames.TWO_QUOTIENTS);
    assertThat(twice.length).isLessThan(Frames.SAMPLES * 10 / 8 + 12);
  }

  /// Many numbers a little outside the window, on both sides of it or on one.
  @Test
  void patchedExceptionsComeBack() {
    int patched = 0;
    for (long seed = 0; seed < 2000; seed++) {
      RandomGenerator random = random(seed);
      int count = 40 + random.nextInt(Frames.SAMPLES - 39);
      int width = random.nextInt(50);
      int above = width + 1 + random.nextInt(12);
      int oneIn = 3 + random.nextInt(30);
      boolean below = random.nextBoolean();
      long start = random.nextLong() >> random.nextInt(64);
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        boolean outside = random.nextInt(oneIn) == 0;
        long distance = random.nextLong(1L << (outside ? above : width));
        values[i] = start + (outside && below && random.nextBoolean() ? -distance : distance);
      }
      byte[] bytes = integers(values, count);
      assertThat(decodeIntegers(bytes, count)).as("seed=" + seed).isEqualTo(values);
      patched += (bytes[0] & Frames.PATCHED) != 0 ? 1 : 0;
    }
    assertThat(patched).isGreaterThan(500);
  }

  @Test
  void patchesThatMakeNoSenseAreNamed() {
    // A value of width 0 and base 0; one of both kinds of exceptions; too wide; at no place.
    byte[] form = {(byte) (Frames.VALUE | Frames.PATCHED | Frames.HAS_EXCEPTIONS), 0, 0, 0, 0};
    assertThatThrownBy(() -> decodeIntegers(form, 4))
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining("form is not known");
    byte[] wide = {(byte) (Frames.VALUE | Frames.PATCHED), 0, 0, 1, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    assertThatThrownBy(() -> decodeIntegers(wide, 4)).hasMessageContaining("too wide: found=65");
    byte[] place = {(byte) (Frames.VALUE | Frames.PATCHED), 0, 0, 1, 2, 4, 1};
    assertThatThrownBy(() -> decodeIntegers(place, 4)).hasMessageContaining("exception out of");
    byte[] many = {(byte) (Frames.VALUE | Frames.PATCHED), 0, 0, 5, 2, 4, 1};
    assertThatThrownBy(() -> decodeIntegers(many, 4)).hasMessageContaining("exceptions out of");
    place[5] = 3;
    assertThat(decodeIntegers(place, 4)).containsExactly(0, 0, 0, 1);
  }

  @Test
  void brokenBytesAreNamedOrDecodeToSomething() {
    int named = 0;
    for (long seed = 0; seed < 3000; seed++) {
      RandomGenerator random = random(seed);
      int count = 1 + random.nextInt(Frames.SAMPLES);
      byte[] bytes = values(values(random, count), count);
      if (random.nextBoolean()) {
        bytes[random.nextInt(Math.min(bytes.length, 12))] = (byte) random.nextInt();
      } else {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        int end = valueDecoder.decode(bytes, 0, bytes.length, count, new double[count], 0);
        assertThat(end).isLessThanOrEqualTo(bytes.length);
      } catch (CorruptFrameException e) {
        named++;
        assertThat(e).hasMessageStartingWith("frame ");
      }
    }
    assertThat(named).isGreaterThan(1000);
  }

  @Test
  void countsOutsideAreRefused() {
    long[] some = new long[Frames.SAMPLES + 1];
    assertThatThrownBy(() -> values(some, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> integers(some, Frames.SAMPLES + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
