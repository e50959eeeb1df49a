package io.trivigil.rules.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.Staleness;
import io.trivigil.rules.RuleLab;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.Expressions.QueryFailedException;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand.ForgetGroups;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.view.AlertView;
import io.trivigil.rules.view.GroupView;
import io.trivigil.rules.view.RuleView;
import io.trivigil.rules.view.RuleViews;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a run decides: samples, stale markers, alerts, errors.
class GroupEvaluatorTest {
  private static final GroupKey KEY = new GroupKey("f", "g");
  private final RuleLab lab = new RuleLab();

  private static Rule record(String name, String expr, String... labels) {
    return new Rule.Recording(name, expr, map(labels));
  }

  private static Rule.Alerting alert(
      String name, String expr, Map<String, String> labels, Map<String, String> annotations) {
    return new Rule.Alerting(name, expr, 0, 0, new TreeMap<>(labels), new TreeMap<>(annotations));
  }

  private static java.util.SequencedMap<String, String> map(String... pairs) {
    TreeMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static RuleGroup group(Rule... rules) {
    return new RuleGroup(KEY, 30_000, 0, 0, List.of(rules));
  }

  private static VectorSample sample(double value, String... labels) {
    return new VectorSample(Labels.of(labels), value);
  }

  @Test
  void recordingsTakeTheirNameAndLabels() {
    lab.expressions.on("x", _ -> List.of(sample(7, "__name__", "y", "a", "1", "gone", "z")));
    lab.run(group(record("n", "x", "b", "2", "gone", "")), 30_000);
    assertThat(lab.samples.of(Labels.of("__name__", "n", "a", "1", "b", "2")))
        .containsExactly(Map.entry(30_000L, 7.0));
  }

  @Test
  void laterRulesSeeEarlierOnesOfTheSameRun() {
    lab.samples.add(Labels.of("__name__", "up", "a", "1"), 29_000, 3);
    lab.run(group(record("first", "up"), record("second", "first"), record("up2", "up")), 30_000);
    assertThat(lab.samples.of(Labels.of("__name__", "second", "a", "1")))
        .containsExactly(Map.entry(30_000L, 3.0));
    // A series that ends in this run is gone for the later rules too.
    lab.expressions.on("up", _ -> List.of());
    RuleState second =
        lab.runRule(group(record("first", "up"), record("second", "first")), 60_000, 1);
    assertThat(second.outputs()).isEmpty();
    assertStale(lab.samples.of(Labels.of("__name__", "second", "a", "1")).get(60_000L));
  }

  private static void assertStale(@Nullable Double value) {
    assertThat(value != null && Staleness.isMarker(value)).isTrue();
  }

  @Test
  void seriesThatStopGetOneStaleMarker() {
    List<VectorSample> vector = new ArrayList<>(List.of(sample(1, "a", "1"), sample(2, "a", "2")));
    lab.expressions.on("x", _ -> List.copyOf(vector));
    RuleGroup group = group(record("n", "x"));
    lab.run(group, 30_000);
    vector.removeFirst();
    lab.run(group, 60_000);
    lab.run(group, 90_000);
    Labels gone = Labels.of("__name__", "n", "a", "1");
    assertThat(lab.samples.of(gone).keySet()).containsExactly(30_000L, 60_000L);
    assertThat(Staleness.isMarker(lab.samples.of(gone).lastEntry().getValue())).isTrue();
    assertThat(lab.samples.of(Labels.of("__name__", "n", "a", "2"))).hasSize(3);
  }

  @Test
  void aFailingRuleLeavesItsSeriesAndTheOthersAlone() {
    boolean[] broken = {false};
    lab.expressions.on(
        "x",
        _ -> {
          if (broken[0]) {
            throw new QueryFailedException("too much");
          }
          return List.of(sample(1));
        });
    RuleGroup group = group(record("n", "x"), record("m", "x2"));
    lab.samples.add(Labels.of("__name__", "x2"), 25_000, 5);
    lab.run(group, 30_000);
    broken[0] = true;
    GroupState state = lab.run(group, 60_000);
    assertThat(state.rules().get(0).health()).isEqualTo(RuleState.Health.ERROR);
    assertThat(state.rules().get(0).lastError()).isEqualTo("too much");
    assertThat(lab.samples.of(Labels.of("__name__", "n")).keySet()).containsExactly(30_000L);
    assertThat(lab.samples.of(Labels.of("__name__", "m"))).hasSize(2);
    assertThat(state.rules().get(0).outputs()).hasSize(1);
  }

  @Test
  void duplicatesAndLimitsAreErrors() {
    lab.expressions.on("x", _ -> List.of(sample(1, "a", "1"), sample(2, "a", "2")));
    assertThat(lab.runRule(group(record("n", "x", "a", "")), 30_000, 0).lastError())
        .isEqualTo("vector contains metrics with the same labelset after applying rule labels");
    assertThat(
            lab.runRule(group(alert("A", "x", Map.of("a", ""), Map.of())), 60_000, 0).lastError())
        .isEqualTo("vector contains metrics with the same labelset after applying alert labels");
    RuleGroup limited =
        new RuleGroup(
            KEY, 30_000, 0, 1, List.of(record("n", "x"), alert("A", "x", Map.of(), Map.of())));
    GroupState state = lab.run(limited, 90_000);
    assertThat(state.rules().get(0).lastError()).isEqualTo("exceeded limit of 1 with 2 series");
    assertThat(state.rules().get(1).lastError()).isEqualTo("exceeded limit of 1 with 2 alerts");
    assertThat(state.rules().get(1).alerts()).isEmpty();
    assertThat(lab.sent).isEmpty();
    RuleGroup enough = new RuleGroup(KEY, 30_000, 0, 2, limited.rules());
    assertThat(lab.run(enough, 120_000).rules()).allMatch(rule -> rule.lastError().isEmpty());
  }

  @Test
  void alertsCarryTextsExternalLabelsAndAnEnd() {
    lab.settings =
        new RuleSettings(
            Labels.of("cluster", "c1", "job", "external"),
            "http://here",
            60_000,
            labels -> Optional.of(labels.with("replica", "")));
    lab.expressions.on("x > 1", _ -> List.of(sample(2.5, "__name__", "x", "job", "node")));
    Rule.Alerting rule =
        alert(
            "Down",
            "x > 1",
            Map.of("severity", "{{ $labels.job }}-high"),
            Map.of("summary", "{{ $value }} on {{ $labels.job }}", "bad", "{{ .Nope }}"));
    lab.run(group(rule), 30_000);
    AlertUpdate update = lab.sent.getFirst();
    assertThat(update.labels())
        .isEqualTo(
            Labels.of(
                "alertname", "Down", "cluster", "c1", "job", "node", "severity", "node-high"));
    assertThat(update.annotations().get("summary")).isEqualTo("2.5 on node");
    assertThat(update.annotations().get("bad"))
        .startsWith("<error expanding template: error executing template __alert_Down: template:");
    assertThat(update.startsMs()).isEqualTo(30_000);
    assertThat(update.endsMs()).isEqualTo(30_000 + 4 * 60_000);
    assertThat(update.generatorUrl()).isEqualTo("http://here/graph?g0.expr=x+%3E+1&g0.tab=1");
    Labels series =
        Labels.of(
            "__name__",
            "ALERTS",
            "alertname",
            "Down",
            "alertstate",
            "firing",
            "job",
            "node",
            "severity",
            "node-high");
    assertThat(lab.samples.of(series)).containsExactly(Map.entry(30_000L, 1.0));
    Labels since =
        Labels.of(
            "__name__",
            "ALERTS_FOR_STATE",
            "alertname",
            "Down",
            "job",
            "node",
            "severity",
            "node-high");
    assertThat(lab.samples.of(since)).containsExactly(Map.entry(30_000L, 30.0));
    assertThat(lab.transitions).hasSize(1);
    assertThat(lab.transitions.getFirst().to()).isEqualTo("firing");
    lab.settings = new RuleSettings(Labels.EMPTY, "", 60_000, _ -> Optional.empty());
    lab.sent.clear();
    lab.run(group(rule), 120_000);
    assertThat(lab.sent).as("dropped by relabelling").isEmpty();
  }

  @Test
  void queryOffsetMovesQueriesAndSamples() {
    List<Long> asked = new ArrayList<>();
    lab.expressions.on(
        "x",
        at -> {
          asked.add(at);
          return List.of(sample(1));
        });
    lab.run(new RuleGroup(KEY, 30_000, 10_000, 0, List.of(record("n", "x"))), 30_000);
    assertThat(asked).containsExactly(20_000L);
    assertThat(lab.samples.of(Labels.of("__name__", "n")).keySet()).containsExactly(20_000L);
  }

  @Test
  void rulesThatAreRemovedLeaveStaleMarkers() {
    lab.expressions.on("x", _ -> List.of(sample(1)));
    lab.run(group(record("n", "x"), record("m", "x")), 30_000);
    lab.run(group(record("m", "x")), 60_000);
    assertStale(lab.samples.of(Labels.of("__name__", "n")).get(60_000L));
    assertThat(lab.samples.of(Labels.of("__name__", "m")).get(60_000L)).isEqualTo(1.0);
    lab.configVersion = 2;
    assertThat(lab.machine.apply(new ForgetGroups(1, 70_000, List.of(KEY))))
        .isInstanceOf(RulesAnswer.Refused.class);
    assertThat(lab.machine.apply(RulesMachine.encode(new ForgetGroups(2, 70_000, List.of(KEY)))))
        .isEqualTo(new RulesAnswer.Accepted());
    assertStale(lab.samples.of(Labels.of("__name__", "m")).get(70_000L));
    assertThat(lab.machine.groups()).isEmpty();
  }

  @Test
  void runsAreTakenOnceAndInOrder() {
    lab.expressions.on("x", _ -> List.of(sample(1)));
    RuleGroup group = group(record("n", "x"));
    byte[] first = RulesMachine.encode(lab.evaluate(group, 30_000));
    byte[] rival = RulesMachine.encode(lab.evaluate(group, 60_000));
    assertThat(lab.machine.apply(first)).isEqualTo(new RulesAnswer.Accepted());
    assertRefused(first, RulesAnswer.Reason.NOT_NEWER);
    assertRefused(rival, RulesAnswer.Reason.OTHER_BASE);
    byte[] old = RulesMachine.encode(lab.evaluate(group, 60_000));
    lab.configVersion = 2;
    assertRefused(old, RulesAnswer.Reason.OTHER_CONFIG);
    assertThat(lab.samples.of(Labels.of("__name__", "n"))).hasSize(1);
  }

  private void assertRefused(byte[] command, RulesAnswer.Reason reason) {
    TreeMap<String, byte[]> before = new TreeMap<>(lab.machine.sections());
    RulesAnswer answer = lab.machine.apply(command);
    assertThat(RulesAnswer.decode(answer.encode())).isEqualTo(answer);
    assertThat(answer)
        .isInstanceOfSatisfying(
            RulesAnswer.Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    assertThat(lab.machine.sections()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void bytesThatAreNoCommandAreRefused() {
    lab.expressions.on("x", _ -> List.of(sample(1, "a", "b")));
    RuleGroup group = group(record("n", "x"), alert("A", "x", Map.of(), Map.of("s", "t")));
    byte[] good = RulesMachine.encode(lab.evaluate(group, 30_000));
    Random random = new Random(7);
    for (int length = 0; length < good.length; length++) {
      assertRefused(java.util.Arrays.copyOf(good, length), RulesAnswer.Reason.INVALID);
    }
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      lab.machine.apply(bad); // Whatever it is now, it does no harm.
    }
  }

  @Test
  void stateSurvivesSections() {
    lab.expressions.on("x", _ -> List.of(sample(1, "a", "1"), sample(2, "a", "2")));
    Rule.Alerting slow =
        new Rule.Alerting("S", "x", 60_000, 30_000, map("l", "v"), map("t", "{{ $value }}"));
    RuleGroup group = group(record("n", "x"), slow, alert("F", "x", Map.of(), Map.of()));
    for (long slot = 30_000; slot <= 120_000; slot += 30_000) {
      lab.run(group, slot);
    }
    lab.expressions.on("x", _ -> List.of(sample(1, "a", "1")));
    lab.run(group, 150_000);
    RuleLab other = new RuleLab();
    other.machine.restore(lab.machine.sections());
    assertThat(other.machine.groups()).isEqualTo(lab.machine.groups());
    assertThat(other.machine.sections())
        .usingRecursiveComparison()
        .isEqualTo(lab.machine.sections());
    other.machine.restore(new TreeMap<>());
    assertThat(other.machine.groups()).isEmpty();
  }

  @Test
  void viewsJoinConfigurationAndState() {
    lab.expressions.on("x", _ -> List.of(sample(1.5, "a", "1")));
    RuleGroup group = group(record("n", "x"), alert("A", "x", Map.of(), Map.of("s", "t")));
    RuleSet rules = new RuleSet(1, List.of(group), lab.settings);
    RuleViews views = new RuleViews(lab.machine, lab.expressions);
    GroupView fresh = views.groups(rules).getFirst();
    assertThat(fresh.rules().get(0).health()).isEqualTo("unknown");
    assertThat(((RuleView.Alerting) fresh.rules().get(1)).state()).isEqualTo("unknown");
    lab.run(group, 30_000);
    GroupView ran = views.groups(rules).getFirst();
    assertThat(ran.lastEvaluationMs()).isEqualTo(30_000);
    assertThat(ran.rules().get(0).health()).isEqualTo("ok");
    assertThat(((RuleView.Alerting) ran.rules().get(1)).state()).isEqualTo("firing");
    AlertView alert = views.alerts(rules).getFirst();
    assertThat(alert.value()).isEqualTo(1.5);
    assertThat(alert.state()).isEqualTo("firing");
    assertThat(alert.keepFiringSinceMs()).isEmpty();
    assertThat(alert.labels()).isEqualTo(Labels.of("a", "1", "alertname", "A"));
  }
}
