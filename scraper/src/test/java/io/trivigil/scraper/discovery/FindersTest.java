package io.trivigil.scraper.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.trivigil.config.http.HttpResult;
import io.trivigil.model.Labels;
import io.trivigil.scraper.config.DiscoveryConfig;
import io.trivigil.scraper.config.DiskFiles;
import io.trivigil.scraper.state.TargetGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FindersTest {
  private static final Path SD =
      Path.of(System.getProperty("trivigil.root"), "../shared/conformance/config/sd").normalize();
  private static final SortedMap<String, TargetGroup> NOTHING = new TreeMap<>();

  private static GroupFinder.Found inFiles(String pattern, SortedMap<String, TargetGroup> before) {
    return new FileFinder(new DiskFiles(), List.of(SD.resolve(pattern).toString())).find(before);
  }

  @Test
  void jsonAndYamlFilesSayTheSame() {
    for (String name : List.of("file-valid.json", "file-valid.yml")) {
      String path = SD.resolve(name).toString();
      assertThat(inFiles(name, NOTHING).groups())
          .containsExactly(
              new TargetGroup(
                  path + ":0",
                  List.of(
                      Labels.of("__address__", "localhost:9090"),
                      Labels.of("__address__", "example.org:443")),
                  Labels.of("foo", "bar", "__meta_filepath", path)),
              new TargetGroup(
                  path + ":1",
                  List.of(Labels.of("__address__", "my.domain")),
                  Labels.of("__meta_filepath", path)));
    }
  }

  @Test
  void allFilesOfAPatternAreRead() {
    assertThat(inFiles("file-valid*.yml", NOTHING).groups()).hasSize(7);
  }

  @Test
  void aBrokenFileKeepsWhatItHad() {
    for (String name : List.of("file-invalid_nil.json", "file-invalid_nil.yml")) {
      String path = SD.resolve(name).toString();
      TargetGroup old =
          new TargetGroup(path + ":0", List.of(Labels.of("__address__", "x")), Labels.EMPTY);
      SortedMap<String, TargetGroup> before = new TreeMap<>();
      before.put(old.source(), old);
      before.put("other:0", new TargetGroup("other:0", List.of(), Labels.EMPTY));
      GroupFinder.Found found = inFiles(name, before);
      assertThat(found.groups()).containsExactly(old);
      assertThat(found.failures()).hasSize(1);
      assertThat(found.failures().get(0)).contains("nil target group item found (index 1)");
    }
  }

  @Test
  void aHalfWrittenFileIsBroken(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.json");
    Files.writeString(file, "[{\"targets\": [\"x:1\"");
    GroupFinder.Found found =
        new FileFinder(new DiskFiles(), List.of(file.toString())).find(NOTHING);
    assertThat(found.groups()).isEmpty();
    assertThat(found.failures()).hasSize(1);
  }

  private static GroupFinder http(int status, String type, String body) {
    return new HttpFinder(
        _ ->
            new HttpResult.Answer(
                status, Map.of("content-type", type), body.getBytes(StandardCharsets.UTF_8)),
        "http://sd/",
        Duration.ofSeconds(60));
  }

  @Test
  void webServersListTargetsAsJson() throws IOException {
    String body = Files.readString(SD.resolve("http-http_sd.good.json"));
    assertThat(http(200, "application/json; charset=utf-8", body).find(NOTHING).groups())
        .containsExactly(
            new TargetGroup(
                "http://sd/:0",
                List.of(Labels.of("__address__", "127.0.0.1:9090")),
                Labels.of("__meta_datacenter", "bru1", "__meta_url", "http://sd/")));
    assertThat(catchThrowable(() -> http(500, "application/json", body).find(NOTHING)))
        .isInstanceOf(IOException.class);
    assertThat(catchThrowable(() -> http(200, "text/html", body).find(NOTHING)))
        .hasMessageContaining("unsupported content type");
  }

  @Test
  void namesBecomeTargets() {
    NameRecords records =
        (name, _) -> {
          if (name.equals("dead")) {
            throw new IOException("timeout");
          }
          return name.equals("srv") ? List.of("10 60 9100 a.x.") : List.of("1.2.3.4", "::1");
        };
    TargetGroup old = new TargetGroup("dead", List.of(), Labels.EMPTY);
    SortedMap<String, TargetGroup> before = new TreeMap<>();
    before.put("dead", old);
    DiscoveryConfig.Dns srv =
        new DiscoveryConfig.Dns(List.of("srv", "dead"), "SRV", 0, Duration.ofSeconds(30));
    GroupFinder.Found found = new DnsFinder(srv, records).find(before);
    assertThat(found.failures()).containsExactly("dead: timeout");
    assertThat(found.groups())
        .containsExactly(
            new TargetGroup(
                "srv",
                List.of(
                    Labels.of(
                        "__address__",
                        "a.x:9100",
                        "__meta_dns_name",
                        "srv",
                        "__meta_dns_srv_record_target",
                        "a.x.",
                        "__meta_dns_srv_record_port",
                        "9100")),
                Labels.EMPTY),
            old);
    DiscoveryConfig.Dns a = new DiscoveryConfig.Dns(List.of("a"), "A", 80, Duration.ofSeconds(30));
    assertThat(
            new DnsFinder(a, records)
                .find(NOTHING).groups().get(0).targets().stream()
                    .map(target -> target.get("__address__")))
        .containsExactly("1.2.3.4:80", "[::1]:80");
  }
}
