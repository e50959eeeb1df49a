package io.trivigil.node;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's work of forgetting: proposes the retention's cut-off from time to time, so that it
/// is equal on all nodes at an equal index. Called by the leadership's thread alone.
final class Retention implements LeaderWork.Work, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Supplier<Duration> retention;
  private final Proposals proposals;
  private final InstantSource clock;
  private final Duration period;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("retention").daemon().factory());
  private @Nullable ScheduledFuture<?> running;

  /// @param retention how long samples are kept, as the configuration in force says
  /// @param period from one cut-off to the next
  Retention(
      Supplier<Duration> retention, Proposals proposals, InstantSource clock, Duration period) {
    this.retention = retention;
    this.proposals = proposals;
    this.clock = clock;
    this.period = period;
  }

  @Override
  public void start(long term) {
    running =
        thread.scheduleWithFixedDelay(
            () -> cut(term), 1_000, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cut(long term) {
    long cutoffMs = clock.millis() - retention.get().toMillis();
    var _ =
        proposals
            .writeAsLeader(term, new WriteCommand.Retain(cutoffMs))
            .thenAccept(
                outcome -> {
                  if (outcome instanceof WriteOutcome.Unavailable(String reason)) {
                    LOG.debug("retention not moved on reason={}", reason);
                  }
                });
  }

  @Override
  public void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
