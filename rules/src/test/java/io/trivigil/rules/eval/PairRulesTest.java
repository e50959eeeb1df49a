package io.trivigil.rules.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivigil.config.Problems;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.RuleLab;
import io.trivigil.rules.file.RuleFileReader;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.view.RuleView;
import io.trivigil.rules.view.RuleViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A real operator's rules, with the real language, from the death of the master to its return.
class PairRulesTest {
  private static final PromqlExpressions EXPRESSIONS =
      new PromqlExpressions(new Engine(EngineOptions.defaults()), () -> 0L);

  private final RuleLab lab = new RuleLab();
  private final GroupEvaluator evaluator =
      new GroupEvaluator(EXPRESSIONS, lab.samples, () -> 0L, () -> true);
  private final RuleSettings settings =
      RuleSettings.of(Labels.of("cluster", "im-suite"), "http://n1:9090");

  @Test
  void theMasterDiesAndComesBack() throws IOException {
    Path file =
        Path.of(System.getProperty("trivigil.root", ".."), "../shared/acceptance/pair/alerts.yml");
    assumeTrue(Files.exists(file), "the acceptance files are not beside this checkout");
    Problems problems = new Problems();
    List<RuleGroup> groups =
        new RuleFileReader(EXPRESSIONS, new RuleFileReader.Defaults(15_000, 0, true))
            .read("alerts.yml", Files.readString(file), problems);
    assertThat(problems.errors()).isEmpty();
    RuleGroup group = groups.getFirst();
    assertThat(group.rules()).hasSize(4);
    Labels up =
        Labels.of(
            "__name__", "up", "instance", "h:9104", "job", "master-mysql", "server", "master");
    long deathMs = 1_000_000_000;
    for (long t = deathMs - 60_000; t <= deathMs + 300_000; t += 15_000) {
      boolean alive = t < deathMs || t > deathMs + 180_000;
      lab.samples.add(up, t, alive ? 1 : 0);
      if (t % 30_000 == 10_000) { // The group's slots, somewhere between the scrapes.
        step(group, t);
      }
    }
    List<AlertUpdate> sent = lab.sent;
    assertThat(sent).isNotEmpty();
    AlertUpdate first = sent.getFirst();
    assertThat(first.labels())
        .isEqualTo(
            Labels.of(
                "alertname",
                "MasterServerDown",
                "cluster",
                "im-suite",
                "instance",
                "h:9104",
                "job",
                "master-mysql",
                "server",
                "master",
                "severity",
                "critical"));
    assertThat(first.annotations().get("description")).isEqualTo("主服务器 h:9104 已宕机超过1分钟，请立即检查！");
    assertThat(first.startsMs() - deathMs).isBetween(60_000L, 90_000L);
    AlertUpdate last = sent.getLast();
    assertThat(last.endsMs())
        .isLessThanOrEqualTo(deathMs + 300_000)
        .isGreaterThan(deathMs + 180_000);
    assertThat(sent.stream().map(AlertUpdate::startsMs).distinct()).hasSize(1);
    RuleView view =
        new RuleViews(lab.machine, EXPRESSIONS)
            .groups(new RuleSet(1, groups, settings))
            .getFirst()
            .rules()
            .getFirst();
    assertThat(view.query()).isEqualTo("up{server=\"master\"} == 0");
    assertThat(((RuleView.Alerting) view).state()).isEqualTo("inactive");
  }

  private void step(RuleGroup group, long slotMs) {
    RulesAnswer answer =
        lab.machine.apply(
            RulesMachine.encode(
                evaluator.evaluate(
                    group,
                    settings,
                    lab.machine.group(group.key()),
                    new Schedule.Due(slotMs, 0),
                    1)));
    assertThat(answer).isEqualTo(new RulesAnswer.Accepted());
    GroupState state = lab.machine.group(group.key()).orElseThrow();
    assertThat(state.rules().stream().map(RuleState::lastError)).allMatch(String::isEmpty);
  }
}
