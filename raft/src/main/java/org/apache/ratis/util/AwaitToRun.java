package org.apache.ratis.util;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a method behind a signal, on a thread of its own, and a dozen times more in the two minutes
/// thereafter. Stands for Ratis' class of this name, which runs it once:
/// `docs/adr/0026-what-of-the-jvm-is-resident.md`.
///
/// Ratis has one use of it: when a segment of the log is full, the entries of closed segments leave
/// memory, if they are on the disk and applied. The segment that was just filled never is, and
/// would stay until the next is full. All methods: any thread.
public class AwaitToRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AwaitToRun.class);

  private static final long FIRST_PAUSE_MS = 25;
  private static final long LAST_PAUSE_MS = 51_200;

  private final String name;
  private final Runnable method;
  private final Semaphore signals = new Semaphore(0);
  private final Thread thread;

  public AwaitToRun(Object namePrefix, Runnable runMethod) {
    this.name = namePrefix + "-" + getClass().getSimpleName();
    this.method = runMethod;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::runBehindSignals);
  }

  /// Begins; only once.
  public AwaitToRun start() {
    thread.start();
    return this;
  }

  /// The method runs after this, at least once.
  public void signal() {
    signals.release();
  }

  private void runBehindSignals() {
    try {
      while (true) {
        signals.acquire();
        runAgainAndAgain();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /// Each pause is twice the one before; another signal begins them anew.
  private void runAgainAndAgain() throws InterruptedException {
    run();
    for (long pauseMs = FIRST_PAUSE_MS; pauseMs <= LAST_PAUSE_MS; pauseMs *= 2) {
      if (signals.tryAcquire(pauseMs, TimeUnit.MILLISECONDS)) {
        pauseMs = FIRST_PAUSE_MS / 2;
      }
      run();
    }
  }

  private void run() {
    signals.drainPermits();
    try {
      method.run();
    } catch (RuntimeException | Error e) {
      if (!thread.isInterrupted()) { // else the log is closed
        LOG.error("can not run: name={}", name, e);
      }
    }
  }

  /// Ends the thread, and does not wait for it: who closes the log holds the lock that the method
  /// wants.
  @Override
  public void close() {
    thread.interrupt();
  }

  @Override
  public String toString() {
    return name;
  }
}
