package io.trivigil.rules.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.FloatHistogram;
import io.trivigil.model.FloatHistogram.Buckets;
import io.trivigil.model.FloatHistogram.Hint;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Recording rules whose result is a native histogram.
class HistogramRecordingTest {
  private static final Labels SUM = Labels.of("__name__", "sum");

  private final MemoryStorage samples = new MemoryStorage();
  private boolean taken = true;
  private final GroupEvaluator evaluator =
      new GroupEvaluator(
          new PromqlExpressions(new Engine(EngineOptions.defaults()), () -> 0L),
          samples,
          () -> 0L,
          () -> taken);

  private RuleRun run() {
    for (int i = 1; i <= 2; i++) {
      samples.add(
          Labels.of("__name__", "h", "i", "" + i),
          20_000,
          new FloatHistogram(
              0,
              Hint.UNKNOWN,
              3 * i,
              2.5,
              0,
              0,
              new Buckets(new int[] {i, 5}, new double[] {i, 2 * i}),
              Buckets.NONE,
              new double[0]));
    }
    RuleGroup group =
        new RuleGroup(
            new GroupKey("f", "g"),
            30_000,
            0,
            0,
            List.of(
                new Rule.Recording("sum", "sum(h)", new TreeMap<>()),
                new Rule.Recording("count", "histogram_count(sum)", new TreeMap<>())));
    return evaluator.evaluate(
        group, RuleSettings.of(Labels.EMPTY, ""), Optional.empty(), new Schedule.Due(30_000, 0), 1);
  }

  @Test
  void theyAreWrittenAndSeenByLaterRules() {
    RuleRun run = (RuleRun) RulesMachine.decode(RulesMachine.encode(run()));
    SampleBatch batch = run.samples();
    assertThat(run.rules()).allMatch(rule -> rule.state().lastError().isEmpty());
    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.labels(0)).isEqualTo(SUM);
    FloatHistogram sum = Objects.requireNonNull(batch.histogram(0)).toFloat();
    assertThat(sum.sum()).isEqualTo(5);
    assertThat(sum.positive()).isEqualTo(new Buckets(new int[] {1, 2, 5}, new double[] {1, 2, 6}));
    assertThat(batch.value(1)).isEqualTo(9);
  }

  @Test
  void ruleSaysWhyItCanNotBeRecorded() {
    taken = false;
    RuleRun run = run();
    assertThat(run.samples().size()).isZero();
    assertThat(run.samples().hasHistograms()).isFalse();
    assertThat(run.rules().getFirst().state().lastError()).contains("can not be recorded");
  }

  @Test
  void runWithHistogramsIsRefusedBelowItsLevel() {
    RuleRun run = run();
    List<SampleBatch> written = new ArrayList<>();
    boolean[] level = {false};
    RulesMachine machine = new RulesMachine(() -> 1, () -> level[0], new Written(written));
    assertThat(machine.apply(run))
        .isEqualTo(
            new RulesAnswer.Refused(
                RulesAnswer.Reason.INVALID, "native histograms are not in this feature level"));
    assertThat(machine.groups()).isEmpty();
    level[0] = true;
    assertThat(machine.apply(run)).isEqualTo(new RulesAnswer.Accepted());
    assertThat(written).hasSize(1);
  }

  private record Written(List<SampleBatch> batches) implements RunOutputs {
    @Override
    public void samples(SampleBatch samples) {
      batches.add(samples);
    }

    @Override
    public void alerts(List<AlertUpdate> alerts) {}

    @Override
    public void transitions(List<AlertTransition> transitions) {}
  }
}
