package io.trivigil.rules.eval;

import io.trivigil.model.work.Workers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Waits for time to pass, unless it is stopped. Thread-safe.
final class Pause {
  private final Workers workers;
  private final Set<Semaphore> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  Pause(Workers workers) {
    this.workers = workers;
  }

  /// Waits; false if there is nothing more to wait for, because it was stopped.
  boolean await(long ms) throws InterruptedException {
    Semaphore end = new Semaphore(0);
    waiting.add(end);
    try {
      if (!stopped) { // looked at after the adding, so that a stop is not missed
        workers.await(end, ms);
      }
    } finally {
      waiting.remove(end);
    }
    return !stopped;
  }

  boolean isStopped() {
    return stopped;
  }

  void stop() {
    stopped = true;
    waiting.forEach(Semaphore::release);
  }
}
