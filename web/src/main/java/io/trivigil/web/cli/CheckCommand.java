package io.trivigil.web.cli;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.config.ConfigException;
import io.trivigil.config.Problem;
import io.trivigil.config.Problems;
import io.trivigil.node.ConfigLoader;
import io.trivigil.node.LoadedConfig;
import io.trivigil.node.LocalFiles;
import io.trivigil.promql.Features;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.rules.file.RuleFileReader;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.PromqlExpressions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil check config|rules|alertmanager FILE…`; exit code 1 if a file does not load.
@Command(
    name = "trivigil check",
    mixinStandardHelpOptions = true,
    description = "Checks configuration files: everything that is wrong, with its place.")
final class CheckCommand implements Callable<Integer> {
  @Option(names = "--enable-feature", split = ",", description = "PromQL features.")
  private List<String> features = new ArrayList<>();

  @Parameters(index = "0", paramLabel = "config|rules|alertmanager")
  private String what = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE")
  private List<String> files = new ArrayList<>();

  /// Loads a file and says in a line what it holds.
  @FunctionalInterface
  private interface Loader {
    Loaded load(String file) throws ConfigException, IOException;
  }

  private record Loaded(String summary, List<Problem> warnings) {}

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() {
    Loader loader =
        switch (what) {
          case "config" -> this::config;
          case "rules" -> this::rules;
          case "alertmanager" -> CheckCommand::alertmanager;
          default ->
              throw new UsageException("check wants config, rules or alertmanager, not " + what);
        };
    int code = 0;
    for (String file : files) {
      System.out.println("Checking " + file);
      try {
        Loaded loaded = loader.load(file);
        loaded.warnings().forEach(warning -> System.out.println("  WARNING: " + warning));
        System.out.println("  SUCCESS: " + loaded.summary());
      } catch (ConfigException e) {
        e.problems().forEach(problem -> System.err.println("  FAILED: " + problem));
        code = 1;
      } catch (IOException e) {
        System.err.println("  FAILED: " + e);
        code = 1;
      }
    }
    return code;
  }

  private PromqlExpressions expressions() {
    Features set = Features.of(features, new ArrayList<>());
    Engine engine = new Engine(EngineOptions.defaults().withFeatures(set));
    return new PromqlExpressions(() -> engine, System::nanoTime);
  }

  private Loaded config(String file) throws ConfigException {
    LoadedConfig loaded =
        new ConfigLoader(expressions())
            .load(new LocalFiles(System.getenv()), file, Optional.empty());
    int rules = loaded.groups().stream().mapToInt(group -> group.rules().size()).sum();
    return new Loaded(
        "%d jobs, %d rule groups, %d rules"
            .formatted(loaded.prometheus().jobs().size(), loaded.groups().size(), rules),
        loaded.warnings());
  }

  private Loaded rules(String file) throws ConfigException, IOException {
    Problems problems = new Problems();
    List<RuleGroup> groups =
        new RuleFileReader(
                expressions(),
                new RuleFileReader.Defaults(Duration.ofMinutes(1).toMillis(), 0, true))
            .read(file, Files.readString(Path.of(file)), problems);
    problems.throwIfAny();
    int rules = groups.stream().mapToInt(group -> group.rules().size()).sum();
    return new Loaded("%d rules found".formatted(rules), problems.warnings());
  }

  private static Loaded alertmanager(String file) throws ConfigException, IOException {
    Path folder = Optional.ofNullable(Path.of(file).getParent()).orElse(Path.of("."));
    AlertmanagerConfig config =
        AlertmanagerConfig.parse(file, Files.readString(Path.of(file)), folder);
    return new Loaded(
        "%d receivers, %d routes, %d inhibit rules"
            .formatted(
                config.receivers().size(),
                config.route().all().size(),
                config.inhibitRules().size()),
        config.warnings());
  }
}
