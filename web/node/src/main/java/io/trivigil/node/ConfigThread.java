package io.trivigil.node;

import io.trivigil.config.version.ConfigAnswer;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.raft.Outcome;
import io.trivigil.raft.ReplicatedLog;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that all work with the configuration runs on. Every method may be called from any
/// thread and returns at once; while the node stops there is nothing more to do.
final class ConfigThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigThread.class);
  private static final long RETRY_MS = 500;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("config").daemon().factory());

  void run(Runnable task) {
    try {
      thread.execute(() -> guarded(task));
    } catch (RejectedExecutionException stopping) {
      LOG.debug("configuration work after the stop");
    }
  }

  /// Runs it after a short while: something was not possible now.
  @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits: it is tried until it is done.
  void later(Runnable task) {
    try {
      thread.schedule(() -> guarded(task), RETRY_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("configuration work after the stop");
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // It repeats until the thread is shut down.
  void every(long periodMs, Runnable task) {
    thread.scheduleWithFixedDelay(() -> guarded(task), periodMs, periodMs, TimeUnit.MILLISECONDS);
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

  /// A timer whose task fails once would never come again.
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("configuration work failed", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
