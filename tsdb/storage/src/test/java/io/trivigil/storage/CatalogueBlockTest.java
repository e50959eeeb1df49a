package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CatalogueBlockTest {
  private static byte[] block(Map<Long, Labels> series) {
    CatalogueBlock.Writer writer = new CatalogueBlock.Writer();
    series.forEach(writer::add);
    return writer.toBytes();
  }

  private static Map<Long, Labels> read(byte[] row) {
    Map<Long, Labels> series = new LinkedHashMap<>();
    CatalogueBlock.read(row, new BlockLabels(series::put));
    return series;
  }

  private static Map<Long, Labels> hosts(int series) {
    Map<Long, Labels> all = new LinkedHashMap<>();
    for (int i = 0; i < series; i++) {
      all.put(
          5L + i,
          Labels.of(
              "__name__",
              "node_cpu_seconds_total",
              "cpu",
              "" + i % 8,
              "instance",
              "host-%04d:9100".formatted(i / 100),
              "job",
              "node"));
    }
    return all;
  }

  @Test
  void seriesComeBackInTheirOrder() {
    Map<Long, Labels> series = new LinkedHashMap<>();
    series.put(1024L, Labels.of("__name__", "up", "job", "a"));
    series.put(1025L, Labels.EMPTY);
    series.put(1030L, Labels.of("__name__", "up", "job", "b"));
    series.put(1031L, Labels.of("__name__", "job", "job", "é", "zone", "up"));
    series.put(2047L, Labels.of("__name__", "up", "job", "a"));
    byte[] row = block(series);
    assertThat(read(row)).containsExactlyEntriesOf(series);
    assertThat(CatalogueBlock.series(row)).isEqualTo(5);
  }

  @Test
  void neighboursShareTheirStrings() {
    byte[] row = block(hosts(1024));
    assertThat(read(row)).isEqualTo(hosts(1024));
    assertThat(row.length).isLessThan(1024 * 8);
  }

  @Test
  void whatIsNoBlockIsRefused() {
    byte[] row = block(hosts(3));
    for (int length = 0; length < row.length; length++) {
      byte[] cut = Arrays.copyOf(row, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(MalformedBytesException.class);
    }
    byte[] longer = Arrays.copyOf(row, row.length + 1);
    assertThatThrownBy(() -> read(longer)).isInstanceOf(MalformedBytesException.class);
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = row.clone();
      damaged[random.nextInt(row.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        read(damaged);
      } catch (MalformedBytesException expected) {
        assertThat(expected).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] row = block(hosts(1));
    row[0] = 3;
    assertThatThrownBy(() -> read(row))
        .hasMessage("block of the catalogue: expected version=2 found=3");
  }
}
