package io.trivigil.scraper.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderWatchTest {
  @Test
  void aNewFileIsNoticed(@TempDir Path folder) throws Exception {
    CountDownLatch noticed = new CountDownLatch(1);
    List<String> patterns =
        List.of(folder.resolve("*.json").toString(), folder.resolve("none/x.yml").toString());
    try (FileWatch.Watching _ = new FolderWatch().watch(patterns, noticed::countDown)) {
      Files.writeString(folder.resolve("a.json"), "[]");
      assertThat(noticed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void warmingUpReadsAndEncodes() {
    assertThat(ScrapeWarmUp.run(2)).isPositive();
  }
}
