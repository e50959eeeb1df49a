package io.trivigil.rules.file;

import io.trivigil.model.PromDuration;
import io.trivigil.promql.Features;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.parse.Parser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is allowed in rules, but probably not meant: `check rules` shows it. Pure.
public final class RuleLint {
  /// How long a change of the leader may hold up a scrape.
  static final long LEADER_CHANGE_MS = 2_000;

  private RuleLint() {}

  /// All warnings on rules that have been read without problems.
  ///
  /// @param scrapeIntervalMs the usual distance of samples
  public static List<String> warnings(
      List<RuleGroup> groups, Features features, long scrapeIntervalMs) {
    List<String> warnings = new ArrayList<>();
    Map<RuleId, Integer> counts = new LinkedHashMap<>();
    for (RuleGroup group : groups) {
      for (Rule rule : group.rules()) {
        counts.merge(rule.id(), 1, Integer::sum);
        shortRanges(warnings, group, rule, features, scrapeIntervalMs);
      }
    }
    counts.forEach(
        (id, count) -> {
          if (count > 1) {
            warnings.add(
                "%d rules are called %s with labels %s".formatted(count, id.name(), id.labels()));
          }
        });
    return warnings;
  }

  private static void shortRanges(
      List<String> warnings, RuleGroup group, Rule rule, Features features, long intervalMs) {
    long needMs = 2 * intervalMs + LEADER_CHANGE_MS;
    Parser.parse(rule.expr(), features)
        .walk(
            node -> {
              if (!(node instanceof Expr.MatrixSelector selector)) {
                return;
              }
              long rangeMs = Math.round(selector.range().seconds(0, 0) * 1000);
              if (rangeMs > 0 && rangeMs < needMs) {
                warnings.add(
                    "group %s, rule %s: the range of %s is shorter than two scrape intervals and 2s (%s): it may see nothing once when the leader changes"
                        .formatted(
                            group.key().name(),
                            rule.name(),
                            selector.print(),
                            PromDuration.formatMs(needMs)));
              }
            });
  }
}
