package io.trivigil.rules.unit;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.PromDuration;
import io.trivigil.model.SampleBatch;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.promql.script.SeriesNotation;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.eval.GroupEvaluator;
import io.trivigil.rules.eval.RuleSettings;
import io.trivigil.rules.eval.Schedule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import io.trivigil.rules.unit.RuleTestFile.AlertCheck;
import io.trivigil.rules.unit.RuleTestFile.ExprCheck;
import io.trivigil.rules.unit.RuleTestFile.Input;
import io.trivigil.rules.unit.RuleTestFile.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Runs the tests of one file, with the evaluator and the machine that run in production.
public final class RuleTestRunner {
  private final RuleTestFile file;
  private final List<RuleGroup> groups;
  private final EngineOptions options;

  /// @param groups all groups of the files that the test names, in their order
  /// @param options of the engine; lookback and features count
  public RuleTestRunner(RuleTestFile file, List<RuleGroup> groups, EngineOptions options) {
    this.file = file;
    this.groups =
        groups.stream()
            .map(this::paced)
            .sorted(Comparator.comparingInt((RuleGroup group) -> order(group)))
            .toList();
    this.options = options.withSubqueryStep(Duration.ofMillis(file.evaluationIntervalMs()));
  }

  // Every group runs at every evaluation. A shorter interval of its own would make each step look
  // like a gap.
  private RuleGroup paced(RuleGroup group) {
    return new RuleGroup(
        group.key(),
        Math.max(group.intervalMs(), file.evaluationIntervalMs()),
        group.queryOffsetMs(),
        group.limit(),
        group.rules());
  }

  private int order(RuleGroup group) {
    int index = file.groupOrder().indexOf(group.key().name());
    return index < 0 ? Integer.MAX_VALUE : index;
  }

  /// Runs the tests whose names pass, and says what is wrong; nothing if all is well.
  public List<String> run(Predicate<String> names) {
    List<String> failures = new ArrayList<>();
    for (Scenario scenario : file.scenarios()) {
      if (names.test(scenario.name())) {
        String prefix = scenario.name().isEmpty() ? "" : "name: " + scenario.name() + ", ";
        new Bench(scenario).run().forEach(failure -> failures.add(prefix + failure));
      }
    }
    return failures;
  }

  /// One scenario while it runs.
  private final class Bench implements RunOutputs {
    private final Scenario scenario;
    private final MemoryStorage storage = new MemoryStorage();
    private final RulesMachine machine = new RulesMachine(() -> 0L, this);
    private final Engine engine = new Engine(options);
    private final GroupEvaluator evaluator =
        new GroupEvaluator(new PromqlExpressions(engine, () -> 0L), storage, () -> 0L, () -> true);
    private final RuleSettings settings;
    private final List<String> failures = new ArrayList<>();
    private int loaded;

    Bench(Scenario scenario) {
      this.scenario = scenario;
      this.settings = RuleSettings.of(scenario.externalLabels(), scenario.externalUrl());
    }

    List<String> run() {
      long lastMs = scenario.lastMs();
      long step = file.evaluationIntervalMs();
      for (long at = 0; at <= lastMs; at += step) {
        load(at);
        for (RuleGroup group : groups) {
          evaluate(group, at);
        }
        if (!failures.isEmpty()) {
          return failures; // A rule that breaks makes the rest meaningless.
        }
        for (AlertCheck check : scenario.alerts()) {
          if (check.evalMs() >= at && check.evalMs() < at + step) {
            checkAlerts(check);
          }
        }
      }
      load(lastMs);
      scenario.exprs().forEach(this::checkExpr);
      return failures;
    }

    /// Adds the input up to a moment, so that rules can not see the future.
    private void load(long untilMs) {
      for (; loaded * scenario.intervalMs() <= untilMs; loaded++) {
        boolean any = false;
        for (Input input : scenario.inputs()) {
          if (loaded < input.values().size()) {
            any = true;
            SeriesNotation.Item item = input.values().get(loaded);
            storage.add(
                input.labels(), scenario.startMs() + loaded * scenario.intervalMs(), item, 0);
          }
        }
        if (!any) {
          loaded = Integer.MAX_VALUE - 1;
        }
      }
    }

    private void evaluate(RuleGroup group, long at) {
      Optional<GroupState> before = machine.group(group.key());
      long slotMs = scenario.startMs() + at;
      RulesAnswer answer =
          machine.apply(
              evaluator.evaluate(group, settings, before, new Schedule.Due(slotMs, 0), 0));
      if (answer instanceof RulesAnswer.Refused(RulesAnswer.Reason _, String detail)) {
        failures.add("group: " + group.key().name() + ", err: " + detail);
        return;
      }
      for (RuleState rule : machine.group(group.key()).orElseThrow().rules()) {
        if (!rule.lastError().isEmpty()) {
          failures.add(
              "rule: %s, time: %s, err: %s"
                  .formatted(rule.id().name(), PromDuration.formatMs(at), rule.lastError()));
        }
      }
    }

    private void checkAlerts(AlertCheck check) {
      List<String> got = new ArrayList<>();
      for (GroupState group : machine.groups().values()) {
        for (RuleState rule : group.rules()) {
          if (rule.id().alerting() && rule.id().name().equals(check.alertname())) {
            for (Alert alert : rule.alerts()) {
              if (alert.state().isFiring()) {
                got.add("Labels:" + alert.labels() + " Annotations:" + alert.annotations());
              }
            }
          }
        }
      }
      List<String> expected =
          check.expected().stream()
              .map(alert -> "Labels:" + alert.labels() + " Annotations:" + alert.annotations())
              .sorted()
              .toList();
      got.sort(null);
      if (!got.equals(expected)) {
        failures.add(
            "alertname: %s, time: %s, exp:%s, got:%s"
                .formatted(
                    check.alertname(), PromDuration.formatMs(check.evalMs()), expected, got));
      }
    }

    private void checkExpr(ExprCheck check) {
      String where =
          "expr: \"%s\", time: %s, ".formatted(check.expr(), PromDuration.formatMs(check.evalMs()));
      try (Querier querier = storage.open()) {
        long atMs = scenario.startMs() + check.evalMs();
        SampleComparison.difference(
                check.expected(),
                engine.instant(check.expr(), atMs).run(querier, engine.context(() -> 0L)),
                file.fuzzyCompare())
            .ifPresent(difference -> failures.add(where + difference));
      } catch (QueryException e) {
        failures.add(where + "err: " + e.getMessage());
      }
    }

    @Override
    public void samples(SampleBatch samples) {
      for (int i = 0; i < samples.size(); i++) {
        NativeHistogram histogram = samples.histogram(i);
        if (histogram == null) {
          storage.add(samples.labels(i), samples.timestampMs(i), samples.value(i));
        } else {
          storage.add(samples.labels(i), samples.timestampMs(i), histogram.toFloat());
        }
      }
    }

    @Override
    public void alerts(List<AlertUpdate> alerts) {
      // Tests look at the rules' state, not at what is sent.
    }

    @Override
    public void transitions(List<AlertTransition> transitions) {
      // Likewise.
    }
  }
}
