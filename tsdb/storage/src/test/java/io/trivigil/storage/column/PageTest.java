package io.trivigil.storage.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class PageTest {
  private record Row(long ref, long[] ms, long[] bits) {}

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
      rows.add(new Row(random.nextLong(1L << 40), ms.clone(), bits));
    }
    return rows;
  }

  private static byte[] write(PageWriter writer, List<Row> rows) {
    int added = 0;
    for (Row row : rows) {
      if (!writer.isFull()) {
        writer.add(row.ref(), row.ms(), row.bits(), row.ms().length);
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
        expected.add(row.ms()[i] + "=" + Long.toHexString(row.bits()[i]));
      }
    }
    assertThat(texts(found)).isEqualTo(expected);
  }

  private static List<String> texts(SampleBuffer samples) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      long bits = Double.doubleToRawLongBits(samples.value(i));
      texts.add(samples.timestampMs(i) + "=" + Long.toHexString(bits));
    }
    return texts;
  }

  @Test
  void everyRangeOfEveryRowComesBack() {
    PageWriter writer = new PageWriter();
    PageReader reader = new PageReader();
    for (long seed = 0; seed < 60; seed++) {
      RandomGenerator random = random(seed);
      List<Row> rows = rows(random);
      Page page = Page.open(write(writer, rows));
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
