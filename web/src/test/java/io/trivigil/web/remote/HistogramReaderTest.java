package io.trivigil.web.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Native histograms as Prometheus and other senders write them.
class HistogramReaderTest {
  private static final Labels SERIES = Labels.of("__name__", "h", "i", "1");

  private final SeriesAliases known = new SeriesAliases(100, 1 << 20);
  private final WriteRequestParser parser = new WriteRequestParser(RemoteLimits.DEFAULT, known);

  /// A message, field by field.
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message varint(int field, long value) {
      raw((long) field << 3);
      raw(value);
      return this;
    }

    Message zigzag(int field, long value) {
      return varint(field, (value << 1) ^ (value >> 63));
    }

    Message fixed(int field, double value) {
      raw((long) field << 3 | 1);
      bits(value);
      return this;
    }

    Message span(int field, long offset, long length) {
      return bytes(field, new Message().zigzag(1, offset).varint(2, length).out.toByteArray());
    }

    Message bytes(int field, byte[] content) {
      raw((long) field << 3 | 2);
      raw(content.length);
      out.writeBytes(content);
      return this;
    }

    Message deltas(int field, long... deltas) {
      Message packed = new Message();
      for (long delta : deltas) {
        packed.raw((delta << 1) ^ (delta >> 63));
      }
      return bytes(field, packed.out.toByteArray());
    }

    Message doubles(int field, double... values) {
      Message packed = new Message();
      for (double value : values) {
        packed.bits(value);
      }
      return bytes(field, packed.out.toByteArray());
    }

    private void raw(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private void bits(double value) {
      out.writeBytes(
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(Double.doubleToRawLongBits(value))
              .array());
    }
  }

  private static Message whole(long count) {
    return new Message().varint(1, count).fixed(3, 2.5).varint(15, 1000);
  }

  private SampleBatch parse(Message message) throws RefusedWriteException {
    WriteBody body = new WriteBody().histogram(SERIES, message.out.toByteArray());
    return parser.parse(body.compressed(), true).batch();
  }

  private FloatHistogram read(Message message) throws RefusedWriteException {
    SampleBatch batch = parse(message);
    assertThat(batch.size()).isEqualTo(1);
    assertThat(batch.timestampMs(0)).isEqualTo(1000);
    return Objects.requireNonNull(batch.histogram(0)).toFloat();
  }

  private void refused(Message message, String reason) {
    assertThatThrownBy(() -> parse(message))
        .isInstanceOf(RefusedWriteException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void spansAndDeltasBecomeBuckets() throws Exception {
    FloatHistogram read =
        read(
            whole(21)
                .zigzag(4, -2)
                .fixed(5, 0x1p-10)
                .varint(6, 3)
                .span(8, 1, 1)
                .deltas(9, 4)
                .span(11, -3, 2)
                .span(11, 0, 0)
                .span(11, 4, 1)
                .deltas(12, 5, 1, -3)
                .varint(14, 2));
    assertThat(read)
        .isEqualTo(
            new FloatHistogram(
                -2,
                Hint.UNKNOWN,
                21,
                2.5,
                3,
                0x1p-10,
                new Buckets(new int[] {-3, -2, 3}, new double[] {5, 6, 3}),
                new Buckets(new int[] {1}, new double[] {4}),
                new double[0]));
    assertThat(read.hint()).isEqualTo(Hint.UNKNOWN); // "no reset" is not kept
  }

  @Test
  void floatsAndCustomBoundsAreTaken() throws Exception {
    FloatHistogram read =
        read(
            new Message()
                .fixed(2, 3.75)
                .fixed(3, -1)
                .zigzag(4, -53)
                .span(11, 0, 3)
                .doubles(13, 1.5, 0, 2.25)
                .varint(14, 3)
                .varint(15, 1000)
                .doubles(16, .25, 5));
    assertThat(read.hint()).isEqualTo(Hint.GAUGE);
    assertThat(read.bounds()).containsExactly(.25, 5);
    assertThat(read.positive())
        .isEqualTo(new Buckets(new int[] {0, 1, 2}, new double[] {1.5, 0, 2.25}));
    assertThat(read.count()).isEqualTo(3.75);
  }

  @Test
  void unpackedNumbersAreTaken() throws Exception {
    FloatHistogram read = read(whole(5).span(11, 1, 2).zigzag(12, 2).zigzag(12, 1).varint(14, 1));
    assertThat(read.positive()).isEqualTo(new Buckets(new int[] {1, 2}, new double[] {2, 3}));
    assertThat(read.hint()).isEqualTo(Hint.RESET);
  }

  @Test
  void finerSchemasAreBroughtDown() throws Exception {
    FloatHistogram read =
        read(whole(10).zigzag(4, 10).span(11, 1, 4).span(11, 3, 1).deltas(12, 1, 1, 1, 0, -2));
    assertThat(read.schema()).isEqualTo(8);
    assertThat(read.positive()).isEqualTo(new Buckets(new int[] {1, 2}, new double[] {9, 1}));
  }

  @Test
  void staleHistogramIsAStaleMarker() throws Exception {
    SampleBatch batch = parse(new Message().fixed(3, Staleness.marker()).varint(15, 7));
    assertThat(batch.hasHistograms()).isFalse();
    assertThat(Staleness.isMarker(batch.value(0))).isTrue();
    assertThat(batch.timestampMs(0)).isEqualTo(7);
  }

  @Test
  void whatPrometheusRefusesIsRefused() {
    refused(whole(1).span(11, 0, 1).deltas(12, 2), "observation count should equal");
    refused(
        new Message().varint(1, 1).fixed(3, Double.NaN).span(11, 0, 1).deltas(12, 2),
        "observation count should be at least");
    refused(whole(1).span(11, 0, 2).deltas(12, 1), "spans need 2 buckets, have 1 buckets");
    refused(whole(1).span(11, 0, 1).span(11, -1, 1).deltas(12, 1, 0), "offset is negative");
    refused(
        whole(1).span(11, 0, 2).deltas(12, -1, 3), "bucket whose observation count is negative");
    refused(whole(0).zigzag(4, 53), "invalid schema");
    refused(whole(0).zigzag(4, -5), "invalid schema");
    refused(whole(0).doubles(16, 1), "exponential schema must not have custom bounds");
    refused(whole(0).zigzag(4, -53).doubles(16, 2, 1), "strictly increasing order");
    refused(whole(0).zigzag(4, -53).doubles(16, Double.NaN), "strictly increasing order");
    refused(whole(0).zigzag(4, -53).doubles(16, Double.POSITIVE_INFINITY), "last +Inf bound");
    refused(whole(1).zigzag(4, -53).doubles(16, 1).span(11, 2, 1).deltas(12, 1), "are too few");
    refused(whole(1).zigzag(4, -53).varint(6, 1), "zero count of 0");
    refused(whole(0).zigzag(4, -53).fixed(5, 1), "zero threshold of 0");
    refused(whole(1).zigzag(4, -53).span(8, 0, 1).deltas(9, 1), "must not have negative buckets");
    refused(new Message().fixed(2, -1), "observation count is negative");
    refused(new Message().fixed(2, 1).fixed(7, -1), "observation count is negative");
    refused(whole(0).span(11, 0, 0xFFFF_FFFFL), "spans need 4294967295 buckets");
  }

  @Test
  void brokenMessagesAreRefusedWithAReason() {
    byte[] sound =
        whole(9).zigzag(4, 3).span(11, -3, 2).span(11, 4, 1).deltas(12, 2, 1, 1).out.toByteArray();
    Random random = new Random(7);
    int taken = 0;
    for (int round = 0; round < 5_000; round++) {
      byte[] bent = sound.clone();
      bent[random.nextInt(bent.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        parser.parse(new WriteBody().histogram(SERIES, bent).compressed(), true);
        taken++;
      } catch (RefusedWriteException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(taken).isBetween(1, 4_999);
  }
}
