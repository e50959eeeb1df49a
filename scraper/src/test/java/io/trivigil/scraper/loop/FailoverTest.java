package io.trivigil.scraper.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.scraper.discovery.TargetDirectory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Leaders that die at any moment, proposals of unknown fate, and targets that come and go. A seed
/// replays its run.
final class FailoverTest {
  private static final long START = 1_000_000;
  private static final long INTERVAL_MS = 10_000;
  private static final long OUTAGE_MS = 2_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void noSeriesHasAHoleOverOneIntervalAndTheOutage(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    LoopFixture fixture = new LoopFixture(START);
    List<String> hosts = List.of("a:1", "b:1", "c:1");
    hosts.forEach(host -> fixture.says(host, "m 1\n"));
    TargetDirectory directory = new TargetDirectory(fixture.machine);
    directory.configure(
        LoopFixture.config(
            """
            scrape_configs:
              - job_name: j
                scrape_interval: 10s
                static_configs: [{targets: ['a:1', 'b:1', 'c:1']}]
            """));
    long nowMs = START;
    for (int term = 1; term <= 8; term++) {
      fixture.leadingTerm = term;
      if (random.nextInt(3) == 0) {
        fixture.loseNext();
      }
      try (ScrapeManager leader =
          new ScrapeManager(
              fixture.machine,
              directory,
              fixture::fetch,
              fixture::propose,
              fixture.pacer,
              ScrapeCapacity.DEFAULT,
              fixture.metrics,
              random.split())) {
        leader.start(term);
        nowMs += random.nextLong(1, 3 * INTERVAL_MS);
        fixture.pacer.advance(nowMs, hosts.size() + 1);
      }
      fixture.pacer.settle(0);
      nowMs += random.nextLong(OUTAGE_MS);
      fixture.pacer.set(nowMs);
    }
    for (String host : hosts) {
      List<Long> times =
          fixture.store.times(Labels.of("__name__", "m", "job", "j", "instance", host));
      assertThat(times).isNotEmpty();
      for (int i = 1; i < times.size(); i++) {
        assertThat(times.get(i) - times.get(i - 1))
            .as("seed=%d host=%s after=%d", seed, host, times.get(i - 1))
            .isBetween(1L, INTERVAL_MS + OUTAGE_MS);
      }
      assertThat(fixture.store.of(Labels.of("__name__", "m", "job", "j", "instance", host)))
          .doesNotContain("stale");
    }
  }
}
