package io.trivigil.web.http;

import java.util.LinkedHashSet;
import java.util.Set;

/// Tells work on a request that its client has gone away, so that nobody computes what nobody
/// reads. The server binds one around each request; whoever can stop early asks with [#watch].
/// Thread-safe.
public final class Departure {
  private static final ScopedValue<Departure> CURRENT = ScopedValue.newInstance();

  private final Object lock = new Object();
  private final Set<Runnable> watchers = new LinkedHashSet<>(); // guarded by lock
  private boolean gone; // guarded by lock

  /// Until when somebody is told.
  public interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /// Does something that may fail.
  ///
  /// @param <T> what comes of it
  @FunctionalInterface
  public interface Work<T> {
    T run() throws InterruptedException;
  }

  /// Runs work, on this thread, whose client is this one.
  public <T> T during(Work<T> work) throws InterruptedException {
    return ScopedValue.where(CURRENT, this).call(work::run);
  }

  /// Calls `action` when the client of the request that this thread works for goes away; now if it
  /// has; never if there is none. Once at most, and on any thread: it has to be quick.
  public static Watch watch(Runnable action) {
    return CURRENT.isBound() ? CURRENT.get().add(action) : () -> {};
  }

  private Watch add(Runnable action) {
    synchronized (lock) {
      if (!gone) {
        watchers.add(action);
        return () -> remove(action);
      }
    }
    action.run();
    return () -> {};
  }

  private void remove(Runnable action) {
    synchronized (lock) {
      watchers.remove(action);
    }
  }

  /// The client has gone away.
  public void happened() {
    Set<Runnable> told;
    synchronized (lock) {
      gone = true;
      told = Set.copyOf(watchers);
      watchers.clear();
    }
    told.forEach(Runnable::run);
  }
}
