package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.Matcher;
import io.trivigil.storage.Storage;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Deletes samples by matchers. They are resolved to references here, on a state that has
/// everything that was committed before, because `apply` knows no regular expression. Thread-safe.
public final class SeriesDeletion {
  /// References in one command; more series travel in several.
  static final int MOST_PER_COMMAND = 100_000;

  private final Storage storage;
  private final ConfigMachine config;
  private final Supplier<CompletableFuture<Long>> linearizable;
  private final Function<WriteCommand, CompletableFuture<WriteOutcome>> log;

  SeriesDeletion(
      Storage storage,
      ConfigMachine config,
      Supplier<CompletableFuture<Long>> linearizable,
      Function<WriteCommand, CompletableFuture<WriteOutcome>> log) {
    this.storage = storage;
    this.config = config;
    this.linearizable = linearizable;
    this.log = log;
  }

  /// Has every node give back the space of what is deleted, once it is durable there. Waits for the
  /// log.
  public WriteOutcome clean() throws InterruptedException {
    if (!config.view().has(FeatureLevel.TWO)) {
      return new WriteOutcome.Unavailable("deletion wants feature level 2 on every member");
    }
    return propose(new WriteCommand.Clean());
  }

  private WriteOutcome propose(WriteCommand command) throws InterruptedException {
    try {
      return log.apply(command).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a proposal's future failed", e);
    }
  }

  /// Deletes what is there of the series that pass one of the selectors. Waits for the log.
  ///
  /// @param fromMs inclusive
  /// @param toMs inclusive
  public WriteOutcome delete(List<List<Matcher>> selectors, long fromMs, long toMs)
      throws InterruptedException {
    if (!config.view().has(FeatureLevel.TWO)) {
      return new WriteOutcome.Unavailable("deletion wants feature level 2 on every member");
    }
    long index;
    try {
      index = linearizable.get().get();
    } catch (ExecutionException e) {
      return new WriteOutcome.Unavailable("no quorum: " + e.getCause());
    }
    TreeSet<Long> found = new TreeSet<>();
    for (List<Matcher> matchers : selectors) {
      found.addAll(storage.refs(matchers, fromMs, toMs));
    }
    List<Long> refs = List.copyOf(found);
    WriteOutcome outcome =
        new WriteOutcome.Answered(index, new WriteAnswer.Written(List.of())); // nothing to do
    for (int from = 0; from < refs.size(); from += MOST_PER_COMMAND) {
      List<Long> some = refs.subList(from, Math.min(refs.size(), from + MOST_PER_COMMAND));
      outcome = propose(new WriteCommand.Delete(some, fromMs, toMs));
      if (!(outcome instanceof WriteOutcome.Answered(long _, WriteAnswer.Written _))) {
        return outcome;
      }
    }
    return outcome;
  }
}
