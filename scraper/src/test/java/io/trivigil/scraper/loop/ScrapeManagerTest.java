package io.trivigil.scraper.loop;

import static io.trivigil.scraper.loop.LoopFixture.series;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.scraper.discovery.TargetDirectory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ScrapeManagerTest {
  private static final long START = 1_000_000;

  private final LoopFixture fixture = new LoopFixture(START);
  private final TargetDirectory directory = new TargetDirectory(fixture.machine);
  private final ScrapeManager manager =
      new ScrapeManager(
          fixture.machine,
          directory,
          fixture::fetch,
          fixture::propose,
          fixture.pacer,
          ScrapeCapacity.DEFAULT,
          fixture.metrics,
          new SplittableRandom(1));

  @AfterEach
  void close() {
    manager.close();
  }

  private void configure(String... addresses) {
    directory.configure(
        LoopFixture.config(
            """
            scrape_configs:
              - job_name: j
                scrape_interval: 10s
                static_configs: [{targets: %s}]
            """
                .formatted(List.of(addresses).toString())));
  }

  private static Labels up(String address) {
    return Labels.of("__name__", "up", "job", "j", "instance", address);
  }

  private void assertNoHole(String address, long fromMs, long toMs, long mostMs) {
    long before = fromMs;
    for (long atMs : fixture.store.times(up(address))) {
      assertThat(atMs - before)
          .as("hole of " + address + " at " + before)
          .isLessThanOrEqualTo(mostMs);
      before = atMs;
    }
    assertThat(toMs - before).isLessThanOrEqualTo(mostMs);
  }

  @Test
  void targetsComeAndGoWithTheConfiguration() throws Exception {
    fixture.says("h:1", "a 1\n");
    configure("'h:1'", "'dead:1'");
    manager.start(1);
    fixture.pacer.advance(START + 30_000, 3); // two loops and the manager
    assertThat(fixture.store.times(up("h:1"))).hasSize(3);
    assertThat(fixture.store.of(up("dead:1"))).contains("=0").doesNotContain("=1");
    assertNoHole("h:1", START, START + 30_000, 10_000);
    configure("'h:1'");
    fixture.pacer.advance(START + 80_000, 2);
    assertThat(fixture.store.of(up("dead:1"))).endsWith("=stale");
    assertThat(fixture.store.of(up("h:1"))).doesNotContain("stale");
    assertThat(fixture.machine.targets()).hasSize(1);
    assertNoHole("h:1", START, START + 80_000, 10_000);
    List<Long> dead = fixture.store.times(up("dead:1"));
    assertThat(dead.get(dead.size() - 1) - dead.get(dead.size() - 2))
        .as("stamped one interval after the last scrape")
        .isEqualTo(10_000);
  }

  @Test
  void aNewLeaderLeavesNoHole() throws Exception {
    fixture.says("h:1", "a 1\n");
    configure("'h:1'");
    manager.start(1);
    fixture.pacer.advance(START + 25_000, 2);
    manager.stop();
    fixture.pacer.settle(0);
    long slotMs = fixture.machine.targets().iterator().next().slotMs() + 10_000;
    fixture.pacer.set(slotMs + 1900); // its successor is ready this late
    fixture.leadingTerm = 2;
    manager.start(2);
    fixture.pacer.advance(slotMs + 30_000, 2);
    assertNoHole("h:1", START, slotMs + 30_000, 12_000);
    assertThat(fixture.store.of(series("a"))).doesNotContain("stale");
  }

  @Test
  void unchangedTargetsGoOnUndisturbed() throws Exception {
    fixture.says("h:1", "a 1\n");
    configure("'h:1'");
    manager.start(1);
    fixture.pacer.advance(START + 15_000, 2);
    configure("'h:1'", "'h:2'");
    fixture.pacer.advance(START + 40_000, 3);
    assertNoHole("h:1", START, START + 40_000, 10_000);
    // A loop that went on knows its series; a new one would count them as added.
    assertThat(
            fixture.store.of(
                Labels.of("__name__", "scrape_series_added", "job", "j", "instance", "h:1")))
        .matches("\\d+=1( \\d+=0)+");
  }

  @Test
  void stoppingEndsEveryThreadAtOnce() throws Exception {
    configure("'h:1'", "'h:2'", "'h:3'");
    manager.start(1);
    fixture.pacer.settle(4);
    manager.stop();
    fixture.pacer.settle(0);
  }
}
