package io.trivigil.scraper.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.state.ProviderGroups;
import io.trivigil.scraper.state.TargetGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TargetDeriverTest {
  private static PrometheusConfig config(String settings) throws Exception {
    String yaml = "scrape_configs:\n  - job_name: j\n" + settings.indent(4);
    ConfigFiles one =
        new ConfigFiles() {
          @Override
          public Optional<String> read(String path) {
            return Optional.of(yaml);
          }

          @Override
          public List<String> glob(String pattern) {
            return List.of();
          }
        };
    return PrometheusConfig.load("p.yml", one, Map.of());
  }

  private static DerivedTargets derive(String settings) throws Exception {
    return TargetDeriver.derive(config(settings), (_, _) -> Optional.empty());
  }

  private static Target only(String settings) throws Exception {
    DerivedTargets derived = derive(settings);
    assertThat(derived.active()).hasSize(1);
    return derived.active().values().iterator().next();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          static_configs: [{targets: ['h:1'], labels: {a: b, __x: y}}] | {a="b", instance="h:1", job="j"} | http://h:1/metrics
          static_configs: [{targets: ['my_host']}] | {instance="my_host", job="j"} | http://my_host/metrics
          static_configs: [{targets: ['[::1]:9'], labels: {instance: i, job: other}}] | {instance="i", job="other"} | http://[::1]:9/metrics
          {scheme: https, metrics_path: /a b, params: {'m[]': ['x y*', 'z~'], b: [c]}, static_configs: [{targets: ['h:1']}]} | {instance="h:1", job="j"} | https://h:1/a%20b?b=c&m%5B%5D=x+y%2A&m%5B%5D=z~
          {params: {target: [old]}, static_configs: [{targets: ['h:1'], labels: {__param_target: new}}]} | {instance="h:1", job="j"} | http://h:1/metrics?target=new
          {static_configs: [{targets: ['h:1']}], relabel_configs: [{source_labels: [__address__], target_label: __param_t}, {target_label: __address__, replacement: 'bb:2'}, {source_labels: [__param_t], target_label: instance}]} | {instance="h:1", job="j"} | http://bb:2/metrics?t=h%3A1
          """)
  void labelsAndAddressesAreMadeAsUpstreamMakesThem(String settings, String labels, String url)
      throws Exception {
    String block = settings.startsWith("{") ? "<<: " + settings : settings;
    Target target = only(block);
    assertThat(target.labels().toString()).isEqualTo(labels);
    assertThat(target.url().toString()).isEqualTo(url);
  }

  @Test
  void discoveredLabelsAreKeptAsTheyWereBeforeRelabelling() throws Exception {
    Target target = only("static_configs: [{targets: ['h:1']}]");
    assertThat(target.discovered().toMap())
        .containsEntry("__address__", "h:1")
        .containsEntry("__scheme__", "http")
        .containsEntry("__metrics_path__", "/metrics")
        .containsEntry("__scrape_interval__", "1m")
        .containsEntry("__scrape_timeout__", "10s")
        .containsEntry("job", "j");
  }

  @Test
  void labelsMaySetIntervalAndTimeout() throws Exception {
    Target target =
        only(
            "static_configs: [{targets: [h], labels: {__scrape_interval__: 5s, __scrape_timeout__: 1s}}]");
    assertThat(target.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(
            derive("static_configs: [{targets: [h], labels: {__scrape_interval__: 5s}}]")
                .failures())
        .as("timeout above interval")
        .containsEntry("j", 1);
  }

  @Test
  void droppedTargetsAreShownAndDoublesMerged() throws Exception {
    DerivedTargets derived =
        derive(
            """
            static_configs: [{targets: ['a:1', 'a:1', 'b:1', 'c:1']}]
            keep_dropped_targets: 1
            relabel_configs: [{source_labels: [__address__], regex: '[bc].*', action: drop}]
            """);
    assertThat(derived.active()).hasSize(1);
    assertThat(derived.dropped().get("j")).hasSize(1);
    assertThat(derived.droppedCount()).containsEntry("j", 2);
  }

  @Test
  void tooManyTargetsAreAllRefused() throws Exception {
    String two = "static_configs: [{targets: ['a:1', 'b:1']}]\n";
    assertThat(derive(two + "target_limit: 2").active().values())
        .allMatch(target -> target.refusal().isEmpty());
    assertThat(derive(two + "target_limit: 1").active().values())
        .hasSize(2)
        .allMatch(
            target ->
                target.refusal().equals("target_limit exceeded (number of targets: 2, limit: 1)"));
  }

  @Test
  void discoveredGroupsBecomeTargets() throws Exception {
    TreeMap<String, TargetGroup> groups = new TreeMap<>();
    groups.put(
        "s",
        new TargetGroup(
            "s",
            List.of(Labels.of("__address__", "h:1", "x", "own")),
            Labels.of("__meta_m", "v", "x", "common")));
    DerivedTargets derived =
        TargetDeriver.derive(
            config("file_sd_configs: [{files: [a.json]}]"),
            (job, provider) ->
                provider.equals("file a.json")
                    ? Optional.of(new ProviderGroups(job, provider, 1, groups))
                    : Optional.empty());
    Target target = derived.active().values().iterator().next();
    assertThat(target.labels()).isEqualTo(Labels.of("instance", "h:1", "job", "j", "x", "own"));
    assertThat(target.discovered().get("__meta_m")).isEqualTo("v");
  }

  @Test
  void theKeyStaysWhenSettingsChange() throws Exception {
    Target a = only("static_configs: [{targets: [h]}]");
    Target b = only("static_configs: [{targets: [h]}]\nscrape_interval: 5s\nscrape_timeout: 1s");
    Target c = only("static_configs: [{targets: [h], labels: {a: b}}]");
    assertThat(b.key()).isEqualTo(a.key());
    assertThat(b.isScrapedLike(a)).isFalse();
    assertThat(c.key()).isNotEqualTo(a.key());
  }
}
