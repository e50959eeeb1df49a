package io.trivigil.web.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.web.remote.WriteRequestParser.Found;
import io.trivigil.web.remote.WriteRequestParser.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class WriteRequestParserTest {
  private static final RemoteLimits LIMITS = new RemoteLimits(10_000, 5, 4, 20, 100, 1 << 20);
  private final SeriesAliases known =
      new SeriesAliases(LIMITS.knownSeries(), LIMITS.knownSeriesBytes());
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
    return parser.parse(compressed(join(series)), true);
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
    assertThat(request.batch().labels(0)).isEqualTo(Labels.of("__name__", "m", "zone", "a"));
    assertThat(request.batch().labels(1)).isEqualTo(request.batch().labels(0));
    assertThat(request.fresh()).hasSize(2);
    assertThat(request.batch().size()).isEqualTo(2);
    assertThat(request.batch().timestampMs(1)).isEqualTo(-5);
    assertThat(Staleness.isMarker(request.batch().value(1))).isTrue();
  }

  /// Sends a request, and answers as a store that numbers series by the place of their name.
  private WriteRequest taught(byte[]... series) throws RefusedWriteException {
    WriteRequest request = parse(series);
    List<Long> refs = new ArrayList<>();
    for (int i = 0; i < request.batch().size(); i++) {
      if (request.batch().ref(i) == SampleBatch.NO_REF) {
        refs.add(refOf(request.batch().labels(i)));
      }
    }
    known.learn(request.fresh(), refs);
    return request;
  }

  private final List<Labels> numbered = new ArrayList<>();

  private long refOf(Labels labels) {
    if (!numbered.contains(labels)) {
      numbered.add(labels);
    }
    return 100L + numbered.indexOf(labels);
  }

  private static byte[] plainSeries(String name, String zone) {
    return series(label("__name__", name), label("zone", zone), sample(1, 1));
  }

  @Test
  void seriesAreLearntOnceAndPredictedInTheOrderOfTheirSender() throws Exception {
    byte[][] order = {plainSeries("a", "x"), plainSeries("b", "x"), plainSeries("c", "y")};
    assertThat(taught(order).found()).isEqualTo(new Found(0, 0, 3));
    WriteRequest again = parse(order);
    assertThat(again.found()).isEqualTo(new Found(2, 1, 0));
    assertThat(again.fresh()).isEmpty();
    assertThat(refs(again)).containsExactly(100L, 101L, 102L);
    // Another order is found by hash, and from then on predicted.
    WriteRequest other = parse(order[2], order[0], order[1]);
    assertThat(other.found()).isEqualTo(new Found(1, 2, 0));
    assertThat(refs(other)).containsExactly(102L, 100L, 101L);
    assertThat(parse(order[2], order[0], order[1]).found()).isEqualTo(new Found(2, 1, 0));
  }

  private static List<Long> refs(WriteRequest request) {
    List<Long> refs = new ArrayList<>();
    for (int i = 0; i < request.batch().size(); i++) {
      refs.add(request.batch().ref(i));
    }
    return refs;
  }

  @Test
  void otherWaysToWriteASeriesAreAliasesOfIt() throws Exception {
    byte[] sorted = plainSeries("a", "x");
    byte[] unsorted = series(label("zone", "x"), label("__name__", "a"), sample(1, 1));
    byte[] empty =
        series(label("__name__", "a"), label("none", ""), label("zone", "x"), sample(1, 1));
    taught(sorted, unsorted, empty);
    assertThat(numbered).hasSize(1);
    assertThat(known.size()).isEqualTo(3);
    assertThat(refs(parse(sorted, unsorted, empty))).containsExactly(100L, 100L, 100L);
  }

  @Test
  void aLabelBehindASampleIsPartOfItsSeries() throws Exception {
    byte[] split = series(label("__name__", "a"), sample(1, 1), label("zone", "x"));
    taught(series(label("__name__", "a"), sample(1, 1)), plainSeries("a", "x"));
    WriteRequest request =
        parse(series(label("__name__", "a"), sample(1, 1)), split, series(label("__name__", "a")));
    assertThat(request.batch().size()).isEqualTo(2);
    assertThat(request.batch().ref(0)).isEqualTo(100);
    assertThat(request.batch().ref(1)).isEqualTo(SampleBatch.NO_REF);
    assertThat(request.batch().labels(0 + 1)).isEqualTo(Labels.of("__name__", "a", "zone", "x"));
    int size = known.size();
    taught(split);
    assertThat(known.size()).isEqualTo(size);
  }

  @Test
  void aSeriesThatBeginsLikeAnotherIsAnother() throws Exception {
    byte[] shorter = series(label("__name__", "a"), sample(1, 1));
    byte[] longer = series(label("__name__", "a"), label("zone", "x"), sample(1, 1));
    taught(shorter, shorter, longer, longer);
    for (int i = 0; i < 3; i++) {
      assertThat(refs(parse(shorter, longer, longer, shorter)))
          .containsExactly(100L, 101L, 101L, 100L);
    }
  }

  @Test
  void whatTheStoreForgotTravelsWithItsLabelsAgain() throws Exception {
    byte[][] order = {plainSeries("a", "x"), plainSeries("b", "x")};
    taught(order);
    known.forget(List.of(101L));
    WriteRequest request = parse(order);
    assertThat(refs(request)).containsExactly(100L, SampleBatch.NO_REF);
    known.learn(request.fresh(), List.of(7L));
    assertThat(refs(parse(order))).containsExactly(100L, 7L);
  }

  @Test
  void seriesWithoutAReferenceAreNotLearnt() throws Exception {
    WriteRequest request = parse(plainSeries("a", "x"), plainSeries("b", "x"));
    known.learn(request.fresh(), List.of(0L, 5L));
    assertThat(refs(parse(plainSeries("a", "x"), plainSeries("b", "x")))).containsExactly(0L, 5L);
  }

  @Test
  void atTheLimitWhatIsNotMetAnyMoreMakesRoom() throws Exception {
    for (int i = 0; i < LIMITS.knownSeries(); i++) {
      taught(plainSeries("old", "z" + i));
    }
    assertThat(known.size()).isEqualTo(LIMITS.knownSeries());
    int learnt = 0;
    for (int i = 0; i < 3 * LIMITS.knownSeries() && learnt == 0; i++) {
      parse(plainSeries("old", "z1")); // stays in use
      taught(plainSeries("new", "z" + i));
      learnt = parse(plainSeries("new", "z" + i)).found().lookedUp();
      assertThat(known.size()).isLessThanOrEqualTo(LIMITS.knownSeries());
    }
    assertThat(learnt).isOne();
    assertThat(parse(plainSeries("old", "z1")).found().lookedUp()).isOne();
    assertThat(parse(plainSeries("old", "z2")).found().parsed()).isOne();
    assertThat(known.bytes()).isPositive().isLessThan(LIMITS.knownSeriesBytes());
  }

  @Test
  void memoryIsLimitedToo() throws Exception {
    SeriesAliases small = new SeriesAliases(1_000, 2_000);
    WriteRequestParser into = new WriteRequestParser(LIMITS, small);
    int most = 0;
    for (int i = 0; i < 50; i++) {
      small.learn(into.parse(compressed(plainSeries("m" + i, "z")), true).fresh(), List.of(1L + i));
      most = Math.max(most, small.size());
      assertThat(small.bytes()).isLessThan(2_300);
    }
    assertThat(most).isBetween(5, 30);
  }

  @Test
  void writersInDifferentOrdersAlwaysGetTheRightReferences() throws Exception {
    byte[][] all = new byte[60][];
    for (int i = 0; i < all.length; i++) {
      all[i] = plainSeries("m" + i % 7, "zone" + i);
      taught(all[i]);
    }
    List<Thread> writers = new ArrayList<>();
    List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    for (int w = 0; w < 4; w++) {
      Random random = new Random(w);
      writers.add(Thread.ofPlatform().name("writer-" + w).start(() -> write(all, random, wrong)));
    }
    for (int i = 0; i < 200; i++) {
      known.forget(List.of(100L + i % 60));
      taught(all[i % 60]);
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(wrong).isEmpty();
  }

  private void write(byte[][] all, Random random, List<String> wrong) {
    for (int round = 0; round < 2_000; round++) {
      int from = random.nextInt(all.length - 5);
      int step = 1 + random.nextInt(5);
      try {
        List<Long> expected = new ArrayList<>();
        byte[][] some = new byte[3][];
        for (int i = 0; i < 3; i++) {
          int which = (from + i * step) % all.length;
          some[i] = all[which];
          expected.add(100L + which);
        }
        List<Long> found = refs(parse(some));
        for (int i = 0; i < 3; i++) {
          if (found.get(i) != SampleBatch.NO_REF && !found.get(i).equals(expected.get(i))) {
            wrong.add("expected=%s found=%s".formatted(expected, found));
          }
        }
      } catch (RefusedWriteException e) {
        wrong.add(e.toString());
      }
    }
  }

  @Test
  void unknownFieldsAreSkippedAndHistogramsCountedWhereTheyAreNotTaken() throws Exception {
    byte[] body =
        join(
            series(
                label("__name__", "m"),
                sample(1, 1),
                field(4, new byte[3]),
                field(99, new byte[2])),
            field(5, new byte[] {1, 2, 3}),
            join(varint(7L << 3), varint(300)));
    WriteRequest request = parser.parse(compressed(body), false);
    assertThat(request.batch().size()).isEqualTo(1);
    assertThat(request.batch().hasHistograms()).isFalse();
    assertThat(request.leftOut()).isEqualTo(1);
  }

  @Test
  void exemplarsAndMetadataAreReadBesideSamples() throws Exception {
    Labels a = Labels.of("__name__", "a", "i", "1");
    for (int round = 0; round < 2; round++) { // an unknown series, then a known one
      WriteBody body =
          new WriteBody()
              .sample(a, 10 + round, 1)
              .exemplar(a, Labels.of("trace_id", "x" + round), 0.5, 9)
              .family("a", 1, "counts", "bytes")
              .family("b", 99, "", "");
      WriteRequest request = parser.parse(body.compressed(), true);
      known.learn(request.fresh(), List.of(7L, 7L).subList(0, request.fresh().size()));
      assertThat(request.beside().exemplars())
          .containsExactly(new Exemplar(a, Labels.of("trace_id", "x" + round), 0.5, 9));
      assertThat(request.beside().families())
          .isEqualTo(
              Map.of(
                  "a",
                  new FamilyMeta("counter", "counts", "bytes"),
                  "b",
                  new FamilyMeta("unknown", "", "")));
      assertThat(request.batch().size()).isEqualTo(1);
    }
    assertThat(parse(series(label("__name__", "m"), sample(1, 1))).beside().isEmpty()).isTrue();
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
          parser.parse(bad, true);
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
    known.learn(parser.parse(body, true).fresh(), List.of(6L, 6L, 7L));
    assertThat(parser.parse(body, true).batch().ref(2)).isEqualTo(7);
    assertThat(WriteRequestParser.blame("out of order sample", body, 2, true))
        .isEqualTo("out of order sample: series={__name__=\"b\", x=\"y\"} timestamp=3000");
    assertThat(WriteRequestParser.blame("too old", body, -1, true)).isEqualTo("too old");
  }
}
