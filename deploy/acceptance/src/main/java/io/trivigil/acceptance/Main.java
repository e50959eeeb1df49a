package io.trivigil.acceptance;

import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/// Runs the scenarios and prints what was measured. See `deploy/acceptance/run`.
public final class Main {
  private static final int RUNS = 10;
  private static final int SHORT_RUNS = 2;

  /// Failing open takes over a minute, and on a machine that is too slow to keep a quorum together
  /// it measures the machine.
  private static final List<String> BRIEF = List.of("failover", "crash", "membership");

  private static final List<String> ALL = List.of("failover", "crash", "failopen", "membership");

  private Main() {}

  public static void main(String[] arguments) throws IOException {
    List<String> given = Arrays.asList(arguments);
    boolean brief = given.contains("--short");
    int runs =
        given.contains("--runs")
            ? Integer.parseInt(given.get(given.indexOf("--runs") + 1))
            : brief ? SHORT_RUNS : RUNS;
    Set<String> only =
        new TreeSet<>(
            given.contains("--only")
                ? List.of(given.get(given.indexOf("--only") + 1).split(","))
                : brief ? BRIEF : ALL);
    Path root = Path.of(System.getProperty("root", ".")).toAbsolutePath();
    Path here = Path.of(System.getProperty("here", ".")).toAbsolutePath();
    Path directory =
        given.contains("--keep")
            ? Files.createDirectories(
                Path.of(given.get(given.indexOf("--keep") + 1)).toAbsolutePath())
            : Files.createTempDirectory("trivigil-acceptance");
    Report report = new Report();
    System.out.println("files and logs of this run: " + directory);
    run(root, here, directory, runs, brief, only, report);
    System.exit(report.finish());
  }

  private static void run(
      Path root,
      Path here,
      Path directory,
      int runs,
      boolean brief,
      Set<String> only,
      Report report)
      throws IOException {
    try (Lab lab = new Lab(directory, here)) {
      if (brief) {
        lab.stalls().start();
      }
      int[] http = Lab.freePorts(3);
      Path config = directory.resolve("config");
      PairFiles files = new PairFiles(root.resolve("../shared/acceptance/pair"), config);
      files.write(
          lab.ports(),
          Timing.RUN,
          Arrays.stream(http).mapToObj(port -> "127.0.0.1:" + port).toList());
      report.title("differences from the operator's files");
      files.differences().forEach(difference -> report.figure("%s", difference));
      try (Cluster cluster = new Cluster(root, directory, config, http)) {
        report.title("start");
        long startMs = Wait.nowMs();
        cluster.start();
        boolean ready = cluster.awaitReady(Duration.ofMinutes(2));
        report.check(ready, "three nodes are ready after %d ms", Wait.nowMs() - startMs);
        if (ready) {
          scenarios(cluster, lab, directory, config, runs, brief, only, report);
        } else {
          for (Cluster.Node node : cluster.nodes()) {
            System.out.println(node.id() + ":\n" + cluster.tail(node));
          }
        }
      }
    }
  }

  private static void scenarios(
      Cluster cluster,
      Lab lab,
      Path directory,
      Path config,
      int runs,
      boolean brief,
      Set<String> only,
      Report report)
      throws IOException {
    if (only.contains("failover")) {
      Failover failover = new Failover(lab, cluster, Timing.RUN, report);
      List<Failover.Figures> figures = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        report.title("failover, run %d of %d".formatted(run + 1, runs));
        failover.run(run % 2 == 0).ifPresent(figures::add);
      }
      report.title("failover, all runs");
      report.check(figures.size() == runs, "%d of %d runs were complete", figures.size(), runs);
      summary(report, "kill to active", figures, Failover.Figures::killToActiveMs);
      summary(report, "active to webhook", figures, Failover.Figures::activeToWebhookMs);
      summary(report, "active to mail", figures, Failover.Figures::activeToMailMs);
      summary(report, "longest hole", figures, Failover.Figures::longestHoleMs);
    }
    if (only.contains("crash")) {
      report.title("all three killed under load");
      new Crash(cluster, report).run(1);
    }
    if (only.contains("failopen")) {
      report.title("two of three are away: the survivor fails open");
      new FailOpenNight(lab, cluster, Timing.RUN, report, brief).run();
    }
    if (only.contains("membership")) {
      report.title("membership");
      Membership membership = new Membership(cluster, report);
      membership.blankNodeRejoins();
      membership.strangerIsRefused(directory, config);
    }
  }

  private static void summary(
      Report report,
      String what,
      List<Failover.Figures> figures,
      ToLongFunction<Failover.Figures> figure) {
    long[] sorted = figures.stream().mapToLong(figure).sorted().toArray();
    if (sorted.length > 0) {
      report.figure(
          "%-18s min %.2f s, median %.2f s, max %.2f s",
          what,
          sorted[0] / 1000.0,
          sorted[sorted.length / 2] / 1000.0,
          sorted[sorted.length - 1] / 1000.0);
    }
  }
}
