package io.trivigil.rules.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivigil.config.Problem;
import io.trivigil.config.Problems;
import io.trivigil.promql.Features;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.query.FakeExpressions;
import io.trivigil.rules.query.PromqlExpressions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Rule files: what loads, and what is said of those that do not.
class RuleFileReaderTest {
  private static final String HEAD = "groups:\n- name: g\n  rules:\n";

  private static final String[][] ERRORS = {
    {"groups:\n- name: g\n- name: g\n", "f:3:3: groupname: \"g\" is repeated in the same file"},
    {"groups:\n- rules: []\n", "f:2:3: Groupname must not be empty"},
    {
      HEAD + "  - record: a\n    alert: b\n    expr: c\n",
      "f:4:5: group \"g\", rule 1, \"a\": only one of 'record' and 'alert' must be set"
    },
    {
      HEAD + "  - expr: c\n",
      "f:4:5: group \"g\", rule 1, \"\": one of 'record' or 'alert' must be set"
    },
    {
      HEAD + "  - record: a\n",
      "f:4:5: group \"g\", rule 1, \"a\": field 'expr' must be set in rule"
    },
    {
      HEAD + "  - record: a\n    expr: rate(hi)\n",
      "f:5:5: group \"g\", rule 1, \"a\": could not parse expression: 1:1: parse error: unexpected text"
    },
    {
      HEAD + "  - record: a\n    expr: b\n    for: 1m\n",
      "f:6:5: group \"g\", rule 1, \"a\": invalid field 'for' in recording rule"
    },
    {
      HEAD + "  - record: a\n    expr: b\n    keep_firing_for: 1m\n",
      "f:6:5: group \"g\", rule 1, \"a\": invalid field 'keep_firing_for' in recording rule"
    },
    {
      HEAD + "  - record: a\n    expr: b\n    annotations: {a: b}\n",
      "f:6:5: group \"g\", rule 1, \"a\": invalid field 'annotations' in recording rule"
    },
    {
      HEAD + "  - record: a{b=\"c\"}\n    expr: b\n",
      "f:4:5: group \"g\", rule 1, \"a{b=\\\"c\\\"}\": braces present in the recording rule name; should it be in expr?: a{b=\"c\"}"
    },
    {
      HEAD + "  - record: a\n    expr: b\n    labels: {__name__: c}\n",
      "f:6:5: group \"g\", rule 1, \"a\": invalid label name: __name__"
    },
    {
      HEAD + "  - alert: a\n    expr: b\n    annotations: {'': c}\n",
      "f:6:5: group \"g\", rule 1, \"a\": invalid annotation name: "
    },
    {
      HEAD + "  - alert: a\n    expr: b\n    annotation: {a: c}\n",
      "f:6:5: field annotation not found in type rulefmt.Rule"
    },
    {
      HEAD + "  - alert: a\n    expr: b\n    labels: {a: '{{ $nope }}'}\n",
      "f:6:5: group \"g\", rule 1, \"a\": label \"a\": error parsing template __alert_a: template: __alert_a:1: undefined variable \"$nope\""
    },
    {
      HEAD + "  - alert: a\n    expr: b\n    annotations: {a: '{{'}\n",
      "f:6:5: group \"g\", rule 1, \"a\": annotation \"a\": error parsing template __alert_a: template: __alert_a:1: unclosed action"
    },
    {
      HEAD + "  - alert: a\n    expr: b\n    for: 1x\n",
      "f:6:10: not a valid duration string: \"1x\""
    },
    {"groups: []\nother: 1\n", "f:2:1: field other not found in type rulefmt.RuleGroups"},
  };

  private static RuleFileReader reader(boolean utf8) {
    return new RuleFileReader(new FakeExpressions(), new RuleFileReader.Defaults(60_000, 0, utf8));
  }

  @TestFactory
  List<DynamicTest> errors() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String[] row : ERRORS) {
      tests.add(
          DynamicTest.dynamicTest(
              row[1],
              () -> {
                Problems problems = new Problems();
                reader(true).read("f", row[0], problems);
                assertThat(problems.errors().stream().map(Problem::toString))
                    .containsExactly(row[1]);
              }));
    }
    return tests;
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    Problems problems = new Problems();
    reader(true).read("f", HEAD + "  - expr: rate(hi)\n    for: x\n    foo: 1\n", problems);
    assertThat(problems.errors()).hasSize(4);
  }

  @Test
  void groupsAndRulesComeOut() {
    Problems problems = new Problems();
    String text =
        """
        groups:
        - name: a
          interval: 30s
          query_offset: 10s
          limit: 5
          labels: {team: x, severity: low}
          rules:
          - record: job:up
            expr: up
          - alert: Down
            expr: down
            for: 1m
            keep_firing_for: 2m
            labels: {severity: high}
            annotations: {summary: "{{ $value }}"}
        - name: b
          rules: []
        """;
    List<RuleGroup> groups = reader(true).read("f", text, problems);
    assertThat(problems.errors()).isEmpty();
    RuleGroup first = groups.getFirst();
    assertThat(first.intervalMs()).isEqualTo(30_000);
    assertThat(first.queryOffsetMs()).isEqualTo(10_000);
    assertThat(first.limit()).isEqualTo(5);
    assertThat(first.rules().get(0).labels()).containsOnlyKeys("team", "severity");
    Rule.Alerting down = (Rule.Alerting) first.rules().get(1);
    assertThat(down.labels()).containsEntry("severity", "high").containsEntry("team", "x");
    assertThat(down.forMs()).isEqualTo(60_000);
    assertThat(down.keepFiringForMs()).isEqualTo(120_000);
    assertThat(groups.get(1).intervalMs()).isEqualTo(60_000);
  }

  @Test
  void lintFindsShortRangesAndDuplicates() {
    Problems problems = new Problems();
    String text =
        HEAD
            + "  - {record: a, expr: 'rate(x[31s])'}\n"
            + "  - {record: b, expr: 'rate(x[32s])'}\n"
            + "  - {record: b, expr: 'y'}\n";
    List<RuleGroup> groups = reader(true).read("f", text, problems);
    assertThat(RuleLint.warnings(groups, Features.standard(), 15_000))
        .containsExactly(
            "group g, rule a: the range of x[31s] is shorter than two scrape intervals and 2s (32s):"
                + " it may see nothing once when the leader changes",
            "2 rules are called b with labels {}");
  }

  private static Path shared(String path) {
    return Path.of(System.getProperty("trivigil.root", ".."), "../shared", path);
  }

  @TestFactory
  Stream<DynamicTest> conformance() throws IOException {
    assumeTrue(
        Files.isDirectory(shared("conformance/rules")),
        "the conformance data is not beside this checkout");
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("fixtures", "rulefmt")) {
      try (Stream<Path> found = Files.list(shared("conformance/rules/" + folder))) {
        found.sorted().forEach(files::add);
      }
    }
    files.add(shared("acceptance/pair/alerts.yml"));
    assertThat(files).hasSizeGreaterThan(25);
    return files.stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    String.valueOf(file.getFileName()), () -> checkConformance(file)));
  }

  private static void checkConformance(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    Problems problems = new Problems();
    RuleFileReader reader =
        new RuleFileReader(
            new PromqlExpressions(new Engine(EngineOptions.defaults()), () -> 0L),
            new RuleFileReader.Defaults(60_000, 0, !name.startsWith("legacy_")));
    List<RuleGroup> groups = reader.read(name, Files.readString(file), problems);
    if (name.endsWith(".bad.yaml") || name.equals("invalid_rules.yaml")) {
      assertThat(problems.errors()).isNotEmpty();
      return;
    }
    assertThat(problems.errors()).isEmpty();
    assertThat(groups).isNotEmpty();
    assertThat(problems.warnings()).hasSize(name.equals("rules_multi_doc.yaml") ? 1 : 0);
  }
}
