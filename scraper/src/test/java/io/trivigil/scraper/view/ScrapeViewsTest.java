package io.trivigil.scraper.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.state.FakeStore;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ScrapeViewsTest {
  private final TargetMachine machine = new TargetMachine(new FakeStore());
  private final TargetDirectory directory = new TargetDirectory(machine);
  private final ScrapeViews views = new ScrapeViews(machine, directory, "node1");

  @BeforeEach
  void configure() throws Exception {
    ConfigFiles one =
        new ConfigFiles() {
          @Override
          public Optional<String> read(String path) {
            return Optional.of(
                """
                scrape_configs:
                  - job_name: b
                    static_configs: [{targets: ['localhost:1', 'x:1']}]
                  - job_name: a
                    static_configs: [{targets: ['y:1']}]
                    relabel_configs: [{action: drop}]
                """);
          }

          @Override
          public List<String> glob(String pattern) {
            return List.of();
          }
        };
    directory.configure(PrometheusConfig.load("p.yml", one, Map.of()));
  }

  private void scraped(String instance, boolean up) {
    String key =
        directory.current().active().values().stream()
            .filter(target -> target.labels().get("instance").equals(instance))
            .findFirst()
            .orElseThrow()
            .key();
    TreeMap<String, FamilyMeta> meta = new TreeMap<>();
    meta.put("m", new FamilyMeta("counter", "same", ""));
    meta.put("n", new FamilyMeta("gauge", instance, ""));
    machine.apply(
        0,
        new ScrapeCommand.Batch(
                key,
                "b",
                60_000,
                1000,
                1001,
                up,
                up ? "" : "refused",
                2_000_000,
                0,
                0,
                meta,
                new SampleBatch())
            .encode());
  }

  @Test
  void targetsShowTheirLastScrape() {
    scraped("localhost:1", false);
    assertThat(views.pools()).containsExactly("a", "b");
    assertThat(views.active()).hasSize(2);
    TargetView first = views.active().get(0);
    assertThat(first.health()).isEqualTo("down");
    assertThat(first.lastError()).isEqualTo("refused");
    assertThat(first.lastScrapeMs()).isEqualTo(1001);
    assertThat(first.lastScrapeSeconds()).isEqualTo(0.002);
    assertThat(first.scrapeUrl()).isEqualTo("http://localhost:1/metrics");
    assertThat(first.globalUrl()).isEqualTo("http://node1:1/metrics");
    assertThat(first.interval()).isEqualTo("1m");
    assertThat(views.active().get(1).health()).isEqualTo("unknown");
    assertThat(views.dropped()).hasSize(1);
    assertThat(views.droppedCounts()).containsEntry("a", 1);
  }

  @Test
  void metadataIsGatheredFromAllTargets() {
    scraped("localhost:1", true);
    scraped("x:1", true);
    assertThat(views.metadata(Map.of(), "", -1, 0).get("m")).hasSize(1);
    assertThat(views.metadata(Map.of(), "", -1, 0).get("n")).hasSize(2);
    assertThat(views.metadata(Map.of(), "", -1, 1).get("n")).hasSize(1);
    assertThat(views.metadata(Map.of(), "", 1, 0)).hasSize(1);
    assertThat(views.metadata(Map.of(), "n", -1, 0)).containsOnlyKeys("n");
    FamilyMeta other = new FamilyMeta("summary", "from elsewhere", "");
    assertThat(views.metadata(Map.of("n", other, "o", other), "", -1, 0).get("n")).hasSize(3);
    assertThat(views.metadata(Map.of("n", other, "o", other), "o", -1, 0)).hasSize(1);
    assertThat(views.targetMetadata(List.of(Matcher.equal("instance", "x:1")), "m", -1))
        .extracting(TargetMetadata::metric)
        .containsExactly("m");
    assertThat(views.targetMetadata(List.of(), "", 3)).hasSize(3);
  }
}
