package io.trivigil.storage.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.HistogramLayout;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.storage.RandomHistograms;
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
      assertThat(bytes[1]).isEqualTo((byte) (mixed ? Page.MIXED_VERSION : Page.VERSION));
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

  /// Past the checksum, whose reader trusts nothing either.
  @Test
  void bentMixedPagesAreToldOfOrReadAsSomething() {
    RandomGenerator random = random(3);
    for (int round = 0; round < 40; round++) {
      byte[] page = write(new PageWriter(), new ArrayList<>(rows(random, true).subList(0, 1)));
      for (int bend = 0; bend < 100; bend++) {
        byte[] bent = page.clone();
        bent[2 + random.nextInt(bent.length - 2 - Page.TRAILER_BYTES)] ^=
            (byte) (1 << random.nextInt(8));
        CRC32C crc = new CRC32C();
        crc.update(bent, 0, bent.length - Page.TRAILER_BYTES);
        for (int i = 0; i < Page.CRC_BYTES; i++) {
          bent[bent.length - Page.CRC_BYTES + i] = (byte) (crc.getValue() >>> (8 * i));
        }
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
