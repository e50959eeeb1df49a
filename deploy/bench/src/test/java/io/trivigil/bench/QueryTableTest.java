package io.trivigil.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTableTest {
  @Test
  void aRowHoldsAtHalfOfPrometheusAndAllOfVictoria(@TempDir Path dir) throws IOException {
    measured(dir, "prometheus", 10, 10, 10);
    measured(dir, "victoria", 5, 4, 9);
    measured(dir, "trivigil", 5, 5, 5.1);
    List<String> rows =
        QueryTable.of(dir, "day", List.of("prometheus", "victoria", "trivigil")).lines().toList();
    assertTrue(rows.get(1).startsWith("a, 1"));
    assertTrue(!rows.get(1).endsWith("missed"), rows.get(1));
    assertTrue(rows.get(2).endsWith("missed"), "more than VictoriaMetrics: " + rows.get(2));
    assertTrue(rows.get(3).endsWith("missed"), "more than half of Prometheus: " + rows.get(3));
    assertEquals("1 of 3 rows hold", rows.get(4));
  }

  @Test
  void aQueryThatThePeerFailedIsNotHeldAgainstAnyone(@TempDir Path dir) throws IOException {
    measured(dir, "victoria", 5);
    measured(dir, "trivigil", 6, 7);
    List<String> rows = QueryTable.of(dir, "day", List.of("victoria", "trivigil")).lines().toList();
    assertTrue(rows.get(1).endsWith("missed"), rows.get(1));
    assertTrue(!rows.get(2).endsWith("missed"), rows.get(2));
  }

  private static void measured(Path dir, String peer, double... medians) throws IOException {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < medians.length; i++) {
      json.append(i == 0 ? "" : ",")
          .append(
              "{\"id\":\"%s\",\"concurrency\":1,\"p50Millis\":%s,\"serverCpuMillisPerQuery\":1}"
                  .formatted((char) ('a' + i), medians[i]));
    }
    Files.writeString(dir.resolve("day-" + peer + "-query.json"), json.append("]"));
  }
}
