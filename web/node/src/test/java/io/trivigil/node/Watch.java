package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.Grouping;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.Answer;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.Payload;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.node.failopen.MergeLog;
import io.trivigil.node.failopen.TakenAlone;
import io.trivigil.raft.Entry;
import io.trivigil.raft.sim.SimulatedClock;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.state.ScrapeAnswer;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What must hold of every entry when it is first applied and of every request when it is written.
/// Knows the true time, which no node does.
final class Watch {
  /// How far two clocks may be apart within the bound, and how late an entry may be seen, ms.
  private static final long CLOCKS_MS = 2 * SimNight.SKEW_MS + 600;

  /// A try that was committed: whoever sends must hold one.
  record Try(String node, long term, long leaseUntilMs) {}

  /// One request that reached a receiver.
  ///
  /// @param taken whether the receiver acted on it
  /// @param answered whether it said so within the sender's timeout
  /// @param alone whether the sender had failed open
  record Request(
      String node, long atMs, Attempt attempt, boolean taken, boolean answered, boolean alone) {
    Request(String node, long atMs, Attempt attempt, boolean taken, boolean answered) {
      this(node, atMs, attempt, taken, answered, false);
    }

    Request byItself() {
      return new Request(node, atMs, attempt, taken, answered, true);
    }
  }

  private final SimulatedClock clock;
  private final Grouping grouping;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Long> slots = new HashMap<>();
  private final List<Taken> scrapes = new ArrayList<>();
  private final Map<String, Long> takenMs = new HashMap<>(); // the newest timestamp of a target
  private final Map<String, Long> scrapeTimes = new HashMap<>();
  private final Map<GroupKey, Long> runs = new HashMap<>();
  private final Map<String, Try> tries = new HashMap<>();
  private final Map<String, Payload> payloads = new HashMap<>();
  private final Set<String> ended = new TreeSet<>(); // tries whose outcome is committed
  private final Map<String, Long> silencedMs = new HashMap<>(); // log time of each silence
  private final Map<String, Command.Outcome> outcomes = new TreeMap<>();
  private final List<Attempt> superseded = new ArrayList<>(); // nobody knows whether they arrived
  private final List<Request> requests = new ArrayList<>();
  private long lastIndex = -1;
  private long lastLogTimeMs;
  private long lastFaultMs;
  private final Consumer<String> lines;
  private Alone alone = Alone.NOBODY;
  private boolean clocksBound = true;

  /// A scrape that the log took.
  ///
  /// @param slotMs its slot
  /// @param scrapeMs the timestamp that its samples got
  /// @param up whether it succeeded
  /// @param alone whether a node took it without a quorum
  /// @param takenMs when it was first applied anywhere
  record Taken(
      String target, long slotMs, long scrapeMs, boolean up, boolean alone, long takenMs) {}

  /// Judges what nodes do that may work alone.
  interface Alone {
    /// Nobody does.
    Alone NOBODY =
        new Alone() {
          @Override
          public boolean judge(Request request) {
            return false;
          }

          @Override
          public void leftOut(String node, String target, long slotMs, MergeLog.Left why) {}
        };

    /// Whether a node may have made a request that no committed try allows.
    boolean judge(Request request);

    /// A node leaves a scrape out of the log that it took alone.
    void leftOut(String node, String target, long slotMs, MergeLog.Left why);
  }

  Watch(SimulatedClock clock, SimConfig config, Consumer<String> lines) {
    this.clock = clock;
    this.lines = lines;
    this.grouping = new Grouping(config.version(1).alertmanager().orElseThrow().route());
  }

  /// What was found wrong first, if anything.
  Optional<String> violation() {
    return violations.stream().findFirst();
  }

  void violated(String what, @Nullable Object... values) {
    violations.add(what.formatted(values));
  }

  /// Nodes may fail open.
  void alone(Alone judge) {
    alone = judge;
  }

  /// Something was broken, or still is: what follows may be a declared case.
  void fault() {
    lastFaultMs = clock.millis();
  }

  /// Some clock is off by more than the bound: timers may be early.
  void clocksAreOff() {
    clocksBound = false;
  }

  List<Request> requests() {
    return requests;
  }

  Map<String, Command.Outcome> outcomes() {
    return outcomes;
  }

  /// Attempts whose group has changed before their outcome was known.
  List<Attempt> superseded() {
    return superseded;
  }

  Set<String> committed() {
    return payloads.keySet();
  }

  /// The scrapes that were taken, in the order of the log.
  List<Taken> scrapes() {
    return scrapes;
  }

  /// A node leaves a scrape out of the log.
  void leftOut(String node, String target, long slotMs, MergeLog.Left why) {
    lines.accept(
        "%d left out by %s: %s slot %d %s".formatted(clock.millis(), node, target, slotMs, why));
    alone.leftOut(node, target, slotMs, why);
  }

  /// Whether a silence was ever set.
  boolean anySilence() {
    return !silencedMs.isEmpty();
  }

  boolean isNew(Entry entry) {
    return entry.index() > lastIndex;
  }

  /// An entry was applied for the first time anywhere.
  ///
  /// @param before the alertmanager's state before it
  void entry(NodeMachine machine, Entry entry, List<byte[]> answers, StateView before) {
    lastIndex = entry.index();
    if (entry.logTimeMs() < lastLogTimeMs) {
      violated("log time goes back at index %d", entry.index());
    }
    lastLogTimeMs = entry.logTimeMs();
    Set<String> scraped = new TreeSet<>();
    for (int i = 0; i < answers.size(); i++) {
      byte[] command = entry.commands().get(i);
      if (command.length > 1) {
        byte[] rest = Arrays.copyOfRange(command, 1, command.length);
        switch (command[0]) {
          case 3 -> scrape(rest, answers.get(i), scraped, false);
          case 4 -> rules(rest, answers.get(i));
          case 5 -> {
            if (Answer.decode(answers.get(i)) instanceof Answer.Accepted(String detail)
                && !detail.equals("closed already")) {
              notifications(entry, CommandCodec.decode(rest), before);
            }
          }
          case 6 -> takenAlone(rest, answers.get(i), scraped);
          default -> {}
        }
      }
    }
    for (String key : scraped) {
      long atMs = machine.targets().target(key).map(TargetState::scrapeMs).orElse(Long.MAX_VALUE);
      Long earlier = scrapeTimes.put(key, atMs);
      if (earlier != null && atMs <= earlier) {
        violated("timestamps go back: target=%s from_ms=%d to_ms=%d", key, earlier, atMs);
      }
    }
  }

  private void takenAlone(byte[] bytes, byte[] answer, Set<String> scraped) {
    if (TakenAlone.is(bytes)) {
      List<byte[]> scrapesAlone = TakenAlone.decode(bytes).scrapes();
      List<byte[]> answers = TakenAlone.answers(answer).orElse(List.of());
      for (int i = 0; i < answers.size(); i++) {
        scrape(scrapesAlone.get(i), answers.get(i), scraped, true);
      }
    }
  }

  private void scrape(byte[] bytes, byte[] answer, Set<String> scraped, boolean byItself) {
    if (ScrapeCommand.decode(bytes) instanceof ScrapeCommand.Batch batch
        && ScrapeAnswer.decode(answer) instanceof ScrapeAnswer.Applied) {
      Long earlier = slots.put(batch.key(), batch.slotMs());
      if (earlier != null && batch.slotMs() <= earlier) {
        violated("slot taken twice: target=%s slot_ms=%d", batch.key(), batch.slotMs());
      }
      scraped.add(batch.key());
      // The machine moves a scrape behind the one before.
      long atMs = Math.max(batch.scrapeMs(), takenMs.getOrDefault(batch.key(), Long.MIN_VALUE) + 1);
      takenMs.put(batch.key(), atMs);
      scrapes.add(
          new Taken(batch.key(), batch.slotMs(), atMs, batch.up(), byItself, clock.millis()));
    }
  }

  private void rules(byte[] bytes, byte[] answer) {
    if (RulesMachine.decode(bytes) instanceof RulesCommand.RuleRun run
        && RulesAnswer.decode(answer) instanceof RulesAnswer.Accepted) {
      Long earlier = runs.put(run.group(), run.slotMs());
      if (earlier != null && run.slotMs() <= earlier) {
        violated("rule run taken twice: group=%s slot_ms=%d", run.group(), run.slotMs());
      }
    }
  }

  private void notifications(Entry entry, Command command, StateView before) {
    trace(entry, command);
    switch (command) {
      case Command.AttemptsStarted(Command.Flush flush, List<Command.AttemptPlan> plans) -> {
        for (Command.AttemptPlan plan : plans) {
          if (plan.mode() == Command.AttemptPlan.Mode.SEND) {
            begun(entry, flush, plan, before);
          }
        }
      }
      case Command.AttemptRetried retried -> {
        hold(
            entry,
            Attempts.key(retried.id(), retried.expectedTry() + 1),
            new Try(retried.node(), retried.term(), retried.leaseUntilMs()));
      }
      case Command.AttemptFinished finished -> {
        ended.add(Attempts.key(finished.id(), finished.tryNo()));
        outcomes.put(finished.id(), finished.outcome());
        if (finished.outcome() == Command.Outcome.SUPERSEDED) {
          Optional.ofNullable(before.attempts().get(finished.id())).ifPresent(superseded::add);
        }
      }
      case Command.SilenceSet set -> silencedMs.put(set.silence().id(), entry.logTimeMs());
      default -> {}
    }
  }

  private void trace(Entry entry, Command command) {
    String text =
        switch (command) {
          case Command.AttemptsStarted(Command.Flush flush, List<Command.AttemptPlan> plans) ->
              "flush " + flush + plans.stream().map(p -> "\n    " + plan(p)).toList();
          case Command.GroupFlushed flushed -> flushed.toString();
          case Command.AttemptRetried retried -> retried.toString();
          case Command.AttemptFinished finished -> finished.toString();
          case Command.SilenceSet set -> set.toString();
          case Command.AlertsReceived received -> received.toString();
          default -> command.getClass().getSimpleName();
        };
    lines.accept("%d [%d] %s".formatted(clock.millis(), entry.index(), text));
  }

  private static String plan(Command.AttemptPlan plan) {
    return "%s %s firing=%s resolved=%s by %s in %d until %d"
        .formatted(
            plan.id(),
            plan.mode(),
            plan.firing(),
            plan.resolved(),
            plan.node(),
            plan.term(),
            plan.leaseUntilMs());
  }

  private void hold(Entry entry, String key, Try held) {
    tries.put(key, held);
    if (held.term() != entry.term()) {
      violated(
          "decided in another term: try=%s term=%d entry_term=%d", key, held.term(), entry.term());
    }
  }

  private void begun(Entry entry, Command.Flush flush, Command.AttemptPlan plan, StateView before) {
    hold(entry, Attempts.key(plan.id(), 1), new Try(plan.node(), plan.term(), plan.leaseUntilMs()));
    payloads.put(plan.id(), plan.payload());
    checkSilences(flush, plan, before);
    boolean first = before.group(flush.groupKey()).map(GroupState::resting).orElse(true);
    if (first && clocksBound) {
      checkNotEarly(flush, before);
    }
  }

  private void checkSilences(Command.Flush flush, Command.AttemptPlan plan, StateView before) {
    for (Silence silence : before.silences().values()) {
      long sinceMs = silencedMs.getOrDefault(silence.id(), Long.MAX_VALUE);
      boolean held =
          sinceMs < flush.decidedMs() - 2_500 - CLOCKS_MS
              && silence.endsMs() > flush.decidedMs() + CLOCKS_MS;
      if (held && silence.startsMs() <= flush.decidedMs()) {
        for (Alert alert : before.alerts()) {
          if (plan.firing().contains(alert.fingerprint())
              && alert.labels().get("alertname").equals("Quiet")) {
            violated("silenced alert told: attempt=%s silence=%s", plan.id(), silence.id());
          }
        }
      }
    }
  }

  private void checkNotEarly(Command.Flush flush, StateView before) {
    Grouping.Group group = grouping.group(before.alerts()).get(flush.groupKey());
    long earliestMs = Long.MAX_VALUE;
    for (Alert alert : group == null ? List.<Alert>of() : group.alerts()) {
      boolean late = alert.startsMs() + SimConfig.GROUP_WAIT_MS < alert.receivedMs();
      if (late) {
        return; // it has waited already
      }
      earliestMs = Math.min(earliestMs, alert.receivedMs());
    }
    if (group != null && clock.millis() < earliestMs + SimConfig.GROUP_WAIT_MS - SimNight.SKEW_MS) {
      violated(
          "timer was early: group=%s waited_ms=%d wait_ms=%d",
          flush.groupKey(), clock.millis() - earliestMs, SimConfig.GROUP_WAIT_MS);
    }
  }

  /// A request is written.
  void request(Request now) {
    Attempt attempt = now.attempt();
    lines.accept(
        "%d request of %s by %s taken=%b answered=%b"
            .formatted(now.atMs(), attempt.id(), now.node(), now.taken(), now.answered()));
    String key = Attempts.key(attempt.id(), attempt.tryNo());
    Try held = tries.get(key);
    boolean committed = held != null && held.node().equals(now.node());
    if (!committed && alone.judge(now)) {
      requests.add(now.byItself());
      return;
    }
    if (!committed) {
      violated("sent without a committed try: node=%s try=%s held=%s", now.node(), key, held);
    }
    Payload payload = payloads.get(attempt.id());
    if (payload != null && !payload.equals(attempt.payload())) {
      violated("sent with other bytes: attempt=%s", attempt.id());
    }
    for (Request earlier : requests) {
      if (earlier.attempt().id().equals(attempt.id()) && !earlier.alone()) {
        again(earlier, now);
      }
    }
    requests.add(now);
  }

  private void again(Request earlier, Request now) {
    Attempt before = earlier.attempt();
    boolean over = ended.contains(Attempts.key(before.id(), before.tryNo()));
    if (!over
        && clocksBound
        && !earlier.node().equals(now.node())
        && now.atMs() < before.leaseUntilMs() - SimNight.SKEW_MS) {
      violated(
          "two senders within one lease: attempt=%s first=%s second=%s",
          before.id(), earlier.node(), now.node());
    }
    boolean undisturbed = lastFaultMs < earlier.atMs() - 1_000;
    if (earlier.taken() && earlier.answered() && undisturbed) {
      violated(
          "sent twice outside the declared cases: attempt=%s at_ms=%d again_ms=%d",
          before.id(), earlier.atMs(), now.atMs());
    }
  }

  /// Names of tries.
  static final class Attempts {
    private Attempts() {}

    static String key(String id, int tryNo) {
      return id + "#" + tryNo;
    }
  }
}
