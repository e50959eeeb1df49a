package io.trivigil.web.drill;

import io.trivigil.dashboards.report.DrillReport;
import io.trivigil.dashboards.report.DrillReport.Write;
import io.trivigil.web.json.JsonException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs a plan against a cluster: one step at a time, the next only after the cluster is well
/// again. What was stopped goes on in any case. Belongs to one thread.
public final class Drill {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration RECOVERY = Duration.ofMinutes(2);
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration TAKES_EFFECT = Duration.ofSeconds(10);
  private static final int NO_CONTENT = 204;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int TRIES = 5;

  private final Nodes nodes;
  private final LocalProcesses processes;
  private final Duration pause;
  private final InstantSource clock;
  private final Consumer<String> says;
  private final CountDownLatch never = new CountDownLatch(1);

  /// @param pause how long a stopped process stands still
  /// @param says is told what happens
  public Drill(
      Nodes nodes,
      LocalProcesses processes,
      Duration pause,
      InstantSource clock,
      Consumer<String> says) {
    this.nodes = nodes;
    this.processes = processes;
    this.pause = pause;
    this.clock = clock;
    this.says = says;
  }

  /// What speaks against beginning now.
  public List<String> problems(List<Step> plan) throws InterruptedException {
    List<String> problems = new ArrayList<>(Health.problems(nodes.look()));
    if (plan.stream().anyMatch(step -> step.kind().local())) {
      for (String id : nodes.ids()) {
        try {
          processes.pid(id);
        } catch (IOException e) {
          problems.add("the process of %s is not known: %s".formatted(id, e.getMessage()));
        }
      }
    }
    return problems;
  }

  /// Who leads, as the first node that knows says; empty if none does.
  public String leader() throws InterruptedException {
    for (Health.Sight sight : nodes.look()) {
      if (!sight.leader().isEmpty()) {
        return sight.leader();
      }
    }
    return "";
  }

  /// Runs the plan, and reports whatever came of it.
  public DrillReport run(String cluster, List<Step> plan) throws IOException, InterruptedException {
    long startMs = clock.millis();
    Map<String, String> firing = nodes.firing(nodes.ids().getFirst());
    List<DrillReport.Step> done = new ArrayList<>();
    String aborted;
    String run = Long.toString(startMs);
    Probe probe = new Probe(nodes, clock, run);
    int taken = probe.tryOnce();
    switch (taken) {
      case NO_CONTENT -> probe.start();
      case NOT_FOUND ->
          says.accept(
              "samples are not taken (--web.enable-remote-write-receiver): RTO is told by scrapes,"
                  + " RPO not at all");
      default -> throw new IOException("a sample was refused with status " + taken);
    }
    try {
      aborted = steps(plan, probe, done);
    } finally {
      probe.stop();
    }
    Seen seen = new Seen(cluster, startMs, run, probe.writes(), firing);
    return report(seen, done, aborted);
  }

  /// Returns why it was given up; empty if it went to its end.
  private String steps(List<Step> plan, Probe probe, List<DrillReport.Step> done)
      throws IOException, InterruptedException {
    rest(CALM);
    for (Step step : plan) {
      List<String> problems = problems(plan);
      if (!problems.isEmpty()) {
        return String.join("; ", problems);
      }
      try {
        done.add(step(step, probe));
      } catch (IOException e) {
        return "%s: %s".formatted(step.says(), e.getMessage());
      }
      if (done.getLast().recoveredMs() < 0) {
        return "the cluster did not recover from: " + step.says();
      }
      rest(CALM);
    }
    return "";
  }

  private DrillReport.Step step(Step step, Probe probe) throws IOException, InterruptedException {
    String before = leader();
    String node = step.kind() == Step.Kind.TRANSFER ? step.to() : before;
    says.accept("%s (leader: %s)".formatted(step.says(), before));
    long faultMs = clock.millis();
    long healMs = faultMs;
    switch (step.kind()) {
      case TRANSFER -> expect(nodes.post(before, "/api/v1/admin/cluster/transfer", "to=" + node));
      case RESTART -> expect(nodes.post(node, "/-/quit", ""));
      case KILL -> LocalProcesses.signal(processes.pid(node), "KILL");
      case PAUSE -> {
        long pid = processes.pid(node);
        Thread mend = new Thread(() -> goOn(pid), "drill-mend");
        Runtime.getRuntime().addShutdownHook(mend);
        try {
          LocalProcesses.signal(pid, "STOP");
          rest(pause);
        } finally {
          goOn(pid);
          Runtime.getRuntime().removeShutdownHook(mend);
        }
        healMs = clock.millis();
      }
    }
    awaitEffect(step, node, before);
    boolean well = awaitWell();
    long recoveredMs = well ? clock.millis() - faultMs : -1;
    long rtoMs = Measure.rtoMs(faultMs, probe.writes());
    String leaders = before + " → " + leader();
    says.accept(
        "  %sall well after %d ms%s, %s"
            .formatted(
                rtoMs < 0 ? "" : "RTO %d ms, ".formatted(rtoMs),
                recoveredMs,
                healMs == faultMs ? "" : " (%d ms of that held)".formatted(healMs - faultMs),
                leaders));
    return new DrillReport.Step(step.kind().text(), node, faultMs, rtoMs, recoveredMs, leaders);
  }

  private void goOn(long pid) {
    try {
      LocalProcesses.signal(pid, "CONT");
    } catch (IOException e) {
      says.accept("could not be let go on: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void expect(int status) throws IOException {
    if (status != OK) {
      throw new IOException(
          "the node refused with status %d: it wants --web.enable-lifecycle".formatted(status));
    }
  }

  /// A process that was asked to quit, or killed, still answers for a moment, or looks alive.
  private void awaitEffect(Step step, String node, String before) throws InterruptedException {
    long untilMs = clock.millis() + TAKES_EFFECT.toMillis();
    boolean seen = false;
    while (!seen && clock.millis() < untilMs) {
      rest(POLL);
      seen =
          step.kind() == Step.Kind.TRANSFER
              ? node.equals(before) || leader().equals(node)
              : nodes.look(node).term() < 0 || !leader().equals(before);
    }
  }

  private boolean awaitWell() throws InterruptedException {
    long untilMs = clock.millis() + RECOVERY.toMillis();
    while (clock.millis() < untilMs) {
      if (Health.problems(nodes.look()).isEmpty()) {
        return true;
      }
      rest(POLL);
    }
    return false;
  }

  private void rest(Duration length) throws InterruptedException {
    var _ = never.await(length.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// What was noted while the drill went on.
  private record Seen(
      String cluster, long startMs, String run, List<Write> writes, Map<String, String> firing) {}

  /// A question to the cluster.
  private interface Question<T> {
    T ask() throws IOException, InterruptedException;
  }

  /// Asks again a few times; what stays without an answer is noted, so that the rest is reported.
  private <T> Optional<T> answer(String what, List<String> unknown, Question<T> question)
      throws InterruptedException {
    String why = "";
    for (int i = 0; i < TRIES; i++) {
      try {
        return Optional.of(question.ask());
      } catch (IOException | JsonException e) {
        why = e.toString();
        rest(Duration.ofSeconds(1));
      }
    }
    unknown.add("%s is not known: %s".formatted(what, why));
    return Optional.empty();
  }

  private DrillReport report(Seen seen, List<DrillReport.Step> done, String aborted)
      throws InterruptedException {
    long endMs = clock.millis();
    List<String> unknown = new ArrayList<>();
    if (!aborted.isEmpty()) {
      unknown.add(aborted);
    }
    String window = "[%dms]".formatted(endMs - seen.startMs() + 1_000);
    Map<String, Set<Long>> stored = new HashMap<>();
    for (String id : nodes.ids()) {
      if (!nodes.look(id).ready()) {
        // It has not lost what it has not got yet.
        unknown.add("what " + id + " holds is not known: it has not caught up");
        continue;
      }
      String selector = "%s{run=\"%s\"}%s".formatted(Probe.METRIC, seen.run(), window);
      answer("what " + id + " holds", unknown, () -> nodes.times(id, selector, endMs))
          .ifPresent(
              all -> {
                Set<Long> times = new HashSet<>();
                all.values().forEach(times::addAll);
                stored.put(id, times);
              });
    }
    String first = nodes.ids().getFirst();
    Map<String, List<Long>> up =
        answer("when was scraped", unknown, () -> nodes.times(first, "up" + window, endMs))
            .orElse(Map.of());
    Measure.Hole hole = Measure.longest(up, endMs);
    List<String> breaks =
        answer("what fires", unknown, () -> nodes.firing(first))
            .map(after -> Measure.breaks(seen.firing(), after))
            .orElse(List.of());
    List<DrillReport.Step> steps =
        seen.writes().isEmpty()
            ? done.stream()
                .map(step -> step.withRto(Measure.scrapedMs(step.faultMs(), up)))
                .toList()
            : done;
    return new DrillReport(
        seen.cluster(),
        seen.startMs(),
        endMs,
        steps,
        seen.writes().stream().filter(write -> write.tookMs() >= 0).count(),
        Measure.lost(seen.writes(), stored),
        hole.lengthMs(),
        hole.series(),
        breaks,
        seen.writes(),
        String.join("; ", unknown));
  }

  /// The kinds that were asked for, in words.
  public static String kinds(Set<Step.Kind> kinds) {
    return String.join(", ", new TreeSet<>(kinds).stream().map(Step.Kind::text).toList());
  }
}
