package io.trivigil.rules.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivigil.config.Problems;
import io.trivigil.promql.Features;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.file.RuleFileReader;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.PromqlExpressions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Rule unit tests: those of upstream pass and fail as upstream says.
class RuleTestRunnerTest {
  private static final EngineOptions OPTIONS = EngineOptions.defaults();

  private static Path folder() {
    return Path.of(
        System.getProperty("trivigil.root", ".."), "../shared/conformance/rules/promtool");
  }

  /// Everything that is wrong with one file, in reading or in running.
  private static List<String> run(String name, Predicate<String> names) throws IOException {
    Problems problems = new Problems();
    RuleTestFile file =
        RuleTestReader.read(name, Files.readString(folder().resolve(name)), problems);
    RuleFileReader reader =
        new RuleFileReader(
            new PromqlExpressions(new Engine(OPTIONS), () -> 0L),
            new RuleFileReader.Defaults(file.evaluationIntervalMs(), 0, true));
    List<RuleGroup> groups = new ArrayList<>();
    for (String rules : file.ruleFiles()) {
      groups.addAll(reader.read(rules, Files.readString(folder().resolve(rules)), problems));
    }
    if (!problems.isEmpty()) {
      return problems.errors().stream().map(Object::toString).toList();
    }
    return new RuleTestRunner(file, groups, OPTIONS).run(names);
  }

  @TestFactory
  List<DynamicTest> upstreamsFiles() {
    assumeTrue(Files.isDirectory(folder()), "the conformance data is not beside this checkout");
    List<DynamicTest> tests = new ArrayList<>();
    for (String good :
        List.of(
            "unittest.yml",
            "long-period.yml",
            "no-test-group-interval.yml",
            "start-time-test.yml",
            "at-modifier-test.yml",
            "negative-offset-test.yml")) {
      tests.add(DynamicTest.dynamicTest(good, () -> assertThat(run(good, _ -> true)).isEmpty()));
    }
    for (String partly : List.of("rules_run_fuzzy.yml", "rules_run.yml")) {
      tests.add(
          DynamicTest.dynamicTest(
              partly,
              () -> {
                assertThat(run(partly, name -> name.contains("correct"))).isEmpty();
                assertThat(run(partly, name -> name.contains("wrong"))).isNotEmpty();
              }));
    }
    for (String bad :
        List.of(
            "rules_run_no_fuzzy.yml",
            "bad-input-series.yml",
            "bad-promql.yml",
            "bad-rules-syntax-test.yml",
            "bad-rules-error-test.yml",
            "failing.yml")) {
      tests.add(DynamicTest.dynamicTest(bad, () -> assertThat(run(bad, _ -> true)).isNotEmpty()));
    }
    return tests;
  }

  @Test
  void aFailureSaysWhatWasExpectedAndWhatCame() throws IOException {
    assumeTrue(Files.isDirectory(folder()), "the conformance data is not beside this checkout");
    List<String> failures = run("failing.yml", _ -> true);
    assertThat(failures)
        .contains(
            "name: Failing test, expr: \"test\", time: 0s,"
                + " exp:[{__name__=\"test\"} 1e+00], got:[{__name__=\"test\"} 0e+00]")
        .anyMatch(
            failure -> failure.startsWith("name: Failing alert test, alertname: AlwaysFiring"));
  }

  @Test
  void featureFilesNeedTheirFeatures() throws IOException {
    assumeTrue(Files.isDirectory(folder()), "the conformance data is not beside this checkout");
    String text = Files.readString(folder().resolve("features.yml"));
    for (boolean all : new boolean[] {true, false}) {
      EngineOptions options = OPTIONS.withFeatures(all ? Features.all() : Features.standard());
      Problems problems = new Problems();
      new RuleFileReader(
              new PromqlExpressions(new Engine(options), () -> 0L),
              new RuleFileReader.Defaults(60_000, 0, true))
          .read("features.yml", text, problems);
      assertThat(problems.isEmpty()).isEqualTo(all);
    }
  }
}
