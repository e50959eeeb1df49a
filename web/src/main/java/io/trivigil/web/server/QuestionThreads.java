package io.trivigil.web.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Where questions are answered: on a few threads of the platform, which may read the store
/// themselves, so that a small query is handed from thread to thread as seldom as can be; on
/// virtual ones where all of these have something to do, or wait for a client. Thread-safe;
/// [#close] ends the threads, later work runs on virtual ones.
final class QuestionThreads implements Executor, AutoCloseable {
  static final String NAME = "plain";

  private static final long IDLE_SECONDS = 60;

  private final ThreadPoolExecutor threads;

  /// @param most threads of the platform
  QuestionThreads(int most) {
    threads =
        new ThreadPoolExecutor(
            0,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name(NAME + '-', 0).factory());
  }

  @Override
  public void execute(Runnable work) {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException _) {
      onVirtual(work);
    }
  }

  /// Runs work, which mostly waits, on a virtual thread.
  static void onVirtual(Runnable work) {
    var _ = Thread.ofVirtual().name(NAME).start(work);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
