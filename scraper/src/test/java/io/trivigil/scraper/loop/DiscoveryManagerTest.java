package io.trivigil.scraper.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.discovery.TargetDirectory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DiscoveryManagerTest {
  private static final long START = 1_000_000;
  private static final String JOB =
      """
      scrape_configs:
        - job_name: j
          file_sd_configs: [{files: [a.json], refresh_interval: 10s}]
      """;

  private final LoopFixture fixture = new LoopFixture(START);
  private final TargetDirectory directory = new TargetDirectory(fixture.machine);
  private final Map<String, String> files = new ConcurrentHashMap<>();
  private final DiscoveryManager manager =
      new DiscoveryManager(
          fixture.machine,
          directory,
          new DiscoveryManager.Sources(
              new ConfigFiles() {
                @Override
                public Optional<String> read(String path) {
                  return Optional.ofNullable(files.get(path));
                }

                @Override
                public List<String> glob(String pattern) {
                  return files.containsKey(pattern) ? List.of(pattern) : List.of();
                }
              },
              FileWatch.NONE,
              _ ->
                  _ -> {
                    throw new AssertionError("no HTTP here");
                  },
              (_, _) -> List.of()),
          fixture::propose,
          fixture.pacer,
          fixture.metrics);

  @AfterEach
  void close() {
    manager.close();
  }

  private List<String> instances() {
    return directory.current().active().values().stream()
        .map(target -> target.labels().get("instance"))
        .sorted()
        .toList();
  }

  @Test
  void targetsFollowTheirFileAndOutliveItsMistakes() throws Exception {
    files.put("a.json", "[{\"targets\": [\"x:1\", \"y:1\"]}]");
    directory.configure(LoopFixture.config(JOB));
    manager.start(1);
    fixture.pacer.settle(2);
    assertThat(instances()).containsExactly("x:1", "y:1");
    long version = fixture.machine.groups("j", "file a.json").orElseThrow().version();
    fixture.pacer.advance(START + 20_000, 2);
    assertThat(fixture.machine.groups("j", "file a.json").orElseThrow().version())
        .as("nothing is proposed while nothing changes")
        .isEqualTo(version);
    files.put("a.json", "[{\"targets\": [\"x:1\"");
    fixture.pacer.advance(START + 30_000, 2);
    assertThat(instances()).containsExactly("x:1", "y:1");
    files.put("a.json", "[{\"targets\": [\"x:1\"]}]");
    fixture.pacer.advance(START + 40_000, 2);
    assertThat(instances()).containsExactly("x:1");
    files.remove("a.json");
    fixture.pacer.advance(START + 50_000, 2);
    assertThat(instances()).isEmpty();
  }

  @Test
  void whatANewLeaderCanNotReadYetIsStillThere() throws Exception {
    files.put("a.json", "[{\"targets\": [\"x:1\"]}]");
    directory.configure(LoopFixture.config(JOB));
    manager.start(1);
    fixture.pacer.settle(2);
    manager.stop();
    fixture.leadingTerm = 2;
    assertThat(instances())
        .as("known before the new leader has read a file")
        .containsExactly("x:1");
  }

  @Test
  void groupsGoWithTheirProvider() throws Exception {
    files.put("a.json", "[{\"targets\": [\"x:1\"]}]");
    directory.configure(LoopFixture.config(JOB));
    manager.start(1);
    fixture.pacer.settle(2);
    directory.configure(LoopFixture.config("scrape_configs: [{job_name: j}]"));
    fixture.pacer.advance(START + 1, 1);
    fixture.pacer.settle(1);
    assertThat(fixture.machine.groups()).isEmpty();
  }
}
