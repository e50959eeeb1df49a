package io.trivigil.node;

import io.trivigil.alertmanager.config.Integration;
import io.trivigil.alertmanager.dispatch.CommandLog;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.state.Attempt;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.node.failopen.TakenAlone;
import io.trivigil.raft.Entry;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.StateMachine.Position;
import io.trivigil.rules.run.GroupState;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// Nodes that are wrong in one way each: a check that was forgotten.
final class Mutations {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Integration PLAIN =
      new SimConfig()
          .version(1)
          .alertmanager()
          .orElseThrow()
          .receiver("low")
          .integrations()
          .getFirst();

  private Mutations() {}

  /// What is done for a leader is committed whoever leads by then.
  static Tampering withoutTheTermCheck() {
    return new Tampering() {
      @Override
      public ReplicatedLog log(ReplicatedLog log) {
        return proposing(log, (term, command) -> log.propose(command));
      }
    };
  }

  /// A client is told that its samples are stored when they are sent.
  static Tampering acknowledgingTooSoon() {
    return new Tampering() {
      @Override
      public ReplicatedLog log(ReplicatedLog log) {
        return proposing(
            log,
            (term, command) -> {
              CompletableFuture<Outcome> real =
                  term == 0 ? log.propose(command) : log.proposeAsLeader(term, command);
              return command[0] == 2
                  ? CompletableFuture.completedFuture(
                      new Outcome.Applied(1, new WriteAnswer.Written(List.of()).encode()))
                  : real;
            });
      }
    };
  }

  /// A scrape is taken although its slot was.
  static Tampering takingSlotsTwice() {
    return new Tampering() {
      @Override
      public Entry entry(NodeMachine node, Entry entry) {
        return rewritten(
            rewritten(entry, 3, bytes -> takenAnyway(node, bytes)),
            6,
            bytes -> TakenAlone.is(bytes) ? takenAnyway(node, TakenAlone.decode(bytes)) : bytes);
      }
    };
  }

  private static byte[] takenAnyway(NodeMachine node, TakenAlone taken) {
    return new TakenAlone(
            taken.node(), taken.scrapes().stream().map(bytes -> takenAnyway(node, bytes)).toList())
        .encode();
  }

  private static byte[] takenAnyway(NodeMachine node, byte[] bytes) {
    return ScrapeCommand.decode(bytes) instanceof ScrapeCommand.Batch b
            && b.slotMs() <= node.targets().target(b.key()).map(TargetState::slotMs).orElse(0L)
        ? new ScrapeCommand.Batch(
                b.key(),
                b.job(),
                b.intervalMs(),
                node.targets().target(b.key()).map(TargetState::slotMs).orElse(0L) + 1,
                b.scrapeMs(),
                b.up(),
                b.error(),
                b.durationNanos(),
                b.tracked(),
                b.report(),
                b.metadata(),
                b.samples())
            .encode()
        : bytes;
  }

  /// A rule run is recorded although it is not newer.
  static Tampering takingRunsTwice() {
    return rewriting(
        4,
        (node, bytes) -> {
          if (RulesMachine.decode(bytes) instanceof RulesCommand.RuleRun run) {
            long newest = node.rules().group(run.group()).map(GroupState::slotMs).orElse(0L);
            if (run.slotMs() <= newest) {
              return RulesMachine.encode(
                  new RulesCommand.RuleRun(
                      run.group(),
                      newest + 1,
                      newest,
                      run.configVersion(),
                      run.intervalMs(),
                      run.missed(),
                      run.evaluationNanos(),
                      List.of(),
                      run.samples(),
                      run.alerts(),
                      run.transitions()));
            }
          }
          return bytes;
        });
  }

  /// Notifications are sent while they are being proposed.
  static Tampering sendingBeforeTheCommit() {
    return new Tampering() {
      @Override
      public CommandLog notifications(CommandLog log, Sender sender) {
        return deciding(
            log,
            (command, next) -> {
              if (command instanceof Command.AttemptsStarted(var flush, var plans)) {
                for (Command.AttemptPlan plan : plans) {
                  var _ = sender.send(attempt(flush, plan), PLAIN, TIMEOUT, () -> true);
                }
              }
              return next;
            });
      }
    };
  }

  private static Attempt attempt(Command.Flush flush, Command.AttemptPlan plan) {
    return new Attempt(
        plan.id(),
        plan.destination(),
        plan.payload(),
        plan.firing(),
        plan.resolved(),
        flush.flushMs(),
        plan.giveUpMs(),
        1,
        plan.node(),
        plan.term(),
        Math.max(1, plan.leaseUntilMs()),
        0,
        "");
  }

  /// That a notification was delivered is not told to the log.
  static Tampering forgettingOutcomes() {
    return new Tampering() {
      @Override
      public CommandLog notifications(CommandLog log, Sender sender) {
        return deciding(
            log,
            (command, next) ->
                command instanceof Command.AttemptFinished finished
                        && finished.outcome() == Command.Outcome.DELIVERED
                    ? CompletableFuture.completedFuture(new CommandLog.Fate.Unknown("forgotten"))
                    : next);
      }
    };
  }

  /// Leases of others count for nothing, where they are decided on and where they are checked.
  static Tampering ignoringLeases() {
    return new Tampering() {
      @Override
      public StateView state(long term, StateView state) {
        TreeMap<String, Attempt> attempts = new TreeMap<>();
        state
            .attempts()
            .forEach((id, a) -> attempts.put(id, a.term() == term ? a : leasedUntil(a, 1)));
        return new StateView(
            state.logTimeMs(),
            state.revision(),
            state.alerts(),
            state.silences(),
            state.log(),
            state.groups(),
            attempts,
            state.history());
      }

      @Override
      public Entry entry(NodeMachine node, Entry entry) {
        return rewritten(
            entry,
            5,
            bytes ->
                CommandCodec.decode(bytes) instanceof Command.AttemptRetried r
                    ? CommandCodec.encode(
                        new Command.AttemptRetried(
                            r.id(),
                            r.expectedTry(),
                            r.node(),
                            r.term(),
                            r.leaseUntilMs(),
                            Long.MAX_VALUE))
                    : bytes);
      }
    };
  }

  private static Attempt leasedUntil(Attempt a, long untilMs) {
    return new Attempt(
        a.id(),
        a.destination(),
        a.payload(),
        a.firing(),
        a.resolved(),
        a.flushMs(),
        a.giveUpMs(),
        a.tryNo(),
        a.node(),
        a.term(),
        a.isLeased() ? untilMs : 0,
        a.retryAtMs(),
        a.lastReason());
  }

  /// The log's time is not kept over a restart.
  static Tampering forgettingLogTime() {
    return new Tampering() {
      @Override
      public Position recovered(Position position) {
        return new Position(position.term(), position.index(), 0);
      }
    };
  }

  /// A new leader does not know the silences.
  static Tampering forgettingSilences() {
    return new Tampering() {
      @Override
      public StateView state(long term, StateView state) {
        return term == 1
            ? state
            : new StateView(
                state.logTimeMs(),
                state.revision(),
                state.alerts(),
                new TreeMap<>(),
                state.log(),
                state.groups(),
                state.attempts(),
                state.history());
      }
    };
  }

  /// Notifications are timed by a clock that nobody compares.
  static Tampering hurrying() {
    return new Tampering() {
      @Override
      public InstantSource clock(InstantSource clock) {
        return () -> clock.instant().plusMillis(2_500);
      }
    };
  }

  // ---- how it is done ----

  private static Tampering rewriting(int domain, BiFunction<NodeMachine, byte[], byte[]> change) {
    return new Tampering() {
      @Override
      public Entry entry(NodeMachine node, Entry entry) {
        return rewritten(entry, domain, bytes -> change.apply(node, bytes));
      }
    };
  }

  private static Entry rewritten(Entry entry, int domain, UnaryOperator<byte[]> change) {
    List<byte[]> commands = new ArrayList<>();
    for (byte[] command : entry.commands()) {
      if (command.length > 1 && command[0] == domain) {
        byte[] rest = change.apply(Arrays.copyOfRange(command, 1, command.length));
        byte[] whole = new byte[rest.length + 1];
        whole[0] = (byte) domain;
        System.arraycopy(rest, 0, whole, 1, rest.length);
        commands.add(whole);
      } else {
        commands.add(command);
      }
    }
    return new Entry(entry.index(), entry.term(), entry.logTimeMs(), commands);
  }

  /// A log whose proposals go another way; `term` is 0 where any will do.
  private static ReplicatedLog proposing(
      ReplicatedLog log, BiFunction<Long, byte[], CompletableFuture<Outcome>> way) {
    return (ReplicatedLog)
        Proxy.newProxyInstance(
            ReplicatedLog.class.getClassLoader(),
            new Class<?>[] {ReplicatedLog.class},
            (_, method, args) -> {
              if (method.getName().equals("propose")) {
                return way.apply(0L, (byte[]) args[0]);
              }
              if (method.getName().equals("proposeAsLeader")) {
                return way.apply((Long) args[0], (byte[]) args[1]);
              }
              try {
                return method.invoke(log, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private interface Way {
    CompletableFuture<CommandLog.Fate> of(
        Command command, CompletableFuture<CommandLog.Fate> honest);
  }

  private static CommandLog deciding(CommandLog log, Way way) {
    return new CommandLog() {
      @Override
      public CompletableFuture<Fate> propose(byte[] command) {
        return changed(0, command);
      }

      @Override
      public CompletableFuture<Fate> proposeAsLeader(long term, byte[] command) {
        return changed(term, command);
      }

      private CompletableFuture<Fate> changed(long term, byte[] command) {
        Command decoded = CommandCodec.decode(command);
        CompletableFuture<Fate> none = new CompletableFuture<>();
        CompletableFuture<Fate> chosen = way.of(decoded, none);
        return chosen != none
            ? chosen
            : term == 0 ? log.propose(command) : log.proposeAsLeader(term, command);
      }
    };
  }
}
