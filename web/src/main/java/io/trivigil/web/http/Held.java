package io.trivigil.web.http;

import java.util.ArrayList;
import java.util.List;

/// What a request holds until its answer has been written to the last byte, or will never be:
/// memory that is accounted for, a place among the requests in flight. The server binds one around
/// each request and its answer. Thread-safe; [#close] lets go of everything.
public final class Held implements AutoCloseable {
  private static final ScopedValue<Held> CURRENT = ScopedValue.newInstance();

  private final Object lock = new Object();
  private final List<Runnable> releases = new ArrayList<>(); // guarded by lock
  private boolean closed; // guarded by lock

  /// Runs work, on this thread, whose answer is this one.
  public <T> T during(Departure.Work<T> work) throws InterruptedException {
    return ScopedValue.where(CURRENT, this).call(work::run);
  }

  /// Calls `release` when the answer of the request that this thread works for has been written;
  /// now if there is none. Once, and it must not throw.
  public static void untilWritten(Runnable release) {
    if (!CURRENT.isBound() || !CURRENT.get().add(release)) {
      release.run();
    }
  }

  private boolean add(Runnable release) {
    synchronized (lock) {
      if (!closed) {
        releases.add(release);
      }
      return !closed;
    }
  }

  @Override
  public void close() {
    List<Runnable> last;
    synchronized (lock) {
      closed = true;
      last = List.copyOf(releases);
      releases.clear();
    }
    last.forEach(Runnable::run);
  }
}
