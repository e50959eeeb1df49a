package io.trivigil.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.rules.eval.GroupEvaluator;
import io.trivigil.rules.eval.RuleSettings;
import io.trivigil.rules.eval.Schedule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.FakeExpressions;
import io.trivigil.rules.query.MemorySamples;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import java.util.ArrayList;
import java.util.List;

/// One node without a cluster: samples in memory, a machine, an evaluator.
public final class RuleLab {
  public final MemorySamples samples = new MemorySamples();
  public final FakeExpressions expressions = new FakeExpressions();
  public final List<AlertUpdate> sent = new ArrayList<>();
  public final List<AlertTransition> transitions = new ArrayList<>();
  public long configVersion = 1;
  public RuleSettings settings = RuleSettings.of(Labels.EMPTY, "http://here");

  public final RulesMachine machine =
      new RulesMachine(
          () -> configVersion,
          new RunOutputs() {
            @Override
            public void samples(SampleBatch batch) {
              samples.add(batch);
            }

            @Override
            public void alerts(List<AlertUpdate> alerts) {
              sent.addAll(alerts);
            }

            @Override
            public void transitions(List<AlertTransition> more) {
              transitions.addAll(more);
            }
          });

  public final GroupEvaluator evaluator =
      new GroupEvaluator(expressions, samples, () -> 0L, () -> true);

  /// Evaluates one slot without recording it.
  public RuleRun evaluate(RuleGroup group, long slotMs) {
    return evaluator.evaluate(
        group, settings, machine.group(group.key()), new Schedule.Due(slotMs, 0), configVersion);
  }

  /// Evaluates and records one slot, by way of the command's bytes.
  public GroupState run(RuleGroup group, long slotMs) {
    RulesAnswer answer = machine.apply(RulesMachine.encode(evaluate(group, slotMs)));
    assertThat(answer).isEqualTo(new RulesAnswer.Accepted());
    return machine.group(group.key()).orElseThrow();
  }

  /// The state of one rule after one slot.
  public RuleState runRule(RuleGroup group, long slotMs, int rule) {
    return run(group, slotMs).rules().get(rule);
  }
}
