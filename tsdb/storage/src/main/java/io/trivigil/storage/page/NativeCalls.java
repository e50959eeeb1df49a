package io.trivigil.storage.page;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Keeps JNI off virtual threads: a native call holds its carrier, and a few slow reads would stop
/// every virtual thread of the process. Calls on platform threads run where they are; others go to
/// a small pool. Thread-safe.
final class NativeCalls implements AutoCloseable {
  private final ExecutorService pool;

  NativeCalls(int threads) {
    AtomicInteger number = new AtomicInteger();
    pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "storage-native-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  void run(Runnable work) {
    call(
        () -> {
          work.run();
          return true;
        });
  }

  <T> T call(Supplier<T> work) {
    if (!Thread.currentThread().isVirtual()) {
      return work.get();
    }
    Future<T> result = pool.submit(work::get);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true; // the native call can not be stopped: wait, then tell
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new PageStoreException("native call failed", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
