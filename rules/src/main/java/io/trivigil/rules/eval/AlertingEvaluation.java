package io.trivigil.rules.eval;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.alert.AlertState;
import io.trivigil.rules.alert.AlertTiming;
import io.trivigil.rules.alert.Evaluation;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.text.AlertTexts;
import io.trivigil.template.value.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// One evaluation of one alerting rule: from a vector and the alerts before to the alerts after.
/// Pure but for its queries.
final class AlertingEvaluation {
  private static final String NAME = "alertname";

  private final Rule.Alerting rule;
  private final RuleGroup group;
  private final RuleSettings settings;
  private final long nowMs;
  private final long gapMs;
  private final Function<String, List<VectorSample>> query;

  AlertingEvaluation(
      Rule.Alerting rule,
      RuleGroup group,
      RuleSettings settings,
      long nowMs,
      long gapMs,
      Function<String, List<VectorSample>> query) {
    this.rule = rule;
    this.group = group;
    this.settings = settings;
    this.nowMs = nowMs;
    this.gapMs = gapMs;
    this.query = query;
  }

  private record Seen(Labels annotations, double value) {}

  RuleOutcome evaluate(List<Alert> before) {
    AlertTexts texts =
        new AlertTexts(query, nowMs, settings.externalLabels(), settings.externalUrl());
    Map<Labels, Seen> seen = new TreeMap<>();
    for (VectorSample element : query.apply(rule.expr())) {
      Labels.Builder labels = element.labels().dropName().toBuilder();
      rule.labels().forEach((name, text) -> labels.set(name, expand(texts, text, element)));
      labels.set(NAME, rule.name());
      Labels key = labels.build();
      if (seen.putIfAbsent(key, new Seen(annotations(texts, element), element.value())) != null) {
        return RuleOutcome.failed(
            "vector contains metrics with the same labelset after applying alert labels");
      }
    }
    List<AlertTransition> transitions = new ArrayList<>();
    List<Alert> after = advance(before, seen, transitions);
    long active = after.stream().filter(alert -> alert.state().isActive()).count();
    if (group.limit() > 0 && active > group.limit()) {
      // As in Prometheus: too many alerts are no alerts.
      return new RuleOutcome(
          "exceeded limit of %d with %d alerts".formatted(group.limit(), active),
          List.of(),
          Optional.of(List.of()),
          List.of(),
          List.of());
    }
    List<AlertUpdate> updates = new ArrayList<>();
    return new RuleOutcome(
        "", samples(after), Optional.of(sent(after, updates)), updates, transitions);
  }

  private String expand(AlertTexts texts, String text, VectorSample element) {
    return texts.expand(rule.name(), text, element.labels(), element.value()).text();
  }

  private Labels annotations(AlertTexts texts, VectorSample element) {
    SequencedMap<String, String> expanded = new TreeMap<>(GoStrings.byteOrder());
    rule.annotations().forEach((name, text) -> expanded.put(name, expand(texts, text, element)));
    return Labels.of(expanded);
  }

  private List<Alert> advance(
      List<Alert> before, Map<Labels, Seen> seen, List<AlertTransition> transitions) {
    AlertTiming timing = new AlertTiming(rule.forMs(), rule.keepFiringForMs());
    Map<Labels, Alert> known = new TreeMap<>();
    before.forEach(alert -> known.put(alert.labels(), alert));
    Map<Labels, Alert> after = new TreeMap<>();
    for (Map.Entry<Labels, Seen> entry : seen.entrySet()) {
      Alert old = known.remove(entry.getKey());
      AlertState from = old == null ? new AlertState.Inactive() : old.state();
      AlertState to = from.afterGap(gapMs).after(new Evaluation.Present(nowMs), timing);
      boolean anew = from instanceof AlertState.Inactive || from instanceof AlertState.Resolved;
      long sentMs = old == null || anew ? 0 : old.sentMs();
      Seen now = entry.getValue();
      after.put(
          entry.getKey(), new Alert(entry.getKey(), now.annotations(), now.value(), to, sentMs));
      note(transitions, entry.getKey(), from, to, now.value());
    }
    for (Alert old : known.values()) {
      AlertState to = old.state().afterGap(gapMs).after(new Evaluation.Absent(nowMs), timing);
      if (!(to instanceof AlertState.Inactive)) {
        after.put(old.labels(), old.in(to));
      }
      note(transitions, old.labels(), old.state(), to, old.value());
    }
    return List.copyOf(after.values());
  }

  private void note(
      List<AlertTransition> transitions,
      Labels labels,
      AlertState from,
      AlertState to,
      double value) {
    // That a resolved alert is forgotten in the end is no news.
    boolean forgotten = from instanceof AlertState.Resolved && to instanceof AlertState.Inactive;
    if (!from.shown().equals(to.shown()) && !forgotten) {
      transitions.add(new AlertTransition(nowMs, labels, from.shown(), to.shown(), value));
    }
  }

  private List<RuleOutcome.Sample> samples(List<Alert> alerts) {
    List<RuleOutcome.Sample> samples = new ArrayList<>();
    for (Alert alert : alerts) {
      if (alert.state().isActive()) {
        Labels.Builder labels = alert.labels().toBuilder();
        labels.set(Labels.NAME, "ALERTS").set("alertstate", alert.state().publicName());
        samples.add(new RuleOutcome.Sample(labels.build(), 1));
        labels.remove("alertstate").set(Labels.NAME, "ALERTS_FOR_STATE");
        double activeSeconds = Math.floorDiv(alert.state().activeMs(), 1000L);
        samples.add(new RuleOutcome.Sample(labels.build(), activeSeconds));
      }
    }
    return samples;
  }

  /// Collects what is due, and marks it as sent.
  private List<Alert> sent(List<Alert> alerts, List<AlertUpdate> updates) {
    long validMs = nowMs + 4 * Math.max(group.intervalMs(), settings.resendDelayMs());
    List<Alert> marked = new ArrayList<>(alerts.size());
    for (Alert alert : alerts) {
      if (!alert.isDue(nowMs, settings.resendDelayMs())) {
        marked.add(alert);
        continue;
      }
      marked.add(alert.sent(nowMs));
      Labels.Builder labels = alert.labels().toBuilder();
      settings
          .externalLabels()
          .forEach(
              (name, value) -> {
                if (!labels.has(name)) {
                  labels.set(name, value);
                }
              });
      settings
          .relabel()
          .apply(labels.build())
          .ifPresent(
              shown ->
                  updates.add(
                      new AlertUpdate(
                          shown,
                          alert.annotations(),
                          startMs(alert),
                          endMs(alert, validMs),
                          url())));
    }
    return marked;
  }

  private static long startMs(Alert alert) {
    return switch (alert.state()) {
      case AlertState.Inactive _, AlertState.Pending _ -> 0;
      case AlertState.Firing(long _, long firedMs) -> firedMs;
      case AlertState.Lingering(AlertState.Firing firing, long _) -> firing.firedMs();
      case AlertState.Resolved(AlertState.Firing was, long _) -> was.firedMs();
    };
  }

  private static long endMs(Alert alert, long validMs) {
    return alert.state() instanceof AlertState.Resolved(AlertState.Firing _, long resolvedMs)
        ? resolvedMs
        : validMs;
  }

  private String url() {
    return settings.externalUrl()
        + "/graph?g0.expr="
        + GoStrings.queryEscape(rule.expr())
        + "&g0.tab=1";
  }
}
