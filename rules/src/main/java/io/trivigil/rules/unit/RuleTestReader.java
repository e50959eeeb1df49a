package io.trivigil.rules.unit;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.model.Labels;
import io.trivigil.promql.script.SeriesNotation;
import io.trivigil.rules.unit.RuleTestFile.AlertCheck;
import io.trivigil.rules.unit.RuleTestFile.ExpectedAlert;
import io.trivigil.rules.unit.RuleTestFile.ExpectedSample;
import io.trivigil.rules.unit.RuleTestFile.ExprCheck;
import io.trivigil.rules.unit.RuleTestFile.Input;
import io.trivigil.rules.unit.RuleTestFile.Scenario;
import io.trivigil.template.value.GoFloat;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Reads test files strictly, and reports everything that is wrong at once.
public final class RuleTestReader {
  private static final long DEFAULT_INTERVAL_MS = 60_000;

  private RuleTestReader() {}

  /// Reads a file; what it returns is only worth running if `problems` is empty.
  public static RuleTestFile read(String file, String text, Problems problems) {
    Optional<YamlValue> document = YamlValue.parse(file, text, problems);
    if (document.isEmpty()) {
      return new RuleTestFile(List.of(), DEFAULT_INTERVAL_MS, false, List.of(), List.of());
    }
    YamlMap root = document.get().map("main.unitTestFile", problems);
    long interval = ms(root, "evaluation_interval", DEFAULT_INTERVAL_MS);
    RuleTestFile read =
        new RuleTestFile(
            root.strings("rule_files"),
            interval,
            root.bool("fuzzy_compare").orElse(false),
            root.strings("group_eval_order"),
            root.list("tests", "main.testGroup", yaml -> scenario(yaml, interval)));
    root.done();
    return read;
  }

  private static long ms(YamlMap yaml, String key, long byDefault) {
    long ms = yaml.duration(key).map(d -> d.toMillis()).orElse(0L);
    return ms == 0 ? byDefault : ms;
  }

  private static Scenario scenario(YamlMap yaml, long interval) {
    return new Scenario(
        yaml.string("name", ""),
        ms(yaml, "interval", interval),
        yaml.parsed("start_timestamp", "timestamp", RuleTestReader::timestamp).orElse(0L),
        yaml.list("input_series", "main.series", RuleTestReader::input),
        yaml.list("alert_rule_test", "main.alertTestCase", RuleTestReader::alertCheck),
        yaml.list("promql_expr_test", "main.promqlTestCase", RuleTestReader::exprCheck),
        Labels.of(yaml.stringMap("external_labels")),
        yaml.string("external_url", ""));
  }

  /// RFC 3339, or seconds since 1970.
  private static long timestamp(String text) {
    OptionalDouble seconds = GoFloat.parse(text);
    if (seconds.isPresent()) {
      return Math.round(seconds.getAsDouble() * 1000);
    }
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("cannot parse \"" + text + "\" to a valid timestamp", e);
    }
  }

  private static Input input(YamlMap yaml) {
    Labels labels = yaml.parsed("series", "series", SeriesNotation::metric).orElse(Labels.EMPTY);
    return new Input(
        labels, yaml.parsed("values", "values", SeriesNotation::values).orElse(List.of()));
  }

  private static AlertCheck alertCheck(YamlMap yaml) {
    String name = yaml.string("alertname", "");
    if (name.isEmpty()) {
      yaml.problem(
          "alertname", "an item under alert_rule_test misses required attribute alertname");
    }
    List<ExpectedAlert> expected =
        yaml.list(
            "exp_alerts",
            "main.alert",
            alert -> {
              Map<String, String> labels = alert.stringMap("exp_labels");
              return new ExpectedAlert(
                  Labels.of(labels).with("alertname", name),
                  Labels.of(alert.stringMap("exp_annotations")));
            });
    return new AlertCheck(ms(yaml, "eval_time", 0), name, expected);
  }

  private static ExprCheck exprCheck(YamlMap yaml) {
    return new ExprCheck(
        yaml.requiredString("expr"),
        ms(yaml, "eval_time", 0),
        yaml.list("exp_samples", "main.sample", RuleTestReader::sample));
  }

  private static ExpectedSample sample(YamlMap yaml) {
    return new ExpectedSample(
        yaml.parsed("labels", "labels", SeriesNotation::metric).orElse(Labels.EMPTY),
        yaml.parsed("value", "float64", RuleTestReader::number).orElse(0.0),
        yaml.parsed("histogram", "histogram", text -> SeriesNotation.values(text).getFirst()));
  }

  private static double number(String text) {
    // YAML's own spelling of the infinite and of NaN is Go's with a dot before it.
    String plain = text.replaceFirst("^([+-]?)\\.(inf|Inf|INF|nan|NaN|NAN)$", "$1$2");
    return GoFloat.parse(plain)
        .orElseThrow(
            () -> new IllegalArgumentException("cannot unmarshal \"" + text + "\" into float64"));
  }
}
