package io.trivigil.web.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What [ProtoReader#lastSample] reads in one go is what field by field is read.
class LastSampleTest {
  private static final long FIRST = 1L << 35; // six bytes of seven bits
  private static final long LAST = (1L << 42) - 1;

  /// A sample with something behind it in the array, as in a buffer that is used again.
  private static byte[] sample(double value, long timestampMs) {
    ByteWriter in = new ByteWriter().u8(9).float64(value).u8(16).varint(timestampMs);
    return new ByteWriter().u8(18).bytes(in.toBytes()).toBytes();
  }

  private static byte[] roomy(byte[] message) {
    byte[] roomy = Arrays.copyOf(message, message.length + 40);
    Arrays.fill(roomy, message.length, roomy.length, (byte) 0xff);
    return roomy;
  }

  private static boolean isLast(byte[] array, int length) {
    return new ProtoReader(array, 0, length).lastSample();
  }

  @Test
  void itIsWhatStandsThere() {
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      long timestampMs = (FIRST + random.nextLong(LAST - FIRST + 1)) >> random.nextInt(3);
      byte[] message = sample(value, timestampMs);
      ProtoReader reader = new ProtoReader(roomy(message), 0, message.length);
      if (timestampMs < FIRST) {
        assertThat(reader.lastSample()).isFalse();
        assertThat(reader.position()).isZero();
        continue;
      }
      assertThat(reader.lastSample()).isTrue();
      assertThat(reader.position()).isEqualTo(message.length);
      assertThat(reader.timestampMs()).isEqualTo(timestampMs);
      assertThat(Double.doubleToRawLongBits(reader.value()))
          .isEqualTo(Double.doubleToRawLongBits(value));
    }
  }

  @Test
  void bothEndsOfTheTimesThatTakeSixBytes() {
    for (long timestampMs : new long[] {FIRST - 1, FIRST, LAST, LAST + 1, 0, -1}) {
      byte[] message = sample(1, timestampMs);
      assertThat(isLast(roomy(message), message.length))
          .as("timestamp_ms=%d", timestampMs)
          .isEqualTo(timestampMs >= FIRST && timestampMs <= LAST);
    }
  }

  @Test
  void manyInOneArrayEachWithItsOwnTime() {
    ByteWriter all = new ByteWriter();
    for (int i = 0; i < 300; i++) {
      byte[] message = sample(i, 1_763_700_000_000L + i / 3);
      all.raw(message, 0, message.length);
    }
    byte[] array = roomy(all.toBytes());
    ProtoReader reader = new ProtoReader(array, 0, 0);
    for (int i = 0; i < 300; i++) {
      // Each ends its message, as the samples of a request end their series.
      reader.leave(all.size());
      reader.moveTo(18 * i);
      reader.leave(18 * (i + 1));
      reader.moveTo(18 * i);
      assertThat(reader.lastSample()).isTrue();
      assertThat(reader.timestampMs()).isEqualTo(1_763_700_000_000L + i / 3);
      assertThat(reader.value()).isEqualTo(i);
    }
  }

  @Test
  void whateverIsWrittenInAnotherWayIsNotReadHere() {
    byte[] message = sample(1.5, 1_763_700_000_000L);
    assertThat(isLast(roomy(message), message.length)).isTrue();
    assertThat(isLast(message, message.length)).isFalse(); // no room behind it to look into
    assertThat(isLast(roomy(message), message.length - 1)).isFalse();
    assertThat(isLast(roomy(message), message.length + 1)).isFalse();
    for (int at : new int[] {0, 1, 2, 11}) { // tags and length
      byte[] other = roomy(message);
      other[at] ^= 1;
      assertThat(isLast(other, message.length)).as("byte %d", at).isFalse();
    }
    for (int at = 12; at < 18; at++) { // where the time goes on, and ends
      byte[] other = roomy(message);
      other[at] ^= (byte) 0x80;
      assertThat(isLast(other, message.length)).as("byte %d", at).isFalse();
    }
  }
}
