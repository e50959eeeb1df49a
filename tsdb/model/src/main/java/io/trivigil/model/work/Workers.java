package io.trivigil.model.work;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The threads of the leader's loops, and the only ways in which they wait for time to pass.
///
/// Loops are written as plain blocking code. In a running node they stand on virtual threads and
/// wait for real time; in a simulation they stand on virtual threads of one carrier, and time
/// passes when the simulation says so. So both run the same code. Thread-safe.
public interface Workers {
  /// The workers of a running node.
  Workers VIRTUAL = new VirtualWorkers();

  /// A thread for `work` that is not started yet.
  Thread thread(String name, Runnable work);

  /// Waits until `signal` has a permit, and takes all of them, or `forMs` have passed.
  ///
  /// @return whether there was a permit
  boolean await(Semaphore signal, long forMs) throws InterruptedException;

  /// Waits until the thread has ended, at most for `limit`.
  ///
  /// @return whether it has
  boolean join(Thread thread, Duration limit) throws InterruptedException;

  /// Runs `task` once, after `delay`, on a thread of its own.
  void later(Duration delay, Runnable task);

  /// Starts a thread for `work`.
  default Thread start(String name, Runnable work) {
    Thread thread = thread(name, work);
    thread.start();
    return thread;
  }

  /// On virtual threads, in real time.
  final class VirtualWorkers implements Workers {
    private VirtualWorkers() {}

    @Override
    public Thread thread(String name, Runnable work) {
      return Thread.ofVirtual().name(name).unstarted(work);
    }

    @Override
    public boolean await(Semaphore signal, long forMs) throws InterruptedException {
      boolean signalled = signal.tryAcquire(Math.max(0, forMs), TimeUnit.MILLISECONDS);
      if (signalled) {
        signal.drainPermits();
      }
      return signalled;
    }

    @Override
    public boolean join(Thread thread, Duration limit) throws InterruptedException {
      return thread.join(limit);
    }

    @Override
    public void later(Duration delay, Runnable task) {
      CompletableFuture.delayedExecutor(
              delay.toMillis(), TimeUnit.MILLISECONDS, run -> start("later", run))
          .execute(task);
    }
  }
}
