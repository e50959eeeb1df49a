package io.trivigil.rules.eval;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits for real time to pass, unless it is stopped. Thread-safe.
final class Pause {
  private final CountDownLatch stopped = new CountDownLatch(1);

  /// Waits; false if there is nothing more to wait for, because it was stopped.
  boolean await(long ms) throws InterruptedException {
    return !stopped.await(Math.max(0, ms), TimeUnit.MILLISECONDS);
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  void stop() {
    stopped.countDown();
  }
}
