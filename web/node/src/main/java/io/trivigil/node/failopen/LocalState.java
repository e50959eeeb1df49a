package io.trivigil.node.failopen;

import io.trivigil.alertmanager.dispatch.QuorumNotice;
import io.trivigil.alertmanager.state.Alert;
import io.trivigil.alertmanager.state.AlertmanagerMachine;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.Destination;
import io.trivigil.alertmanager.state.GroupState;
import io.trivigil.alertmanager.state.Hashes;
import io.trivigil.alertmanager.state.Limits;
import io.trivigil.alertmanager.state.LogEntry;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.failopen.FailOpenCore.Round;
import io.trivigil.node.failopen.FailOpenCore.Tell;
import io.trivigil.promql.QuerySource;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.run.AlertTransition;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.rules.run.RunOutputs;
import io.trivigil.scraper.state.RefSet;
import io.trivigil.scraper.state.ScrapeAnswer;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import io.trivigil.scraper.state.TargetState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/// Copies of the domains' machines, as the log left them, that go on with what this node alone
/// sees. What they are given is applied at once; nothing of it is in the log. Thread-safe: a
/// private lock guards it.
final class LocalState {
  /// What a receiver was told of.
  private record Told(String id, Destination destination, long flushMs, List<Labels> alerts) {}

  private final Object lock = new Object();
  private final LocalBuffer buffer;
  private final QuerySource samples;
  private final TargetMachine targets;
  private final RulesMachine rules;
  private final AlertmanagerMachine alertmanager;
  private final SortedMap<GroupKey, io.trivigil.rules.run.GroupState> rulesBefore;
  private final Set<String> attemptsBefore;
  private final Metrics.Counter delivered;
  private final Map<String, Boolean> looked = new HashMap<>();
  private final List<Told> told = new ArrayList<>();
  private final List<Command> finished = new ArrayList<>();
  private volatile Set<String> upBefore = Set.of();
  private volatile Tell tell = Tell.NOTHING;
  private boolean noticed;
  private long applyMs; // of the command that is being applied

  /// @param configVersion the configuration in force, which can not change meanwhile
  /// @param unsettled what was told in an earlier time and is not in the log yet
  LocalState(
      FailOpenParts.Base base,
      long configVersion,
      FailOpenSettings settings,
      List<Command> unsettled,
      Metrics.Counter delivered) {
    this.delivered = delivered;
    this.buffer = new LocalBuffer(settings);
    this.samples = buffer.over(base.samples());
    this.targets = new TargetMachine(buffer);
    targets.restore(base.targets().sections());
    for (TargetState target : targets.targets()) {
      know(target.seen(), base.labels());
      know(target.report(), base.labels());
    }
    this.rulesBefore = new TreeMap<>(base.rules().groups());
    this.rules = new RulesMachine(() -> configVersion, new Outputs());
    rules.restore(base.rules().sections());
    this.alertmanager = new AlertmanagerMachine(Limits.DEFAULT);
    alertmanager.restore(base.alertmanager().get());
    // A leader that was heard but committed nothing must not have receivers told twice.
    long beforeMs = alertmanager.view().logTimeMs();
    unsettled.forEach(command -> alertmanager.apply(beforeMs, command));
    this.attemptsBefore = Set.copyOf(alertmanager.view().attempts().keySet());
  }

  private void know(RefSet refs, LongFunction<Optional<Labels>> labels) {
    for (int i = 0; i < refs.size(); i++) {
      long ref = refs.get(i);
      labels.apply(ref).ifPresent(known -> buffer.know(ref, known));
    }
  }

  /// Where local rule runs go.
  private final class Outputs implements RunOutputs {
    @Override
    public void samples(SampleBatch batch) {
      buffer.append(batch);
    }

    @Override
    public void alerts(List<AlertUpdate> alerts) {
      alertmanager.apply(applyMs, Command.AlertsReceived.of(alerts));
    }

    @Override
    public void transitions(List<AlertTransition> transitions) {
      // As in the log: the rules' own states tell them.
    }
  }

  TargetMachine targets() {
    return targets;
  }

  RulesMachine rules() {
    return rules;
  }

  QuerySource samples() {
    return samples;
  }

  LocalBuffer.Fill fill() {
    return buffer.fill();
  }

  /// The targets that are still wanted: only they count for the verdict.
  void wanted(Set<String> keys) {
    List<String> up = new ArrayList<>();
    for (TargetState target : targets.targets()) {
      if (target.up() && keys.contains(target.key())) {
        up.add(target.key());
      }
    }
    upBefore = Set.copyOf(up);
  }

  /// Applies a command of scraping.
  byte[] scrape(long nowMs, byte[] command) {
    synchronized (lock) {
      byte[] answer = targets.apply(nowMs, command);
      if (ScrapeAnswer.decode(answer) instanceof ScrapeAnswer.Applied
          && ScrapeCommand.decode(command) instanceof ScrapeCommand.Batch batch) {
        buffer.keep(new LocalBuffer.Slot(batch.key(), batch.slotMs(), command));
        looked.put(batch.key(), batch.up());
      }
      return answer;
    }
  }

  /// Applies a command of the rules.
  RulesAnswer evaluate(long nowMs, RulesCommand command) {
    synchronized (lock) {
      applyMs = nowMs;
      return rules.apply(command);
    }
  }

  /// Applies a command of the alertmanager, and notes what was delivered.
  byte[] alertmanager(long nowMs, byte[] bytes) {
    synchronized (lock) {
      Command command = CommandCodec.decode(bytes);
      StateView before = alertmanager.view();
      byte[] answer = alertmanager.apply(nowMs, command).encode();
      if (command instanceof Command.AttemptFinished end
          && end.outcome() == Command.Outcome.DELIVERED) {
        Attempt attempt = before.attempts().get(end.id());
        if (attempt != null) {
          delivered.inc();
          delivered(attempt, end, before);
        }
      }
      return answer;
    }
  }

  private void delivered(Attempt attempt, Command.AttemptFinished end, StateView before) {
    if (attemptsBefore.contains(attempt.id())) {
      finished.add(end); // decided in the log; only its outcome is missing there
      return;
    }
    Hashes known = before.logEntry(attempt.destination()).map(LogEntry::firing).orElse(Hashes.NONE);
    List<Labels> alerts = new ArrayList<>();
    for (Alert alert : before.alerts()) {
      if (attempt.firing().contains(alert.fingerprint()) && !known.contains(alert.fingerprint())) {
        alerts.add(alert.labels());
      }
    }
    told.add(new Told(attempt.id(), attempt.destination(), attempt.flushMs(), alerts));
  }

  /// What the local scrapes say of the targets that were up.
  Round round() {
    synchronized (lock) {
      int seen = 0;
      int vanished = 0;
      Set<String> up = upBefore;
      for (String key : up) {
        Boolean now = looked.get(key);
        seen += now == null ? 0 : 1;
        vanished += now == null || now ? 0 : 1;
      }
      return new Round(up.size(), seen, vanished);
    }
  }

  /// From now on this may be told.
  void tell(Tell what) {
    tell = what;
  }

  /// Raises the notice, once.
  ///
  /// @param sinceMs when the quorum was lost
  void notice(long nowMs, Labels labels, Labels annotations, long sinceMs) {
    synchronized (lock) {
      if (!noticed) {
        noticed = true;
        alertmanager.apply(
            nowMs,
            Command.AlertsReceived.of(
                List.of(new AlertUpdate(labels, annotations, sinceMs, 0, ""))));
      }
    }
  }

  /// The alertmanager's state as the dispatcher may see it.
  StateView view() {
    StateView all = alertmanager.view();
    return switch (tell) {
      case ALL -> all;
      case NOTICE -> only(all, true);
      case NOTHING -> only(all, false);
    };
  }

  /// What is left out is as if it did not exist; so its timing stays as it is.
  private static StateView only(StateView all, boolean notice) {
    Map<String, GroupState> groups = new TreeMap<>(all.groups());
    groups.keySet().removeIf(key -> !notice || !QuorumNotice.isGroup(key));
    SortedMap<String, Attempt> attempts = new TreeMap<>(all.attempts());
    attempts
        .values()
        .removeIf(attempt -> !notice || !QuorumNotice.isGroup(attempt.destination().groupKey()));
    return new StateView(
        all.logTimeMs(),
        all.revision(),
        all.alerts().stream().filter(alert -> notice && QuorumNotice.is(alert.labels())).toList(),
        all.silences(),
        all.log(),
        groups,
        attempts,
        all.history());
  }

  /// Takes what was delivered since the last call, as commands for the log.
  ///
  /// @param overMs when the quorum was back, which is the notice's end
  List<Command> takeTold(long overMs) {
    synchronized (lock) {
      Map<Labels, Alert> alerts = new HashMap<>();
      alertmanager.view().alerts().forEach(alert -> alerts.put(alert.labels(), alert));
      List<Command> commands = new ArrayList<>(finished);
      for (Told one : told) {
        List<AlertUpdate> updates = new ArrayList<>();
        for (Labels labels : one.alerts()) {
          Alert alert = alerts.get(labels);
          if (alert != null) {
            boolean notice = QuorumNotice.is(labels);
            updates.add(
                new AlertUpdate(
                    labels,
                    alert.annotations(),
                    alert.startsMs(),
                    notice ? Math.max(overMs, alert.startsMs()) : alert.endsMs(),
                    alert.generatorUrl()));
          }
        }
        commands.add(new Command.ToldAlone(one.id(), one.destination(), one.flushMs(), updates));
      }
      finished.clear();
      told.clear();
      return commands;
    }
  }

  /// Everything else that enters the log when the quorum is back.
  Merge merge() {
    return Merge.of(rulesBefore, rules.groups(), buffer);
  }
}
