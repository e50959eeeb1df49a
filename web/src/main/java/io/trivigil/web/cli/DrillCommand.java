package io.trivigil.web.cli;

import io.trivigil.dashboards.report.DrillReport;
import io.trivigil.model.PromDuration;
import io.trivigil.web.drill.Drill;
import io.trivigil.web.drill.LocalProcesses;
import io.trivigil.web.drill.Nodes;
import io.trivigil.web.drill.ReportFiles;
import io.trivigil.web.drill.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `trivigil drill`: tries a running cluster, and measures what was kept.
@Command(
    name = "trivigil drill",
    mixinStandardHelpOptions = true,
    description = {
      "Does to a running cluster what may happen any night, and measures RTO and RPO.",
      "Exit code 0: passed; 1: not passed, or it could not begin; 2: asked wrongly."
    })
final class DrillCommand implements Callable<Integer> {
  @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
  private String url = "";

  @Option(
      names = "--steps",
      split = ",",
      defaultValue = "transfer",
      description = "transfer, restart, pause, kill; default: transfer.")
  private Set<String> steps = Set.of();

  @Option(
      names = "--dir",
      description = "The directory of `trivigil up` on this machine; for pause and kill.")
  private @Nullable Path directory;

  @Option(names = "--pause", defaultValue = "5s", description = "How long a pause lasts.")
  private String pause = "";

  @Option(names = "--report", defaultValue = "drill", description = "Directory of the report.")
  private Path report = Path.of("drill");

  @Option(names = "--cluster", defaultValue = "trivigil", description = "Its name in the report.")
  private String cluster = "";

  @Option(names = "--dry-run", description = "Prints the plan, and does nothing.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Does not ask.")
  private boolean yes;

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    Set<Step.Kind> kinds = kinds(steps);
    try {
      Drill drill =
          new Drill(
              Nodes.of(url),
              new LocalProcesses(Optional.ofNullable(directory)),
              PromDuration.parse(pause),
              InstantSource.system(),
              System.out::println);
      List<Step> plan = Step.plan(kinds, drill.leader(), Nodes.of(url).ids());
      for (int i = 0; i < plan.size(); i++) {
        System.out.printf("%d. %s%n", i + 1, plan.get(i).says());
      }
      List<String> problems = drill.problems(plan);
      if (!problems.isEmpty()) {
        problems.forEach(problem -> System.err.println("trivigil drill: not now: " + problem));
        return 1;
      }
      if (dryRun || !agreed()) {
        System.out.println("nothing was done");
        return 0;
      }
      DrillReport result = drill.run(cluster, plan);
      ReportFiles.write(result, report);
      System.out.printf(
          "%s: longest RTO %s, %s, longest hole %s; see %s%n",
          result.passed() ? "passed" : "not passed",
          result.worstRto(),
          result.probed()
              ? "%d of %d acknowledged samples lost".formatted(result.lost(), result.acknowledged())
              : "RPO not measured",
          result.longestHole(),
          report.resolve("drill.html"));
      if (!result.aborted().isEmpty()) {
        System.err.println("trivigil drill: given up, or not measured: " + result.aborted());
      }
      return result.passed() ? 0 : 1;
    } catch (IOException e) {
      System.err.println("trivigil drill: " + e);
      return 1;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--pause or --url: " + e.getMessage());
    }
  }

  private static Set<Step.Kind> kinds(Set<String> names) {
    Set<Step.Kind> kinds = EnumSet.noneOf(Step.Kind.class);
    for (String name : names) {
      Optional<Step.Kind> kind =
          EnumSet.allOf(Step.Kind.class).stream().filter(k -> k.text().equals(name)).findFirst();
      kinds.add(
          kind.orElseThrow(
              () ->
                  new UsageException(
                      "--steps wants some of %s, not %s"
                          .formatted(Drill.kinds(EnumSet.allOf(Step.Kind.class)), name))));
    }
    return kinds;
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private boolean agreed() {
    if (yes) {
      return true;
    }
    System.out.print("Begin? Type yes: ");
    System.out.flush();
    Scanner in = new Scanner(System.in, java.nio.charset.StandardCharsets.UTF_8);
    return in.hasNextLine() && in.nextLine().strip().equals("yes");
  }
}
