package io.trivigil.alertmanager.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.AttemptFinished;
import io.trivigil.alertmanager.state.Command.AttemptPlan;
import io.trivigil.alertmanager.state.Command.AttemptsStarted;
import io.trivigil.alertmanager.state.Command.Flush;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.config.ConfigException;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Alerts come and go, receivers fail, leaders change and die; whatever the seed, each notification
/// is decided once and delivered, and twice only where nobody could know.
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("trivigil.seeds", 150);
  private static final long REPEAT_MS = 180_000;
  private static final String CONFIG =
      """
      route:
        receiver: both
        group_by: [team]
        group_wait: 5s
        group_interval: 20s
        repeat_interval: 3m
        routes:
          - matchers: ['severity="page"']
            receiver: pager
            group_by: [team, severity]
            continue: true
          - receiver: both
      receivers:
        - name: both
          webhook_configs:
            - url: http://a.example/
            - url: http://b.example/
              send_resolved: false
        - name: pager
          webhook_configs:
            - url: http://c.example/
      """;

  private final AlertmanagerConfig config;

  SimulationTest() throws ConfigException {
    config = AlertmanagerConfig.parse("am.yml", CONFIG, Path.of("/"));
  }

  @Test
  void everyNotificationIsDecidedOnceAndArrives() {
    List<String> failures = new ArrayList<>();
    long requests = 0;
    long repeated = 0;
    for (int seed = 0; seed < SEEDS && failures.isEmpty(); seed++) {
      Run run = new Run(seed, false);
      failures.addAll(run.problems());
      requests += run.world.requests.size();
      repeated += run.repeated;
    }
    assertThat(failures).isEmpty();
    assertThat(requests).isGreaterThan(SEEDS * 20L);
    assertThat(repeated).as("notifications of unknown outcome sent again").isGreaterThan(0);
  }

  /// The check of the check: a machine that does not look at versions is found out.
  @Test
  void withoutTheFenceSomethingIsDecidedTwice() {
    int found = 0;
    for (int seed = 0; seed < 40 && found == 0; seed++) {
      found += new Run(seed, true).problems().isEmpty() ? 0 : 1;
    }
    assertThat(found).isPositive();
  }

  /// One simulated quarter of an hour.
  private final class Run {
    private final long seed;
    private final World world;
    private final List<String> problems = new ArrayList<>();
    private final Map<Labels, Boolean> firing = new HashMap<>();
    private boolean faulty = true;
    private final boolean lossyLog;
    private int repeated;

    Run(long seed, boolean unfenced) {
      this.seed = seed;
      this.lossyLog = seed % 2 == 0;
      this.world = new World(seed, config, DispatchSettings.DEFAULT);
      if (unfenced) {
        world.onCommit = this::unfence;
      }
      for (int i = 0; i < 6; i++) {
        firing.put(
            Labels.of(
                "alertname",
                "A" + i,
                "team",
                i % 2 == 0 ? "x" : "y",
                "severity",
                i < 2 ? "page" : "low"),
            false);
      }
    }

    /// Runs, and returns what was wrong.
    List<String> problems() {
      world.faults[0] = new World.Faults(lossyLog ? 8 : 0, 25, 300);
      world.nodes.forEach(node -> node.skewMs = world.random.nextLong(-300, 301));
      world.lead(world.nodes.getFirst(), 0);
      everySecond();
      world.run(Duration.ofMinutes(12));
      faulty = false;
      world.faults[0] = World.Faults.NONE;
      world.nodes.stream().filter(n -> n.dead).forEach(n -> n.revive(true));
      world.lead(world.nodes.get(1), 0);
      world.run(Duration.ofMinutes(4));
      check();
      return problems;
    }

    private void everySecond() {
      world.at(
          1_000,
          () -> {
            if (faulty) {
              chaos();
            }
            if ((world.nowMs / 1_000) % 5 == 0) {
              ruleRun();
            }
            everySecond();
          });
    }

    private void chaos() {
      if (world.chance(4)) {
        World.Node next = world.nodes.get(world.random.nextInt(3));
        if (!next.dead && next != world.leader) {
          World.Node old = world.leader;
          world.lead(next, world.random.nextLong(3_000));
          if (old != null && world.chance(50)) {
            old.die();
          }
        }
      }
      for (World.Node node : world.nodes) {
        if (node.dead && node != world.leader && world.chance(15)) {
          node.revive(world.chance(50));
        }
      }
      if (world.chance(6)) {
        List<Labels> all = firing.keySet().stream().sorted().toList();
        Labels one = all.get(world.random.nextInt(all.size()));
        boolean begins = !Boolean.TRUE.equals(firing.get(one));
        firing.put(one, begins);
        if (begins) {
          begun.remove(one);
        } else {
          ended.put(one, world.nowMs);
        }
      }
    }

    private final Map<Labels, Long> ended = new HashMap<>();
    private final Map<Labels, Long> begun = new HashMap<>();

    /// As rules do: what fires is said again at each run, what ended for a while.
    private void ruleRun() {
      List<AlertUpdate> updates = new ArrayList<>();
      long nowMs = world.nowMs;
      for (Labels labels : firing.keySet().stream().sorted().toList()) {
        if (Boolean.TRUE.equals(firing.get(labels))) {
          long startsMs = begun.computeIfAbsent(labels, _ -> nowMs);
          updates.add(new AlertUpdate(labels, Labels.EMPTY, startsMs, nowMs + 60_000, ""));
        } else if (begun.containsKey(labels)) {
          long endsMs = Math.max(begun.get(labels), ended.getOrDefault(labels, nowMs));
          updates.add(new AlertUpdate(labels, Labels.EMPTY, begun.get(labels), endsMs, ""));
          if (endsMs < nowMs - 60_000) {
            begun.remove(labels);
          }
        }
      }
      if (!updates.isEmpty()) {
        world.commit(AlertsReceived.of(updates));
      }
    }

    private Command unfence(Command command) {
      if (!(command instanceof AttemptsStarted(Flush flush, List<AttemptPlan> plans))
          || world.leader == null) {
        return command;
      }
      StateView state = world.leader.machine.view();
      List<AttemptPlan> open = new ArrayList<>();
      for (AttemptPlan p : plans) {
        open.add(
            new AttemptPlan(
                p.id(),
                p.destination(),
                state.logEntry(p.destination()).map(LogEntry::version).orElse(0L),
                p.payload(),
                p.firing(),
                p.resolved(),
                p.node(),
                p.term(),
                p.leaseUntilMs(),
                p.giveUpMs(),
                p.mode(),
                p.reason()));
      }
      long version = state.group(flush.groupKey()).map(g -> g.version()).orElse(0L);
      return new AttemptsStarted(
          new Flush(
              flush.groupKey(),
              version,
              flush.flushMs(),
              flush.decidedMs(),
              flush.seenRevision(),
              flush.nextFlushMs(),
              flush.complete(),
              flush.observed()),
          open);
    }

    private void problem(String text, Object... args) {
      problems.add("seed=%d: ".formatted(seed) + text.formatted(args));
    }

    private void check() {
      checkNodesAgree();
      checkBytesAndRepeats();
      checkDecidedOnce();
      checkEverythingWasTold();
    }

    private void checkNodesAgree() {
      var expected = world.nodes.getFirst();
      expected.applyUpTo(world.log.size());
      for (World.Node node : world.nodes) {
        node.applyUpTo(world.log.size());
        var a = expected.machine.sections();
        var b = node.machine.sections();
        boolean same = a.keySet().equals(b.keySet());
        for (String key : a.keySet()) {
          same &= java.util.Arrays.equals(a.get(key), b.get(key));
        }
        if (!same) {
          problem("state of %s and %s differ", expected.id, node.id);
        }
      }
    }

    /// One id, one text; and sent again only where the outcome was not known.
    private void checkBytesAndRepeats() {
      Map<String, World.Request> takenBefore = new HashMap<>();
      Map<String, World.Request> any = new HashMap<>();
      Map<String, World.Request> latest = new HashMap<>();
      for (World.Request request : world.requests) {
        Attempt attempt = request.attempt();
        World.Request earlier = any.putIfAbsent(attempt.id(), request);
        if (earlier != null && !earlier.attempt().payload().equals(attempt.payload())) {
          problem("attempt %s has two texts", attempt.id());
        }
        World.Request last = latest.put(attempt.id(), request);
        checkLease(last, request);
        World.Request taken = takenBefore.get(attempt.id());
        if (taken != null) {
          repeated++;
          boolean sameSender =
              taken.node().equals(request.node())
                  && taken.attempt().term() == attempt.term()
                  && taken.answered();
          if (sameSender && (!lossyLog || !faultyAt(taken.atMs()))) {
            problem("attempt %s was sent again by a sender that knew", attempt.id());
          }
        }
        if (request.taken()) {
          takenBefore.put(attempt.id(), request);
        }
      }
    }

    /// Nobody else sends while a lease holds, unless its holder said that the try had ended.
    private void checkLease(World.@Nullable Request before, World.Request now) {
      if (before == null || before.node().equals(now.node())) {
        return;
      }
      boolean ended =
          world.log.stream()
              .map(CommandCodec::decode)
              .anyMatch(
                  c ->
                      c instanceof AttemptFinished finished
                          && finished.id().equals(before.attempt().id())
                          && finished.tryNo() == before.attempt().tryNo());
      if (!ended && now.atMs() < before.attempt().leaseUntilMs() - 300) {
        problem("two nodes sent attempt %s within one lease", now.attempt().id());
      }
    }

    private boolean faultyAt(long atMs) {
      return atMs < World.START_MS + Duration.ofMinutes(12).toMillis() + 2_000;
    }

    /// Between two different attempts to one destination that arrived, something has changed, or
    /// the time to repeat has come.
    private void checkDecidedOnce() {
      Set<String> superseded = new HashSet<>();
      for (byte[] bytes : world.log) {
        if (CommandCodec.decode(bytes) instanceof AttemptFinished finished
            && finished.outcome() == Command.Outcome.SUPERSEDED) {
          superseded.add(finished.id());
        }
      }
      Map<Destination, Attempt> last = new HashMap<>();
      for (World.Request request : world.requests) {
        if (superseded.contains(request.attempt().id())) {
          last.remove(request.attempt().destination()); // nobody knew, so all is said anew
          continue;
        }
        if (!request.taken()) {
          continue;
        }
        Attempt now = request.attempt();
        Attempt before = last.put(now.destination(), now);
        if (before == null || before.id().equals(now.id())) {
          continue;
        }
        boolean same =
            before.firing().equals(now.firing()) && before.resolved().equals(now.resolved());
        boolean silentEnd = now.destination().index() == 1 && endedBetween(before, now);
        if (same && !silentEnd && now.flushMs() - before.flushMs() < REPEAT_MS) {
          problem(
              "%s and %s say the same to %s%s",
              before.id(), now.id(), now.destination(), story(now.destination()));
        }
        // Once all has ended the group is laid to rest, and a new one waits its group_wait only.
        long leastMs = before.firing().isEmpty() ? 5_000 : 20_000;
        if (now.flushMs() - before.flushMs() < leastMs) {
          problem("%s came too soon after %s", now.id(), before.id());
        }
      }
    }

    /// What the log says of one destination, to read what went wrong.
    private String story(Destination destination) {
      StringBuilder out = new StringBuilder();
      Set<String> ids = new HashSet<>();
      for (byte[] bytes : world.log) {
        switch (CommandCodec.decode(bytes)) {
          case AttemptsStarted(Flush flush, List<AttemptPlan> plans) ->
              plans.stream()
                  .filter(plan -> plan.destination().equals(destination))
                  .forEach(
                      plan -> {
                        ids.add(plan.id());
                        out.append(
                            "\n  +%ds v%d %s %s firing=%s resolved=%s"
                                .formatted(
                                    (flush.flushMs() - World.START_MS) / 1000,
                                    flush.expectedVersion(),
                                    plan.id(),
                                    plan.mode(),
                                    plan.firing(),
                                    plan.resolved()));
                      });
          case AttemptFinished finished when ids.contains(finished.id()) ->
              out.append(
                  "\n    %s %s %s".formatted(finished.id(), finished.outcome(), finished.reason()));
          default -> {}
        }
      }
      return out.toString();
    }

    /// Whether something ended of which a receiver without `send_resolved` was not told.
    private boolean endedBetween(Attempt before, Attempt now) {
      return world.log.stream()
          .map(CommandCodec::decode)
          .anyMatch(
              command ->
                  command instanceof AttemptsStarted(Flush flush, List<AttemptPlan> plans)
                      && flush.flushMs() > before.flushMs()
                      && flush.flushMs() < now.flushMs()
                      && plans.stream()
                          .anyMatch(
                              plan ->
                                  plan.destination().equals(now.destination())
                                      && plan.mode() == AttemptPlan.Mode.LOG_ONLY));
    }

    /// In the end everybody knows exactly what fires.
    private void checkEverythingWasTold() {
      StateView state = world.nodes.get(1).machine.view();
      if (!state.attempts().isEmpty()) {
        problem("attempts are open: %s", state.attempts().keySet());
      }
      Grouping grouping = new Grouping(config.route());
      for (Grouping.Group group : grouping.group(state.alerts()).values()) {
        List<Long> fires =
            group.alerts().stream()
                .filter(a -> !a.resolvedAt(world.nowMs))
                .map(Alert::fingerprint)
                .toList();
        for (var integration : config.receiver(group.route().options().receiver()).integrations()) {
          Destination destination =
              new Destination(
                  group.stateKey(),
                  group.route().options().receiver(),
                  integration.kind(),
                  integration.index());
          Optional<LogEntry> told = state.logEntry(destination);
          var known = told.map(LogEntry::firing).orElse(io.trivigil.alertmanager.state.Hashes.NONE);
          if (!known.containsAll(io.trivigil.alertmanager.state.Hashes.of(fires))) {
            problem("%s was not told that %s fires", destination, group.alerts());
          }
          if (fires.isEmpty() && !known.isEmpty()) {
            problem("%s was not told that all of %s ended", destination, group.stateKey());
          }
        }
      }
    }
  }
}
