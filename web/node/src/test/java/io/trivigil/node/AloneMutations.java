package io.trivigil.node;

import io.trivigil.alertmanager.dispatch.CommandLog;
import io.trivigil.alertmanager.dispatch.Sender;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.CommandCodec;
import io.trivigil.node.failopen.FailOpenMachine;
import io.trivigil.node.failopen.FailOpenParts;
import io.trivigil.node.failopen.MergeLog;
import io.trivigil.node.failopen.QuorumView;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/// Nodes that are wrong in one way each when they fail open.
final class AloneMutations {
  private AloneMutations() {}

  private static Tampering changing(UnaryOperator<FailOpenParts> change) {
    return new Tampering() {
      @Override
      public FailOpenParts failOpen(FailOpenParts parts) {
        return change.apply(parts);
      }
    };
  }

  private static FailOpenParts of(
      FailOpenParts p, FailOpenParts.Base base, QuorumView quorum, MergeLog log) {
    return new FailOpenParts(p.cluster(), base, p.tools(), p.config(), quorum, log, p.mustReport());
  }

  /// It does not look into the notification log.
  static Tampering forgettingTheLog() {
    return changing(
        p -> {
          FailOpenParts.Base base = p.base();
          return of(
              p,
              new FailOpenParts.Base(
                  base.targets(),
                  base.rules(),
                  () -> withoutLog(base.alertmanager().get()),
                  base.samples(),
                  base.labels()),
              p.quorum(),
              p.log());
        });
  }

  private static SortedMap<String, byte[]> withoutLog(SortedMap<String, byte[]> sections) {
    SortedMap<String, byte[]> less = new TreeMap<>(sections);
    less.keySet().removeIf(name -> name.startsWith("log/"));
    return less;
  }

  /// What it told does not enter the log.
  static Tampering keepingToItselfWhatItTold() {
    return changing(
        p ->
            of(
                p,
                p.base(),
                p.quorum(),
                (kind, command) ->
                    kind == MergeLog.Kind.ALERTMANAGER
                        ? CompletableFuture.completedFuture(Optional.of(new byte[] {0}))
                        : p.log().propose(kind, command)));
  }

  /// It never hears a leader again once it has failed open.
  static Tampering deaf() {
    return changing(
        p ->
            of(
                p,
                p.base(),
                () -> {
                  QuorumView.Sight sight = p.quorum().look();
                  return new QuorumView.Sight(
                      false, Math.max(sight.lostMs(), 60_000), sight.voters(), sight.peers());
                },
                p.log()));
  }

  /// It says that it has merged before it has.
  static Tampering reportingTooSoon() {
    return changing(
        p ->
            of(
                p,
                p.base(),
                p.quorum(),
                (kind, command) -> {
                  if (kind == MergeLog.Kind.SCRAPES) {
                    byte[] done =
                        FailOpenMachine.encode(
                            p.tools().node(), new FailOpenMachine.Merged(0, 0, 0, 0, 0, 0));
                    var _ = p.log().propose(MergeLog.Kind.FAIL_OPEN, done);
                  }
                  return p.log().propose(kind, command);
                }));
  }

  /// It does not ask who else works alone.
  static Tampering seeingNobody() {
    return changing(
        p ->
            of(
                p,
                p.base(),
                () -> {
                  QuorumView.Sight sight = p.quorum().look();
                  return new QuorumView.Sight(
                      sight.leaderKnown(), sight.lostMs(), sight.voters(), List.of());
                },
                p.log()));
  }

  /// As a leader it does not wait until the ends of alerts are behind the gap.
  static Tampering hurryingBehindAGap() {
    return new Tampering() {
      @Override
      public CommandLog notifications(CommandLog log, Sender sender) {
        return new CommandLog() {
          @Override
          public CompletableFuture<Fate> propose(byte[] command) {
            return log.propose(command);
          }

          @Override
          public CompletableFuture<Fate> proposeAsLeader(long term, byte[] command) {
            CompletableFuture<Fate> fate = log.proposeAsLeader(term, command);
            return CommandCodec.decode(command) instanceof Command.GapSeen
                ? CompletableFuture.completedFuture(new Fate.Applied(new byte[] {0}))
                : fate;
          }
        };
      }
    };
  }
}
