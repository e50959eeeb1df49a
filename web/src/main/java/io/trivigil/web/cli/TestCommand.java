package io.trivigil.web.cli;

import io.trivigil.config.ConfigException;
import io.trivigil.promql.script.ScriptRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil test promql|rules FILE…`; exit code 1 if anything failed.
@Command(
    name = "trivigil test",
    mixinStandardHelpOptions = true,
    description = "Runs PromQL scripts, or unit tests of rules.")
final class TestCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "promql|rules")
  private String what = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--run",
      paramLabel = "REGEX",
      description = "Only test groups whose name this matches somewhere; may be repeated.")
  private List<String> run = new ArrayList<>();

  @Override
  public Integer call() {
    return switch (what) {
      case "promql" -> promql();
      case "rules" -> rules();
      default -> throw new UsageException("test wants promql or rules, not " + what);
    };
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private int rules() {
    int code = 0;
    Predicate<String> wanted = wanted();
    for (Path file : files) {
      System.out.println("Unit Testing:  " + file);
      try {
        List<String> failures = RuleTests.run(file, wanted);
        failures.forEach(failure -> System.out.println("    " + failure));
        System.out.println(failures.isEmpty() ? "  SUCCESS" : "  FAILED");
        code = failures.isEmpty() ? code : 1;
      } catch (IOException | ConfigException e) {
        System.out.println("  FAILED: " + e.getMessage());
        code = 1;
      }
    }
    return code;
  }

  // java.util.regex: its user wrote it, and waits for nobody else.
  private Predicate<String> wanted() {
    try {
      return run.isEmpty() ? _ -> true : Pattern.compile(String.join("|", run)).asPredicate();
    } catch (PatternSyntaxException e) {
      throw new UsageException("--run: " + e.getMessage());
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private int promql() {
    int evaluations = 0;
    int failed = 0;
    for (Path file : files) {
      try {
        ScriptRunner.Report report = ScriptRunner.standard().run(Files.readString(file));
        evaluations += report.evaluations();
        failed += report.failures().size();
        report.failures().forEach(failure -> System.out.println(file + ": " + failure));
      } catch (IOException | IllegalArgumentException e) {
        System.out.println(file + ": " + e.getMessage());
        evaluations++;
        failed++;
      }
    }
    System.out.printf("%d evaluations, %d failed%n", evaluations, failed);
    return failed == 0 ? 0 : 1;
  }
}
