package io.trivigil.raft.ratis;

import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The one thread that drives the state machine: tasks run in the order in which they came.
///
/// Its queue is bounded by bytes: who brings an entry waits while too much is queued, so that a
/// replay of a long log does not fill the memory. Tasks of no bytes never wait, because they may
/// come from threads that hold Ratis' locks.
final class ApplyThread implements AutoCloseable {
  /// Bytes of entries that may wait to be applied.
  static final long MAX_QUEUED_BYTES = 8L << 20;

  private record Task(long bytes, Runnable work) {}

  private final Object lock = new Object();
  private final ArrayDeque<Task> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean closed;
  private final Thread thread;

  ApplyThread(String nodeId) {
    thread = Thread.ofPlatform().name("raft-apply-" + nodeId).daemon(true).start(this::loop);
  }

  /// Runs `work` on the apply thread, after everything queued before. What it throws fails the
  /// future. After [#close] the future fails at once.
  <T> CompletableFuture<T> run(long bytes, Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    synchronized (lock) {
      while (bytes > 0 && !closed && queuedBytes > 0 && queuedBytes + bytes > MAX_QUEUED_BYTES) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return CompletableFuture.failedFuture(new CompletionException(e));
        }
      }
      if (closed) {
        return CompletableFuture.failedFuture(new IllegalStateException("the log is closed"));
      }
      queuedBytes += bytes;
      queue.addLast(new Task(bytes, () -> complete(done, work)));
      lock.notifyAll();
    }
    return done;
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  private static <T> void complete(CompletableFuture<T> done, Callable<T> work) {
    T result;
    try {
      result = work.call();
    } catch (Throwable t) { // whatever the state machine throws, its caller decides
      done.completeExceptionally(t);
      return;
    }
    done.complete(result);
  }

  private void loop() {
    while (true) {
      Task task;
      synchronized (lock) {
        while (queue.isEmpty() && !closed) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            closed = true; // nobody but close() has a reason to
          }
        }
        if (queue.isEmpty()) {
          return;
        }
        task = queue.removeFirst();
        queuedBytes -= task.bytes();
        lock.notifyAll();
      }
      task.work().run();
    }
  }

  /// Takes no more; what is queued still runs. Returns when it has run, unless the apply thread
  /// itself closes.
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    if (!isCurrent()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
