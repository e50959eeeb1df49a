package io.trivigil.web.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.web.remote.WriteRequestParser.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class WriteRequestParserTest {
  private static final RemoteLimits LIMITS = new RemoteLimits(10_000, 5, 4, 20, 100);
  private final KnownSeries known = new KnownSeries(LIMITS.knownSeries());
  private final WriteRequestParser parser = new WriteRequestParser(LIMITS, known);

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] field(int number, byte[] content) {
    return join(varint((long) number << 3 | 2), varint(content.length), content);
  }

  private static byte[] label(String name, String value) {
    return field(
        1,
        join(
            field(1, name.getBytes(StandardCharsets.UTF_8)),
            field(2, value.getBytes(StandardCharsets.UTF_8))));
  }

  private static byte[] sample(double value, long timestampMs) {
    byte[] bits =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(Double.doubleToRawLongBits(value))
            .array();
    return field(2, join(new byte[] {9}, bits, new byte[] {16}, varint(timestampMs)));
  }

  private static byte[] series(byte[]... parts) {
    return field(1, join(parts));
  }

  private WriteRequest parse(byte[]... series) throws RefusedWriteException {
    return parser.parse(compressed(join(series)));
  }

  private static byte[] compressed(byte[] plain) {
    try {
      return Snappy.compress(plain);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void labelsAreSortedAndStaleMarkersKeepTheirBits() throws Exception {
    WriteRequest request =
        parse(
            series(
                label("zone", "a"),
                label("empty", ""),
                label("__name__", "m"),
                sample(1.5, 10),
                sample(Staleness.marker(), -5)));
    assertThat(request.fresh()).containsOnly(Labels.of("__name__", "m", "zone", "a"));
    assertThat(request.batch().size()).isEqualTo(2);
    assertThat(request.batch().timestampMs(1)).isEqualTo(-5);
    assertThat(Staleness.isMarker(request.batch().value(1))).isTrue();
  }

  @Test
  void knownSeriesTravelByReference() throws Exception {
    known.learn(Labels.of("__name__", "m"), 42);
    WriteRequest request =
        parse(
            series(sample(1, 1), label("__name__", "m")),
            series(label("__name__", "n"), sample(2, 1)));
    assertThat(request.batch().ref(0)).isEqualTo(42);
    assertThat(request.batch().ref(1)).isEqualTo(SampleBatch.NO_REF);
    known.forget(List.of(42L));
    assertThat(known.size()).isZero();
  }

  @Test
  void unknownFieldsAreSkippedAndHistogramsCounted() throws Exception {
    WriteRequest request =
        parse(
            series(
                label("__name__", "m"),
                sample(1, 1),
                field(4, new byte[3]),
                field(99, new byte[2])),
            field(3, new byte[] {1, 2, 3}),
            join(varint(7L << 3), varint(300)));
    assertThat(request.batch().size()).isEqualTo(1);
    assertThat(request.leftOut()).isEqualTo(1);
  }

  @Test
  void zeroesMayBeLeftOut() throws Exception {
    WriteRequest request = parse(series(label("__name__", "m"), field(2, new byte[0])));
    assertThat(request.batch().value(0)).isZero();
    assertThat(request.batch().timestampMs(0)).isZero();
  }

  @Test
  void whatIsWrongIsRefusedWhole() {
    refused("not unique", series(label("__name__", "m"), label("a", "1"), label("a", "2")));
    refused("has no name", series(label("a", "1"), sample(1, 1)));
    refused("label name is empty", series(label("__name__", "m"), label("", "1")));
    refused("UTF-8", series(field(1, join(field(1, new byte[] {(byte) 0xc3, 0x28})))));
    refused("too long", series(label("__name__", "x".repeat(21))));
    refused(
        "too many labels",
        series(
            label("a", "1"), label("b", "1"), label("c", "1"), label("d", "1"), label("e", "1")));
    byte[] six =
        join(sample(1, 1), sample(1, 2), sample(1, 3), sample(1, 4), sample(1, 5), sample(1, 6));
    refused("too many samples", series(label("__name__", "m"), six));
    refused("unexpected end", new byte[] {10, 5, 1});
    refused(
        "unexpected end", new byte[] {10, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 15});
    refused("field number", new byte[] {0});
    refused("wire type", new byte[] {11});
    refused("too large", new byte[10_001]);
    byte[] endless = new byte[12];
    Arrays.fill(endless, (byte) 0xff);
    refused("varint", endless);
  }

  private void refused(String why, byte[] plain) {
    assertThatThrownBy(() -> parse(plain))
        .isInstanceOf(RefusedWriteException.class)
        .hasMessageContaining(why);
  }

  @Test
  void noiseIsRefusedAndNeverThrowsAnythingElse() throws Exception {
    Random random = new Random(4711);
    byte[] good =
        join(
            series(label("__name__", "m"), label("a", "b"), sample(1, 1)),
            series(label("__name__", "n"), sample(2, 1)));
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = i % 2 == 0 ? good.clone() : new byte[random.nextInt(60)];
      if (i % 2 == 0) {
        for (int k = 0; k <= random.nextInt(3); k++) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
      } else {
        random.nextBytes(bad);
      }
      try {
        if (i % 3 == 0) {
          parser.parse(bad);
        } else {
          parse(bad);
        }
      } catch (RefusedWriteException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(10_000);
  }

  @Test
  void aRefusalNamesItsSeriesThoughItTravelledByReference() throws Exception {
    byte[] body =
        compressed(
            join(
                series(label("__name__", "a"), sample(1, 1_000), sample(2, 2_000)),
                series(label("__name__", "b"), label("x", "y"), sample(3, 3_000))));
    known.learn(Labels.of("__name__", "b", "x", "y"), 7);
    assertThat(parser.parse(body).batch().ref(2)).isEqualTo(7);
    assertThat(WriteRequestParser.blame("out of order sample", body, 2))
        .isEqualTo("out of order sample: series={__name__=\"b\", x=\"y\"} timestamp=3000");
    assertThat(WriteRequestParser.blame("too old", body, -1)).isEqualTo("too old");
  }
}
