package io.trivigil.storage.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.storage.RandomHistograms;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PageTest {
  private record Row(long ref, long[] ms, long[] bits, @Nullable NativeHistogram[] histograms) {}

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static long[] times(RandomGenerator random) {
    long[] ms = new long[1 + random.nextInt(random.nextInt(5) == 0 ? 600 : 140)];
    long at = random.nextLong(-(1L << 45), 1L << 45);
    for (int i = 0; i < ms.length; i++) {
      ms[i] = at;
      at += 1 + random.nextInt(random.nextBoolean() ? 30_000 : 3);
    }
    return ms;
  }

  private static List<Row> rows(RandomGenerator random) {
    return rows(random, false);
  }

  private static List<Row> rows(RandomGenerator random, boolean mixed) {
    List<Row> rows = new ArrayList<>();
    long[] ms = times(random);
    int series = 1 + random.nextInt(Page.MAX_SERIES);
    for (int s = 0; s < series; s++) {
      if (random.nextInt(4) == 0) {
        ms = times(random);
      }
      long[] bits = new long[ms.length];
      int oneIn = random.nextInt(3) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(50);
      double value = random.nextInt(1000);
      for (int i = 0; i < bits.length; i++) {
        value += random.nextInt(oneIn) == 0 ? random.nextInt(5000) : 0;
        bits[i] =
            random.nextInt(300) == 0 ? Staleness.MARKER_BITS : Double.doubleToRawLongBits(value);
      }
      @Nullable NativeHistogram[] histograms = new NativeHistogram[0]; // floats alone
      if (mixed && random.nextInt(4) == 0) {
        histograms = new NativeHistogram[ms.length];
        int some = 1 + random.nextInt(10);
        for (int i = 0; i < ms.length; i++) {
          histograms[i] = random.nextInt(10) < some ? RandomHistograms.next(random) : null;
        }
      }
      rows.add(new Row(random.nextLong(1L << 40), ms.clone(), bits, histograms));
    }
    return rows;
  }

  private static byte[] write(PageWriter writer, List<Row> rows) {
    int added = 0;
    for (Row row : rows) {
      if (!writer.isFull()) {
        if (row.histograms().length > 0) {
          writer.add(row.ref(), row.ms(), row.bits(), row.histograms(), row.ms().length);
        } else {
          writer.add(row.ref(), row.ms(), row.bits(), row.ms().length);
        }
        added++;
      }
    }
    rows.subList(added, rows.size()).clear();
    return writer.finish();
  }

  private static void assertSamples(Row row, long fromMs, long toMs, SampleBuffer found) {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < row.ms().length; i++) {
      if (row.ms()[i] >= fromMs && row.ms()[i] <= toMs) {
        NativeHistogram histogram = row.histograms().length > 0 ? row.histograms()[i] : null;
        double value = Double.longBitsToDouble(row.bits()[i]);
        expected.add(row.ms()[i] + "=" + RandomHistograms.text(value, histogram));
      }
    }
    assertThat(texts(found)).isEqualTo(expected);
  }

  private static List<String> texts(SampleBuffer samples) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      texts.add(samples.timestampMs(i) + "=" + RandomHistograms.text(samples, i));
    }
    return texts;
  }

  @Test
  void everyRangeOfEveryRowComesBack() {
    PageWriter writer = new PageWriter();
    PageReader reader = new PageReader();
    for (long seed = 0; seed < 60; seed++) {
      RandomGenerator random = random(seed);
      List<Row> rows = rows(random, seed % 2 == 1);
      byte[] bytes = write(writer, rows);
      boolean mixed = rows.stream().anyMatch(row -> row.histograms().length > 0);
      if (!Page.hasNewForms(bytes)) {
        assertThat(bytes[1]).isEqualTo((byte) (mixed ? Page.MIXED_VERSION : Page.VERSION));
      }
      Page page = Page.open(bytes);
      assertThat(page.series()).isEqualTo(rows.size());
      SampleBuffer out = new SampleBuffer();
      for (int r = 0; r < rows.size(); r++) {
        Row row = rows.get(r);
        assertThat(page.ref(r)).isEqualTo(row.ref());
        assertThat(page.samples(r)).isEqualTo(row.ms().length);
        out.clear();
        reader.read(page, r, Long.MIN_VALUE, Long.MAX_VALUE, out);
        assertSamples(row, Long.MIN_VALUE, Long.MAX_VALUE, out);
        long a = row.ms()[random.nextInt(row.ms().length)] + random.nextInt(3) - 1;
        long b = row.ms()[random.nextInt(row.ms().length)] + random.nextInt(3) - 1;
        out.clear();
        reader.read(page, r, Math.min(a, b), Math.max(a, b), out);
        assertSamples(row, Math.min(a, b), Math.max(a, b), out);
        List<String> all = texts(out);
        out.clear();
        reader.readLast(page, r, Math.min(a, b), Math.max(a, b), out);
        assertThat(texts(out))
            .isEqualTo(all.isEmpty() ? List.of() : List.of(all.get(all.size() - 1)));
      }
    }
  }

  @Test
  void everyFlippedByteIsFound() {
    RandomGenerator random = random(1);
    byte[] page = write(new PageWriter(), new ArrayList<>(rows(random).subList(0, 2)));
    for (int at = 0; at < page.length; at++) {
      byte[] flipped = page.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      boolean padding = at >= page.length - Page.TRAILER_BYTES && at < page.length - Page.CRC_BYTES;
      if (!padding) {
        assertThatThrownBy(() -> Page.open(flipped))
            .isInstanceOf(CorruptPageException.class)
            .hasMessageStartingWith("page ");
      }
    }
    assertThatThrownBy(() -> Page.open(Arrays.copyOf(page, page.length / 2)))
        .isInstanceOf(CorruptPageException.class);
    assertThatThrownBy(() -> Page.open(new byte[3])).isInstanceOf(CorruptPageException.class);
  }

  private static long[] constant(int count, double value, int... stale) {
    long[] bits = new long[count];
    Arrays.fill(bits, Double.doubleToRawLongBits(value));
    for (int place : stale) {
      bits[place] = Staleness.MARKER_BITS;
    }
    return bits;
  }

  @Test
  void constantsWithGapsStayConstants() {
    PageWriter writer = new PageWriter();
    PageReader reader = new PageReader();
    long[] ms = new long[600];
    Arrays.setAll(ms, i -> 1_763_700_000_000L + 1000L * i);
    List<Row> rows = new ArrayList<>();
    List<long[]> some =
        List.of(
            constant(600, 1, 300),
            constant(600, 0.25, 1, 127, 128, 129, 256, 599),
            constant(600, 7, 0, 1),
            constant(600, -0.0, 5),
            constant(600, 3));
    for (long[] bits : some) {
      rows.add(new Row(rows.size() + 1, ms, bits, new NativeHistogram[0]));
    }
    rows.get(3).bits()[500] = Double.doubleToRawLongBits(0.0); // not special: frames
    byte[] bytes = write(writer, rows);
    assertThat(Page.hasNewForms(bytes)).isTrue();
    Page page = Page.open(bytes);
    assertThat(page.kinds).containsExactly(1, 1, 0, 0, 1);
    assertThat(page.dataAt[2] - page.dataAt[0]).isLessThan(2 * 5 + 3 + 6 * 3);
    SampleBuffer out = new SampleBuffer();
    for (int row = 0; row < rows.size(); row++) {
      for (int from = 0; from < ms.length; from += 43) {
        for (int to = from; to < ms.length; to += 67) {
          out.clear();
          reader.read(page, row, ms[from], ms[to], out);
          assertSamples(rows.get(row), ms[from], ms[to], out);
        }
        out.clear();
        reader.readLast(page, row, ms[0], ms[from], out);
        assertSamples(rows.get(row), ms[from], ms[from], out);
      }
    }
  }

  /// So that a node of a version before reads what a snapshot wrote.
  @Test
  void quickRowsMakePagesOfOldForms() {
    long[] ms = new long[200];
    Arrays.setAll(ms, i -> 1_763_700_000_000L + 1000L * i);
    try (Arena memory = Arena.ofConfined()) {
      SeriesEncoder quick = SeriesEncoder.of(true, memory);
      PageWriter writer = new PageWriter();
      long[] gap = constant(ms.length, 1, ms.length / 2);
      long[] products = new long[ms.length];
      Arrays.setAll(products, i -> Double.doubleToRawLongBits((i * 977L % 5000) * 0.001));
      writer.add(1, quick, quick.add(ms, gap, ms.length, 0));
      writer.add(2, quick, quick.add(ms, products, ms.length, 0));
      byte[] page = writer.finish();
      assertThat(page[1]).isEqualTo((byte) Page.VERSION);
      writer.add(2, ms, products, ms.length);
      assertThat(writer.finish()[1]).isEqualTo((byte) Page.FORMS_VERSION);
      writer.add(2, ms, constant(ms.length, 1), ms.length); // as if nothing had been before
      assertThat(writer.finish()[1]).isEqualTo((byte) Page.VERSION);
    }
  }

  @Test
  void anUnknownVersionIsNamed() {
    byte[] page = write(new PageWriter(), new ArrayList<>(rows(random(1)).subList(0, 1)));
    page[1] = 4;
    seal(page);
    assertThatThrownBy(() -> Page.open(page))
        .isInstanceOf(CorruptPageException.class)
        .hasMessage("page header: expected magic=0xd9 version=1 to 3 found magic=0xd9 version=4");
  }

  private static void seal(byte[] page) {
    CRC32C crc = new CRC32C();
    crc.update(page, 0, page.length - Page.TRAILER_BYTES);
    for (int i = 0; i < Page.CRC_BYTES; i++) {
      page[page.length - Page.CRC_BYTES + i] = (byte) (crc.getValue() >>> (8 * i));
    }
  }

  /// Past the checksum, whose reader trusts nothing either.
  @Test
  void bentPagesAreToldOfOrReadAsSomething() {
    RandomGenerator random = random(3);
    for (int round = 0; round < 60; round++) {
      List<Row> rows = new ArrayList<>(rows(random, true).subList(0, 1));
      if (round % 3 == 0) {
        long[] ms = times(random);
        long[] bits = constant(ms.length, 1, random.nextInt(ms.length));
        rows = new ArrayList<>(List.of(new Row(1, ms, bits, new NativeHistogram[0])));
      }
      byte[] page = write(new PageWriter(), rows);
      for (int bend = 0; bend < 100; bend++) {
        byte[] bent = page.clone();
        bent[2 + random.nextInt(bent.length - 2 - Page.TRAILER_BYTES)] ^=
            (byte) (1 << random.nextInt(8));
        seal(bent);
        SampleBuffer out = new SampleBuffer();
        try {
          Page read = Page.open(bent);
          new PageReader().read(read, 0, Long.MIN_VALUE, Long.MAX_VALUE, out);
        } catch (CorruptPageException e) {
          assertThat(e).hasMessageStartingWith("page ");
          assertThat(out.isEmpty()).isTrue();
        }
      }
    }
  }

  @Test
  void histogramsOfOneLayoutCostTheirCounts() {
    PageWriter writer = new PageWriter();
    long[] ms = new long[240];
    @Nullable NativeHistogram[] histograms = new NativeHistogram[240];
    int[] indexes = new int[20];
    Arrays.setAll(indexes, i -> i);
    for (int i = 0; i < ms.length; i++) {
      ms[i] = 1_763_700_000_000L + 15_000L * i;
      long[] counts = new long[indexes.length];
      Arrays.fill(counts, i);
      histograms[i] =
          NativeHistogram.whole(
              HistogramLayout.of(false, 3, 0x1p-128, indexes, new int[0], new double[0]),
              FloatHistogram.Hint.UNKNOWN,
              i * 20L,
              0,
              i,
              counts,
              new long[0]);
    }
    writer.add(1, ms, new long[240], histograms, ms.length);
    // 20 buckets, hint, count, zeros and sum: 27 bytes or so; the layout once in 128 samples.
    assertThat(writer.finish().length).isLessThan(240 * 29 + 200);
  }

  @Test
  void seriesOfOneScrapeShareTheirTimestampsAndConstantsCostTheirDirectory() {
    PageWriter writer = new PageWriter();
    long[] ms = new long[240];
    long[] bits = new long[240];
    for (int i = 0; i < ms.length; i++) {
      ms[i] = 1_763_700_000_000L + 15_000L * i + (i * 7919L) % 11;
      bits[i] = Double.doubleToRawLongBits(1);
    }
    for (int s = 0; s < Page.MAX_SERIES; s++) {
      writer.add(1000 + s, ms, bits, ms.length);
    }
    assertThat(writer.isFull()).isTrue();
    assertThat(writer.finish().length).isLessThan(Page.MAX_SERIES * 8 + 200);
    assertThat(writer.isEmpty()).isTrue();
  }

  @Test
  void timeThatDoesNotRiseIsRefused() {
    PageWriter writer = new PageWriter();
    assertThatThrownBy(() -> writer.add(1, new long[] {5, 5}, new long[2], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not rise");
    assertThatThrownBy(() -> writer.add(1, new long[0], new long[0], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
