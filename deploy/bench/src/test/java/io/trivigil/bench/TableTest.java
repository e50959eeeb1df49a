package io.trivigil.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
  private static final List<String> PEERS = List.of("victoria", "trivigil");

  @Test
  void eachBarIsHeldUpToItsEdgeAndMissedBehindIt(@TempDir Path dir) throws IOException {
    ingest(dir, "victoria", "ingest", 1_000, 2.0, 300_000_000);
    ingest(dir, "trivigil", "ingest", 1_000, 1.4, 450_000_000);
    assertTrue(row(dir, "100k series x 240: samples/s").endsWith(">= 1000.000"));
    assertTrue(row(dir, "100k series x 240: server CPU s per million").endsWith("<= 1.400"));
    assertTrue(row(dir, "100k series x 240: RSS after ingest, MB").endsWith("<= 450.000"));

    ingest(dir, "trivigil", "ingest", 999, 1.41, 451_000_000);
    assertTrue(row(dir, "100k series x 240: samples/s").endsWith(">= 1000.000  missed"));
    assertTrue(
        row(dir, "100k series x 240: server CPU s per million").endsWith("<= 1.400  missed"));
    assertTrue(row(dir, "100k series x 240: RSS after ingest, MB").endsWith("<= 450.000  missed"));
  }

  @Test
  void aMillionSeriesAndReadinessHaveTheirBars(@TempDir Path dir) throws IOException {
    ingest(dir, "victoria", "ingest1m", 1_000, 6, 1_000_000_000);
    ingest(dir, "trivigil", "ingest1m", 1_000, 6, 801_000_000);
    assertTrue(row(dir, "1M series x 10: RSS after ingest, MB").endsWith("<= 800.000  missed"));
    Files.writeString(
        dir.resolve("trivigil.log"),
        """
        [15:00:00] trivigil: ready after kill -9 with 24M samples: 2000 ms
        [15:00:00] trivigil: ready after kill -9 with 1M series: 2001 ms
        """);
    assertTrue(row(dir, "ready after kill -9 with 24M samples, ms").endsWith("<= 2000.000"));
    assertTrue(row(dir, "ready after kill -9 with 1M series, ms").endsWith("<= 2000.000  missed"));
  }

  @Test
  void theDiskFigureMayStandBehindAnotherAnswer(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("victoria-disk.disk.json"), "{\"bytesPerSample\": 1.0}");
    Files.writeString(
        dir.resolve("trivigil-disk.disk.json"),
        """
        {"status":"success"}
        {"samples":7,"bytesPerSample":0.9}
        """);
    assertTrue(row(dir, "peerbench, 6 h: disk bytes/sample").endsWith("<= 0.850  missed"));
  }

  @Test
  void withoutThePeerABarIsNotHeldAndNotMissed(@TempDir Path dir) throws IOException {
    ingest(dir, "trivigil", "ingest", 1_000, 1.4, 450_000_000);
    assertTrue(row(dir, "100k series x 240: samples/s").endsWith("not measured"));
  }

  private static String row(Path dir, String name) throws IOException {
    List<String> rows =
        Table.of(dir, PEERS).lines().filter(line -> line.startsWith(name + " ")).toList();
    assertEquals(1, rows.size(), name);
    return rows.getFirst();
  }

  private static void ingest(
      Path dir, String peer, String stage, int rate, double cpu, long rssBytes) throws IOException {
    Files.writeString(
        dir.resolve(peer + "-" + stage + ".json"),
        """
        {"acceptedSamplesPerSecond": %d, "serverCpuSecondsPerMillionSamples": %s, "serverRssBytes": %d}
        """
            .formatted(rate, cpu, rssBytes));
  }
}
