package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.storage.column.SeriesEncoder;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerOrderTest {
  private record Row(long hash, long ref, int row) {}

  private static final Comparator<Row> ORDER =
      (a, b) -> MetricHash.compare(a.hash(), a.ref(), b.hash(), b.ref());

  /// Each metric's series in their order, in none, and in none but for some metrics; more rows than
  /// a piece of memory holds.
  @ParameterizedTest
  @CsvSource({
    "0, 1, 0",
    "1, 1, 0",
    "2, 1, 1",
    "100, 100, 1",
    "40000, 7, 0",
    "40000, 7, 1",
    "40000, 3000, 0.01"
  })
  void rowsAreToldInTheOrderOfLayers(int count, int metrics, double shuffled) {
    Random random = new Random(count * 31L + metrics);
    List<Row> rows = new ArrayList<>();
    long[] hashes = random.longs(metrics).toArray();
    for (int i = 0; i < count; i++) {
      long ref = 1 + i + (i % 1000 == 999 ? 1L << 33 : 0); // some far away from the others
      rows.add(new Row(hashes[random.nextInt(metrics)], ref, i));
    }
    for (int i = 0; i < count; i++) {
      if (random.nextDouble() < shuffled) {
        int other = random.nextInt(count);
        Row row = rows.get(i);
        rows.set(i, rows.get(other));
        rows.set(other, row);
      }
    }
    List<Row> told = new ArrayList<>();
    try (Arena memory = Arena.ofConfined()) {
      SeriesEncoder encoder = SeriesEncoder.of(true, memory);
      LayerOrder order = new LayerOrder(encoder);
      for (Row row : rows) {
        long note = order.before(row.hash(), row.ref());
        long[] timeMs = {row.row()}; // is told of the row again
        order.add(row.ref(), encoder.add(timeMs, new long[] {row.ref()}, 1, note));
      }
      order.forEach((hash, ref, row) -> told.add(new Row(hash, ref, (int) encoder.minMs(row))));
    }
    rows.sort(ORDER);
    assertThat(told).containsExactlyElementsOf(rows);
  }
}
