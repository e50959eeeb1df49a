package io.trivigil.node;

import io.trivigil.raft.Outcome;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.rules.eval.CommandLog.Outcome.Applied;
import io.trivigil.rules.eval.CommandLog.Outcome.Lost;
import io.trivigil.rules.run.RulesAnswer;
import io.trivigil.rules.run.RulesCommand;
import io.trivigil.rules.run.RulesMachine;
import io.trivigil.scraper.loop.CommandLog.Proposed;
import io.trivigil.scraper.state.ScrapeCommand;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The log as each domain wants it. Thread-safe.
final class Proposals {
  private final DiskReserve reserve;
  private final EntryBytes entries = new EntryBytes();
  private volatile @Nullable ReplicatedLog started; // set once

  /// Done while scrapes are not held back; then it says whether they may be proposed.
  private volatile CompletableFuture<Boolean> released = CompletableFuture.completedFuture(true);

  /// @param reserve decides, before the log, whether samples are proposed at all
  Proposals(DiskReserve reserve) {
    this.reserve = reserve;
  }

  /// From now on proposals reach the log; before, they are refused.
  void attach(ReplicatedLog log) {
    started = log;
  }

  private CompletableFuture<Outcome> propose(byte[] command) {
    ReplicatedLog log = started;
    return log == null ? notStarted() : log.propose(command);
  }

  private CompletableFuture<Outcome> proposeAsLeader(long term, byte[] command) {
    ReplicatedLog log = started;
    return log == null ? notStarted() : log.proposeAsLeader(term, command);
  }

  private static CompletableFuture<Outcome> notStarted() {
    return CompletableFuture.completedFuture(new Outcome.NotLeader("the node has not started yet"));
  }

  /// For the scrape loops: what they propose waits for as long as scrapes are held back.
  io.trivigil.scraper.loop.CommandLog scrapes() {
    io.trivigil.scraper.loop.CommandLog log = scraping();
    return (term, command) ->
        released.thenCompose(
            go ->
                go
                    ? log.propose(term, command)
                    : CompletableFuture.completedFuture(
                        new Proposed.Deposed("scraping has ended before its scrapes were let go")));
  }

  /// Holds scrapes back. Called, as the next, by one thread at a time.
  void holdScrapes() {
    releaseScrapes(false);
    released = new CompletableFuture<>();
  }

  /// Proposes what was held back and what comes, or refuses what was held back.
  void releaseScrapes(boolean go) {
    released.complete(go);
    if (go) {
      released = CompletableFuture.completedFuture(true);
    }
  }

  /// Whether scrapes are held back.
  boolean holdsScrapes() {
    return !released.isDone();
  }

  /// For scraping and discovery.
  io.trivigil.scraper.loop.CommandLog scraping() {
    return (term, command) ->
        ScrapeCommand.carriesSamples(command) && reserve.isLow()
            ? CompletableFuture.completedFuture(new Proposed.Rejected(reserve.refuse()))
            : scraped(term, command);
  }

  private CompletableFuture<Proposed> scraped(long term, byte[] command) {
    return Proposals.this
        .proposeAsLeader(term, Domain.SCRAPE.wrap(command))
        .thenApply(
            outcome ->
                switch (outcome) {
                  case Outcome.Applied(long _, byte[] answer) -> new Proposed.Applied(answer);
                  case Outcome.NotLeader(String reason) -> new Proposed.Deposed(reason);
                  case Outcome.Rejected(String reason) -> new Proposed.Rejected(reason);
                  case Outcome.Unknown(String reason) -> new Proposed.Unknown(reason);
                });
  }

  /// For rule evaluation in one term.
  io.trivigil.rules.eval.CommandLog rules(long term) {
    return command -> await(term, command);
  }

  private io.trivigil.rules.eval.CommandLog.Outcome await(long term, RulesCommand command)
      throws InterruptedException {
    try {
      Outcome outcome =
          Proposals.this
              .proposeAsLeader(term, Domain.RULES.wrap(RulesMachine.encode(command)))
              .get();
      return switch (outcome) {
        case Outcome.Applied(long _, byte[] answer) -> new Applied(RulesAnswer.decode(answer));
        case Outcome.NotLeader(String reason) -> new Lost(reason);
        case Outcome.Rejected(String reason) -> new Lost(reason);
        case Outcome.Unknown(String reason) -> new Lost(reason);
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException("a proposal's future failed", e);
    }
  }

  /// For notifications, and for silences and alerts that come in over the API.
  io.trivigil.alertmanager.dispatch.CommandLog alertmanager() {
    return new io.trivigil.alertmanager.dispatch.CommandLog() {
      @Override
      public CompletableFuture<Fate> propose(byte[] command) {
        return Proposals.this.propose(Domain.ALERTMANAGER.wrap(command)).thenApply(Proposals::fate);
      }

      @Override
      public CompletableFuture<Fate> proposeAsLeader(long term, byte[] command) {
        return Proposals.this
            .proposeAsLeader(term, Domain.ALERTMANAGER.wrap(command))
            .thenApply(Proposals::fate);
      }
    };
  }

  private static io.trivigil.alertmanager.dispatch.CommandLog.Fate fate(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied(long _, byte[] answer) ->
          new io.trivigil.alertmanager.dispatch.CommandLog.Fate.Applied(answer);
      case Outcome.NotLeader(String reason) ->
          new io.trivigil.alertmanager.dispatch.CommandLog.Fate.NotTaken(reason);
      case Outcome.Rejected(String reason) ->
          new io.trivigil.alertmanager.dispatch.CommandLog.Fate.NotTaken(reason);
      case Outcome.Unknown(String reason) ->
          new io.trivigil.alertmanager.dispatch.CommandLog.Fate.Unknown(reason);
    };
  }

  /// For what was done without a quorum, from any node. Empty where it is not known to be applied.
  CompletableFuture<Optional<byte[]>> merging(Domain domain, byte[] command) {
    return Proposals.this
        .propose(domain.wrap(command))
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Applied(long _, byte[] answer) && answer.length > 0
                    ? Optional.of(answer)
                    : Optional.empty());
  }

  /// For remote write, from any node. A batch is read before this returns.
  CompletableFuture<WriteOutcome> write(WriteCommand command) {
    return write(command, false);
  }

  /// The same.
  ///
  /// @param runs whether a batch may be written in runs, which is for feature level 2
  CompletableFuture<WriteOutcome> write(WriteCommand command, boolean runs) {
    if (command instanceof WriteCommand.Write && reserve.isLow()) {
      return CompletableFuture.completedFuture(new WriteOutcome.Unavailable(reserve.refuse()));
    }
    return Proposals.this.propose(entries.of(command, runs)).thenApply(Proposals::written);
  }

  /// For retention, as the leader of a term.
  CompletableFuture<WriteOutcome> writeAsLeader(long term, WriteCommand command) {
    return Proposals.this
        .proposeAsLeader(term, entries.of(command, false))
        .thenApply(Proposals::written);
  }

  private static WriteOutcome written(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied(long index, byte[] answer) ->
          new WriteOutcome.Answered(index, WriteAnswer.decode(answer));
      case Outcome.NotLeader(String reason) -> new WriteOutcome.Unavailable(reason);
      case Outcome.Rejected(String reason) -> new WriteOutcome.Unavailable(reason);
      case Outcome.Unknown(String reason) -> new WriteOutcome.Unavailable(reason);
    };
  }
}
