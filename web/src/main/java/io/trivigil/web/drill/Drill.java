package io.trivigil.web.drill;

import io.trivigil.dashboards.report.DrillReport;
import io.trivigil.dashboards.report.DrillReport.Write;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    if (taken != NO_CONTENT) {
      throw new IOException(
          "samples are not taken, status %d: a drill wants --web.enable-remote-write-receiver"
              .formatted(taken));
    }
    probe.start();
    try {
      aborted = steps(plan, probe, done);
    } finally {
      probe.stop();
    }
    List<Write> writes = probe.writes();
    return report(cluster, startMs, firing, done, writes, run, aborted);
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
        "  RTO %d ms, all well after %d ms (%d ms of that held), %s"
            .formatted(rtoMs, recoveredMs, healMs - faultMs, leaders));
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

  private DrillReport report(
      String cluster,
      long startMs,
      Map<String, String> firing,
      List<DrillReport.Step> done,
      List<Write> writes,
      String run,
      String aborted)
      throws IOException, InterruptedException {
    long endMs = clock.millis();
    String window = "[%dms]".formatted(endMs - startMs + 1_000);
    Map<String, Set<Long>> stored = new HashMap<>();
    for (String id : nodes.ids()) {
      Set<Long> times = new HashSet<>();
      String selector = "%s{run=\"%s\"}%s".formatted(Probe.METRIC, run, window);
      nodes.times(id, selector, endMs).values().forEach(times::addAll);
      stored.put(id, times);
    }
    Measure.Hole hole =
        Measure.longest(nodes.times(nodes.ids().getFirst(), "up" + window, endMs), endMs);
    Map<String, String> after = nodes.firing(nodes.ids().getFirst());
    return new DrillReport(
        cluster,
        startMs,
        endMs,
        done,
        writes.stream().filter(write -> write.tookMs() >= 0).count(),
        Measure.lost(writes, stored),
        hole.lengthMs(),
        hole.series(),
        Measure.breaks(firing, after),
        writes,
        aborted);
  }

  /// The kinds that were asked for, in words.
  public static String kinds(Set<Step.Kind> kinds) {
    return String.join(", ", new TreeSet<>(kinds).stream().map(Step.Kind::text).toList());
  }
}
