package io.trivigil.node;

import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.ReplicatedLog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// The one thread that all work with the configuration runs on. Every method may be called from any
/// thread and returns at once; while the node stops there is nothing more to do.
final class ConfigThread implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Turns turns = new Turns("config");

  void run(Runnable task) {
    turns.once(task);
  }

  /// Runs it after a short while: something was not possible now.
  void later(Runnable task) {
    turns.later(RETRY, task);
  }

  void every(Duration period, Runnable task) {
    Future<?> _ = turns.every(period, period, task);
  }

  /// Proposes, and goes on with `then` on this thread: empty if the outcome is not known.
  ///
  /// @param term in which this node must lead; 0 if any node may propose it
  void propose(
      ReplicatedLog to, long term, ConfigCommand command, Consumer<Optional<ConfigAnswer>> then) {
    byte[] bytes = Domain.CONFIG.wrap(command.encode());
    CompletableFuture<Outcome> outcome =
        term == 0 ? to.propose(bytes) : to.proposeAsLeader(term, bytes);
    var _ = outcome.thenAccept(result -> run(() -> then.accept(answer(result))));
  }

  private static Optional<ConfigAnswer> answer(Outcome outcome) {
    return outcome instanceof Outcome.Applied(_, byte[] answer) && answer.length > 0
        ? Optional.of(ConfigAnswer.decode(answer))
        : Optional.empty();
  }

  @Override
  public void close() {
    turns.close();
  }
}
