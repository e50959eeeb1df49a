package io.trivigil.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.promql.script.MemoryStorage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteReadTest {
  private static final long STALE = 0x7ff0000000000002L;

  @Test
  void readsSeriesWithStaleMarkers() {
    byte[] label = field(1, join(text(1, "__name__"), text(2, "m")));
    byte[] series = join(label, field(2, sample(1.5, 1_000)), field(2, sample(STALE, 300_000)));
    MemoryStorage samples = new MemoryStorage();
    RemoteRead.response(ByteBuffer.wrap(field(1, field(1, series))), samples);

    try (Querier querier = samples.open()) {
      List<Querier.Series> found =
          querier.select(
              new Querier.Hints(0, 300_000, 0, 0, ""), List.of(Matcher.equal(Labels.NAME, "m")));
      SampleBuffer read = new SampleBuffer();
      found.getFirst().read(0, 300_000, read);
      assertThat(read.size()).isEqualTo(2);
      assertThat(read.timestampMs(1)).isEqualTo(300_000);
      assertThat(read.value(0)).isEqualTo(1.5);
      assertThat(Double.doubleToRawLongBits(read.value(1))).isEqualTo(STALE);
    }
  }

  private static byte[] sample(double value, int timeMs) {
    return sample(Double.doubleToRawLongBits(value), timeMs);
  }

  private static byte[] sample(long bits, int timeMs) {
    byte[] value =
        ByteBuffer.allocate(9)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) (1 << 3 | 1))
            .putLong(bits)
            .array();
    return join(value, new byte[] {2 << 3}, varint(timeMs));
  }

  private static byte[] text(int number, String value) {
    return field(number, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int number, byte[] value) {
    return join(new byte[] {(byte) (number << 3 | 2)}, varint(value.length), value);
  }

  private static byte[] varint(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = value;
    for (; rest >= 128; rest >>>= 7) {
      out.write(rest % 128 + 128);
    }
    out.write(rest);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
