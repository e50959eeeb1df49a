package io.trivigil.rules.eval;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.promql.QuerySource;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.file.RuleId;
import io.trivigil.rules.query.Expressions;
import io.trivigil.rules.query.Expressions.QueryFailedException;
import io.trivigil.rules.query.OverlayQuerier;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RuleState;
import io.trivigil.rules.run.RuleState.Health;
import io.trivigil.rules.run.RulesCommand.RuleResult;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Evaluates one slot of one group and decides everything that a [RuleRun] carries.
///
/// Pure but for the samples that it reads and the stop watch: the same samples, state and slot give
/// the same decisions. Immutable; may be called from any thread.
public final class GroupEvaluator {
  private static final Logger LOG = LoggerFactory.getLogger(GroupEvaluator.class);

  private final Expressions expressions;
  private final QuerySource samples;
  private final LongSupplier nanoTicker;
  private final BooleanSupplier histograms;

  /// @param nanoTicker a stop watch, for the durations that the API shows
  /// @param histograms whether native histograms may be recorded now
  public GroupEvaluator(
      Expressions expressions,
      QuerySource samples,
      LongSupplier nanoTicker,
      BooleanSupplier histograms) {
    this.expressions = expressions;
    this.samples = samples;
    this.nanoTicker = nanoTicker;
    this.histograms = histograms;
  }

  /// Evaluates one slot.
  ///
  /// @param before the group's newest run, if there was one
  public RuleRun evaluate(
      RuleGroup group,
      RuleSettings settings,
      Optional<GroupState> before,
      Schedule.Due due,
      long configVersion) {
    long startNanos = nanoTicker.getAsLong();
    Run run = new Run(group, settings, before, due.slotMs());
    try (OverlayQuerier querier = new OverlayQuerier(samples.open())) {
      for (Rule rule : group.rules()) {
        run.rule(rule, querier);
      }
    }
    run.staleRemoved();
    return new RuleRun(
        group.key(),
        due.slotMs(),
        before.map(GroupState::slotMs).orElse(0L),
        configVersion,
        group.intervalMs(),
        due.missed(),
        nanoTicker.getAsLong() - startNanos,
        run.results,
        run.batch,
        run.updates,
        run.transitions);
  }

  /// One run while it goes on.
  private final class Run {
    private final RuleGroup group;
    private final RuleSettings settings;
    private final List<RuleState> former;
    private final Set<Integer> taken = new LinkedHashSet<>();
    private final long slotMs;
    private final long sampleMs;
    private final long gapMs;
    private final List<RuleResult> results = new ArrayList<>();
    private final SampleBatch batch = new SampleBatch();
    private final Set<Labels> written = new LinkedHashSet<>();
    private final List<AlertUpdate> updates = new ArrayList<>();
    private final List<AlertTransition> transitions = new ArrayList<>();

    Run(RuleGroup group, RuleSettings settings, Optional<GroupState> before, long slotMs) {
      this.group = group;
      this.settings = settings;
      this.former = before.map(GroupState::rules).orElse(List.of());
      this.slotMs = slotMs;
      this.sampleMs = slotMs - group.queryOffsetMs();
      this.gapMs = before.map(state -> gap(state, slotMs)).orElse(0L);
    }

    private long gap(GroupState state, long slot) {
      long distance = slot - state.slotMs();
      long interval = Math.max(state.intervalMs(), group.intervalMs());
      return distance > 2 * interval ? distance : 0;
    }

    void rule(Rule rule, OverlayQuerier querier) {
      long startNanos = nanoTicker.getAsLong();
      int place = placeBefore(rule.id());
      RuleState old = place < 0 ? RuleState.fresh(rule.id()) : former.get(place);
      RuleOutcome outcome;
      try {
        outcome =
            switch (rule) {
              case Rule.Recording recording ->
                  RecordingEvaluation.evaluate(
                      recording,
                      group.limit(),
                      expressions.instant(querier, rule.expr(), sampleMs),
                      histograms.getAsBoolean());
              case Rule.Alerting alerting ->
                  new AlertingEvaluation(
                          alerting,
                          group,
                          settings,
                          slotMs,
                          gapMs,
                          expr -> expressions.instant(querier, expr, sampleMs))
                      .evaluate(old.alerts());
            };
      } catch (QueryFailedException e) {
        outcome = RuleOutcome.failed(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        // We are wrong somewhere; the rule shows it as its error, and the others of the group go
        // on.
        LOG.atError()
            .addKeyValue("group", group.key().name())
            .addKeyValue("rule", rule.name())
            .setCause(e)
            .log("rule evaluation broke");
        outcome = RuleOutcome.failed("unexpected error: " + e);
      }
      long nanos = nanoTicker.getAsLong() - startNanos;
      results.add(result(rule.id(), place, old, outcome, nanos));
      if (outcome.error().isEmpty()) {
        write(outcome.samples(), old.outputs(), querier);
        updates.addAll(outcome.updates());
      }
      transitions.addAll(outcome.transitions());
    }

    /// The first rule of the same identity in the run before that no other rule has taken.
    private int placeBefore(RuleId id) {
      for (int i = 0; i < former.size(); i++) {
        if (former.get(i).id().equals(id) && taken.add(i)) {
          return i;
        }
      }
      return -1;
    }

    private RuleResult result(
        RuleId id, int place, RuleState old, RuleOutcome outcome, long nanos) {
      boolean good = outcome.error().isEmpty();
      RuleState head =
          new RuleState(
              id, good ? Health.OK : Health.ERROR, outcome.error(), nanos, List.of(), List.of());
      List<Alert> alerts = outcome.alerts().orElse(old.alerts());
      List<Labels> outputs = good ? seriesOf(outcome.samples()) : old.outputs();
      return new RuleResult(
          head,
          place,
          alerts.equals(old.alerts()) ? Optional.empty() : Optional.of(alerts),
          outputs.equals(old.outputs()) ? Optional.empty() : Optional.of(outputs));
    }

    private List<Labels> seriesOf(List<RuleOutcome.Sample> samplesOfRule) {
      TreeSet<Labels> series = new TreeSet<>();
      samplesOfRule.forEach(sample -> series.add(sample.series()));
      return List.copyOf(series);
    }

    private void write(List<RuleOutcome.Sample> now, List<Labels> earlier, OverlayQuerier querier) {
      for (RuleOutcome.Sample sample : now) {
        // Two rules may make the same series; the store takes one sample per time, so the first one
        // wins.
        if (written.add(sample.series())) {
          if (sample.histogram().isPresent()) {
            batch.add(sample.series(), sampleMs, sample.histogram().get());
            querier.add(sample.series(), sampleMs, sample.histogram().get());
          } else {
            batch.add(sample.series(), sampleMs, sample.value());
            querier.add(sample.series(), sampleMs, sample.value());
          }
        }
      }
      Set<Labels> present = new LinkedHashSet<>();
      now.forEach(sample -> present.add(sample.series()));
      for (Labels series : earlier) {
        if (!present.contains(series) && written.add(series)) {
          batch.add(series, sampleMs, Staleness.marker());
          querier.add(series, sampleMs, Staleness.marker());
        }
      }
    }

    /// Series of rules that the group no longer has.
    void staleRemoved() {
      for (int i = 0; i < former.size(); i++) {
        if (!taken.contains(i)) {
          for (Labels series : former.get(i).outputs()) {
            if (written.add(series)) {
              batch.add(series, sampleMs, Staleness.marker());
            }
          }
        }
      }
    }
  }
}
