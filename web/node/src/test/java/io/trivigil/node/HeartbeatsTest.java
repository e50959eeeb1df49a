package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.config.ConfigException;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The dead man's switch as the node sees it, and the rules with which a cluster watches itself.
class HeartbeatsTest {
  private static final String MAIN = "prometheus.yml";

  private final AtomicLong nowMs = new AtomicLong(1_700_000_000_000L);
  private final Metrics metrics = new Metrics();
  private final RulesMachine rules = new RulesMachine(() -> 1, new Ignored());

  private static final class Ignored implements RunOutputs {
    @Override
    public void samples(SampleBatch samples) {}

    @Override
    public void alerts(List<io.trivigil.model.AlertUpdate> alerts) {}

    @Override
    public void transitions(List<AlertTransition> transitions) {}
  }

  private Heartbeats heartbeats() {
    return new Heartbeats(
        Optional.of(new HeartbeatOptions("watchdog", Duration.ofMinutes(1))),
        "trivigil",
        rules,
        () -> Instant.ofEpochMilli(nowMs.get()),
        metrics);
  }

  private static LoadedConfig load(Map<String, String> files, Optional<String> alertmanager)
      throws ConfigException {
    Engine engine = new Engine(EngineOptions.defaults());
    return new ConfigLoader(new PromqlExpressions(() -> engine, () -> 0))
        .load(
            new ConfigBundle.Source() {
              @Override
              public Optional<String> file(String path) {
                return Optional.ofNullable(files.get(path));
              }

              @Override
              public List<String> glob(String pattern) {
                return files.containsKey(pattern) ? List.of(pattern) : List.of();
              }

              @Override
              public Optional<String> variable(String name) {
                return Optional.empty();
              }
            },
            MAIN,
            alertmanager);
  }

  private static final String RECEIVERS =
      "route: {receiver: ops}\nreceivers: [{name: ops}, {name: %s}]\n";

  @Test
  void anUnknownReceiverIsRefusedByNameAndTheKnownOnesAreNamed() throws Exception {
    Optional<String> file = Optional.of("am.yml");
    heartbeats().check(load(Map.of(MAIN, "", "am.yml", RECEIVERS.formatted("watchdog")), file));
    LoadedConfig other = load(Map.of(MAIN, "", "am.yml", RECEIVERS.formatted("pager")), file);
    assertThatThrownBy(() -> heartbeats().check(other))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--alerting.heartbeat.receiver")
        .hasMessageContaining("\"watchdog\"")
        .hasMessageContaining("there are: ops, pager");
    assertThatThrownBy(() -> heartbeats().check(load(Map.of(MAIN, ""), Optional.empty())))
        .hasMessageContaining("there are: none");
  }

  private static final String GROUP =
      "groups: [{name: g, interval: 10s, rules: [{record: a, expr: '1'}]}]";

  @Test
  void aGroupThatDoesNotRunIsLate() throws Exception {
    LoadedConfig config =
        load(Map.of(MAIN, "rule_files: [r.yml]", "r.yml", GROUP), Optional.empty());
    long activatedMs = nowMs.get();
    nowMs.addAndGet(40_000);
    assertThat(heartbeats().late(config.groups(), activatedMs)).isEmpty();
    nowMs.addAndGet(1);
    assertThat(heartbeats().late(config.groups(), activatedMs))
        .hasValueSatisfying(why -> assertThat(why).contains("group=g last_ms=0"));
    var run =
        new RulesCommand.RuleRun(
            config.groups().getFirst().key(),
            nowMs.get(),
            0,
            1,
            10_000,
            0,
            0,
            List.of(),
            new SampleBatch(),
            List.of(),
            List.of());
    rules.apply(run);
    assertThat(heartbeats().late(config.groups(), activatedMs)).isEmpty();
  }

  @Test
  void builtInRulesAndTheirJobGiveWayToTheOperatorsOwn() throws Exception {
    String job = "scrape_configs: [{job_name: trivigil, file_sd_configs: [{files: ['m.json']}]}]";
    String builtin = GROUP.replace("name: g", "name: trivigil");
    Map<String, String> files =
        Map.of(
            MAIN,
            "global: {scrape_interval: 7s, scrape_timeout: 3s}",
            ConfigLoader.BUILTIN_RULES,
            builtin,
            ConfigLoader.BUILTIN_JOB,
            job);
    LoadedConfig asked = load(files, Optional.empty());
    assertThat(asked.groups())
        .singleElement()
        .extracting(g -> g.key().name())
        .isEqualTo("trivigil");
    assertThat(asked.prometheus().jobs())
        .singleElement()
        .satisfies(j -> assertThat(j.interval()).isEqualTo(Duration.ofSeconds(7)));
    LoadedConfig elsewhere =
        new ConfigLoader(new PromqlExpressions(() -> new Engine(EngineOptions.defaults()), () -> 0))
            .load(asked.bundle());
    assertThat(elsewhere.groups()).isEqualTo(asked.groups());
    assertThat(elsewhere.bundle().hash()).isEqualTo(asked.bundle().hash());

    String own = "rule_files: [r.yml]\nscrape_configs: [{job_name: trivigil, scrape_interval: 9s}]";
    LoadedConfig overridden =
        load(
            Map.of(
                MAIN,
                own,
                "r.yml",
                builtin.replace("record: a", "record: mine"),
                ConfigLoader.BUILTIN_RULES,
                builtin,
                ConfigLoader.BUILTIN_JOB,
                job),
            Optional.empty());
    assertThat(overridden.groups())
        .singleElement()
        .satisfies(g -> assertThat(g.rules().getFirst().name()).isEqualTo("mine"));
    assertThat(overridden.prometheus().jobs())
        .singleElement()
        .satisfies(j -> assertThat(j.interval()).isEqualTo(Duration.ofSeconds(9)));

    LoadedConfig without = load(Map.of(MAIN, ""), Optional.empty());
    assertThat(without.groups()).isEmpty();
    assertThat(without.bundle().files()).containsOnlyKeys(MAIN);
  }
}
