package io.trivigil.node;

import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Something that the leader does every so often, on a thread of its own. Started and stopped by
/// the leadership's thread alone.
abstract class PeriodicWork implements LeaderWork.Work, AutoCloseable {
  private final Turns turns;
  private final Duration first;
  private final Duration period;
  private @Nullable Future<?> running;

  /// @param name of the thread
  /// @param first from the start of a term to the first turn
  /// @param period from the end of a turn to the next
  PeriodicWork(String name, Duration first, Duration period) {
    this.turns = new Turns(name);
    this.first = first;
    this.period = period;
  }

  /// One turn, in the term in which this node leads.
  abstract void turn(long term);

  @Override
  public final void start(long term) {
    running = turns.every(first, period, () -> turn(term));
  }

  @Override
  public final void stop() {
    if (running != null) {
      running.cancel(false);
      running = null;
    }
  }

  @Override
  public final void close() {
    turns.close();
  }
}
