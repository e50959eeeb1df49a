package io.trivigil.scraper.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.trivigil.config.ConfigException;
import io.trivigil.model.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PrometheusConfigTest {
  private static final Path SHARED =
      Path.of(System.getProperty("trivigil.root"), "../shared").normalize();
  private static final Path CONFIGS = SHARED.resolve("conformance/config");

  /// YAML's `!!binary` values are not decoded yet.
  private static final Set<String> NOT_YET =
      Set.of("labelname.bad.yml", "labelvalue.bad.yml", "labelmap.bad.yml");

  private static PrometheusConfig load(String path, Map<String, String> environment)
      throws ConfigException {
    return PrometheusConfig.load(path, new DiskFiles(), environment);
  }

  static Stream<String> good() throws IOException {
    try (Stream<Path> files = Files.list(CONFIGS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yml"))
          .filter(
              name ->
                  !name.contains(".bad.")
                      && !name.contains(".incompatible.")
                      && !name.contains("deprecated"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("good")
  void goodFilesLoad(String name) throws Exception {
    assertThat(load(CONFIGS.resolve(name).toString(), Map.of())).isNotNull();
  }

  static Stream<String> bad() throws IOException {
    return Files.readAllLines(CONFIGS.resolve("expected-errors.tsv")).stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank());
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badFilesFailInUpstreamsWords(String line) {
    String name = line.substring(0, line.indexOf('\t'));
    // Our problems begin with the place, where upstream names the file in a prefix.
    String text =
        line.substring(line.indexOf('\t') + 1)
            .replaceFirst("^parsing YAML file testdata/\\S+: ", "")
            .replaceFirst("^unmarshal errors$", "cannot unmarshal");
    Throwable problem = catchThrowable(() -> load(CONFIGS.resolve(name).toString(), Map.of()));
    if (NOT_YET.contains(name)) {
      assertThat(problem).as("%s works: take it off the list", name).isNull();
    } else {
      assertThat(problem).isInstanceOf(ConfigException.class).hasMessageContaining(text);
      assertThat(problem.getMessage()).contains(".yml:");
    }
  }

  @Test
  void theDeprecatedAlertmanagerApiIsRefused() {
    Path file = CONFIGS.resolve("config_with_deprecated_am_api_config.yml");
    assertThat(catchThrowable(() -> load(file.toString(), Map.of())))
        .hasMessageContaining("expected Alertmanager api version");
  }

  @Test
  void aRealOperatorsFileLoads() throws Exception {
    PrometheusConfig config =
        load(SHARED.resolve("acceptance/pair/prometheus.yml").toString(), Map.of());
    assertThat(config.jobs()).hasSize(5);
    assertThat(config.ruleFiles().get(0)).endsWith("acceptance/pair/alerts.yml");
    ScrapeConfig job = config.job("master-mysql").orElseThrow();
    assertThat(job.interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(job.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(job.discovery())
        .containsExactly(
            new DiscoveryConfig.Static(
                List.of(
                    new StaticGroup(
                        List.of("154.37.214.191:9104"),
                        Labels.of("role", "database", "server", "master")))));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void globalValuesAreInheritedAndOverridden() throws Exception {
    PrometheusConfig config = load(CONFIGS.resolve("conf.good.yml").toString(), Map.of());
    ScrapeConfig first = config.job("prometheus").orElseThrow();
    assertThat(first.limits().bodyBytes()).isEqualTo(15L << 20);
    assertThat(first.interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(first.honorLabels()).isTrue();
    ScrapeConfig second = config.job("service-x").orElseThrow();
    assertThat(second.limits().samples()).isEqualTo(1000);
    assertThat(second.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(second.protocols()).containsExactly(ScrapeProtocol.TEXT_0_0_4);
    assertThat(config.storage().outOfOrderWindow()).isEqualTo(Duration.ofMinutes(30));
    assertThat(config.storage().retentionTime()).contains(Duration.ofDays(1));
    assertThat(config.toString()).doesNotContain("mysecret").contains("<secret>");
  }

  @Test
  void externalLabelsReadTheEnvironment() throws Exception {
    PrometheusConfig config =
        load(CONFIGS.resolve("external_labels.good.yml").toString(), Map.of("TEST", "TestValue"));
    assertThat(config.global().externalLabels())
        .isEqualTo(
            Labels.of(
                "bar",
                "foo",
                "baz",
                "fooTestValuebar",
                "foo",
                "TestValue",
                "qux",
                "foo${TEST}",
                "xyz",
                "foo$bar"));
  }

  @Test
  void allProblemsOfAFileAreReportedWithTheirPlaces() {
    ConfigFiles one =
        new ConfigFiles() {
          @Override
          public Optional<String> read(String path) {
            return Optional.of(
                """
                global: {scrape_interval: 1x}
                scrape_configs:
                  - job_name: a
                    nonsense: 1
                  - job_name: a
                """);
          }

          @Override
          public List<String> glob(String pattern) {
            return List.of();
          }
        };
    assertThat(catchThrowable(() -> PrometheusConfig.load("p.yml", one, Map.of())))
        .hasMessage(
            """
            p.yml:1:27: not a valid duration string: "1x"
            p.yml:4:5: field nonsense not found in type config.ScrapeConfig
            p.yml:5:5: found multiple scrape configs with job name "a\"""");
  }
}
