package io.trivigil.web.cli;

import io.trivigil.config.ConfigException;
import io.trivigil.config.Problems;
import io.trivigil.node.LocalFiles;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.file.RuleFileReader;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.PromqlExpressions;
import io.trivigil.rules.unit.RuleTestFile;
import io.trivigil.rules.unit.RuleTestReader;
import io.trivigil.rules.unit.RuleTestRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// `trivigil test rules`: promtool's unit tests of rules.
final class RuleTests {
  private RuleTests() {}

  /// Runs one file and says what is wrong; nothing if all is well.
  ///
  /// @param wanted whether the tests of a group of this name are run
  /// @throws ConfigException if the test or its rule files do not load
  static List<String> run(Path file, Predicate<String> wanted) throws ConfigException, IOException {
    Problems problems = new Problems();
    RuleTestFile test = RuleTestReader.read(file.toString(), Files.readString(file), problems);
    problems.throwIfAny();
    Engine engine = new Engine(EngineOptions.defaults());
    PromqlExpressions expressions = new PromqlExpressions(() -> engine, System::nanoTime);
    RuleFileReader reader =
        new RuleFileReader(
            expressions, new RuleFileReader.Defaults(test.evaluationIntervalMs(), 0, true));
    LocalFiles files = new LocalFiles(System.getenv());
    List<RuleGroup> groups = new ArrayList<>();
    for (String pattern : test.ruleFiles()) {
      List<String> found = files.glob(file.resolveSibling(pattern).toString());
      if (found.isEmpty()) {
        return List.of("no rule file matches " + pattern);
      }
      for (String path : found) {
        groups.addAll(reader.read(path, Files.readString(Path.of(path)), problems));
      }
    }
    problems.throwIfAny();
    return new RuleTestRunner(test, groups, EngineOptions.defaults()).run(wanted);
  }
}
