package io.trivigil.rules.file;

import io.trivigil.config.Position;
import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import io.trivigil.promql.QueryException;
import io.trivigil.rules.query.Expressions;
import io.trivigil.rules.text.AlertTexts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/// Reads rule files strictly and reports everything that is wrong at once, in Prometheus's words.
public final class RuleFileReader {
  /// What a file inherits from `prometheus.yml`.
  ///
  /// @param intervalMs `evaluation_interval`
  /// @param queryOffsetMs `rule_query_offset`
  /// @param utf8Names whether names may be any UTF-8, as by default
  public record Defaults(long intervalMs, long queryOffsetMs, boolean utf8Names) {}

  private final Expressions expressions;
  private final Defaults defaults;

  public RuleFileReader(Expressions expressions, Defaults defaults) {
    this.expressions = expressions;
    this.defaults = defaults;
  }

  /// Reads one file; what is wrong goes to `problems`, and the groups that are right come back.
  ///
  /// @param file the name by which the configuration knows it
  public List<RuleGroup> read(String file, String text, Problems problems) {
    Optional<YamlValue> document = YamlValue.parse(file, text, problems);
    if (document.isEmpty()) {
      return List.of();
    }
    YamlMap root = document.get().map("rulefmt.RuleGroups", problems);
    Set<String> names = new HashSet<>();
    List<RuleGroup> groups =
        root.list("groups", "rulefmt.RuleGroup", group -> group(file, group, names));
    root.done();
    return groups;
  }

  private RuleGroup group(String file, YamlMap yaml, Set<String> names) {
    String name = yaml.string("name", "");
    if (name.isEmpty()) {
      yaml.problem("name", "Groupname must not be empty");
    } else if (!names.add(name)) {
      yaml.problem(
          "name", "groupname: %s is repeated in the same file".formatted(Names.quote(name)));
    }
    long interval = yaml.duration("interval").map(d -> d.toMillis()).orElse(0L);
    long offset =
        yaml.duration("query_offset").map(d -> d.toMillis()).orElse(defaults.queryOffsetMs());
    int limit =
        yaml.parsed("limit", "int", text -> Integer.valueOf(text)).filter(n -> n > 0).orElse(0);
    Map<String, String> groupLabels = yaml.stringMap("labels");
    checkLabels(yaml, "labels", groupLabels, "");
    List<Rule> rules = new ArrayList<>();
    int[] index = {0};
    yaml.list(
        "rules",
        "rulefmt.Rule",
        rule -> {
          index[0]++;
          return rule(rule, name, index[0], groupLabels).map(rules::add).isPresent();
        });
    return new RuleGroup(
        new GroupKey(file, name),
        interval == 0 ? defaults.intervalMs() : interval,
        offset,
        limit,
        rules);
  }

  private Optional<Rule> rule(
      YamlMap yaml, String group, int index, Map<String, String> inherited) {
    String record = yaml.string("record", "");
    String alert = yaml.string("alert", "");
    String expr = yaml.string("expr", "");
    long forMs = yaml.duration("for").map(d -> d.toMillis()).orElse(0L);
    long keepMs = yaml.duration("keep_firing_for").map(d -> d.toMillis()).orElse(0L);
    Map<String, String> labels = yaml.stringMap("labels");
    Map<String, String> annotations = yaml.stringMap("annotations");
    String name = record.isEmpty() ? alert : record;
    String where =
        "group %s, rule %d, %s: ".formatted(Names.quote(group), index, Names.quote(name));
    if (!record.isEmpty() && !alert.isEmpty()) {
      yaml.problem("record", where + "only one of 'record' and 'alert' must be set");
    }
    if (name.isEmpty()) {
      yaml.problems().add(yaml.position(), where + "one of 'record' or 'alert' must be set");
    }
    boolean sound = checkExpr(yaml, expr, where);
    if (!record.isEmpty()) {
      checkRecording(yaml, record, where, forMs, keepMs, annotations);
    }
    checkLabels(yaml, "labels", labels, where);
    for (String key : annotations.keySet()) {
      if (!isLabelName(key)) {
        yaml.problem("annotations", where + "invalid annotation name: " + key);
      }
    }
    if (!alert.isEmpty()) {
      checkTexts(yaml, alert, "label", "labels", labels, where);
      checkTexts(yaml, alert, "annotation", "annotations", annotations, where);
    }
    if (name.isEmpty() || !sound) {
      return Optional.empty();
    }
    SequencedMap<String, String> merged = sorted(inherited, labels);
    return Optional.of(
        record.isEmpty()
            ? new Rule.Alerting(alert, expr, forMs, keepMs, merged, sorted(annotations, Map.of()))
            : new Rule.Recording(record, expr, merged));
  }

  private boolean checkExpr(YamlMap yaml, String expr, String where) {
    if (expr.isEmpty()) {
      yaml.problem("expr", where + "field 'expr' must be set in rule");
      return false;
    }
    try {
      expressions.check(expr);
      return true;
    } catch (IllegalArgumentException | QueryException e) {
      yaml.problem("expr", where + "could not parse expression: " + e.getMessage());
      return false;
    }
  }

  private void checkRecording(
      YamlMap yaml,
      String record,
      String where,
      long forMs,
      long keepMs,
      Map<String, String> annotations) {
    if (!annotations.isEmpty()) {
      yaml.problem("annotations", where + "invalid field 'annotations' in recording rule");
    }
    if (forMs != 0) {
      yaml.problem("for", where + "invalid field 'for' in recording rule");
    }
    if (keepMs != 0) {
      yaml.problem("keep_firing_for", where + "invalid field 'keep_firing_for' in recording rule");
    }
    boolean valid =
        defaults.utf8Names() ? Names.isUtf8Name(record) : Names.isClassicMetricName(record);
    if (!valid) {
      yaml.problem("record", where + "invalid recording rule name: " + record);
    } else if (record.indexOf('{') >= 0 || record.indexOf('}') >= 0) {
      yaml.problem(
          "record",
          where + "braces present in the recording rule name; should it be in expr?: " + record);
    }
  }

  private void checkLabels(YamlMap yaml, String field, Map<String, String> labels, String where) {
    for (Map.Entry<String, String> label : labels.entrySet()) {
      if (!isLabelName(label.getKey()) || label.getKey().equals(Labels.NAME)) {
        yaml.problem(field, where + "invalid label name: " + label.getKey());
      }
      if (!Names.isValidUtf8(label.getValue())) {
        yaml.problem(field, where + "invalid label value: " + label.getValue());
      }
    }
  }

  private boolean isLabelName(String name) {
    return defaults.utf8Names() ? Names.isUtf8Name(name) : Names.isClassicLabelName(name);
  }

  private static void checkTexts(
      YamlMap yaml,
      String alert,
      String what,
      String field,
      Map<String, String> texts,
      String where) {
    texts.forEach(
        (key, text) -> {
          String problem = AlertTexts.problem(alert, text);
          if (!problem.isEmpty()) {
            Position at = yaml.position(field);
            yaml.problems().add(at, where + what + " " + Names.quote(key) + ": " + problem);
          }
        });
  }

  private static SequencedMap<String, String> sorted(
      Map<String, String> below, Map<String, String> above) {
    TreeMap<String, String> all = new TreeMap<>(io.trivigil.model.Utf8Order::compare);
    all.putAll(below);
    all.putAll(above);
    return all;
  }
}
