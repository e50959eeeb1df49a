package io.trivigil.node;

import io.trivigil.model.work.Workers;
import io.trivigil.raft.sim.SimulatedCluster;
import io.trivigil.scraper.loop.Pacer;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/// The threads of one simulated process, from its start to its crash: virtual threads whose carrier
/// is the thread that steps the simulation, so that the real, blocking loops run one at a time and
/// in an order that the seed decides. After a crash they are never continued.
///
/// The JDK makes virtual threads with a scheduler of one's own only for its own tests; the build
/// opens `java.lang` to these tests for it. Decision: ADR 0008.
final class SimWorkers implements Workers {
  private static final Constructor<?> BUILDER = builder();
  private static final Field STATE = field("state");
  private static final int UNBLOCKED = unblocked();
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final SimulatedCluster cluster;
  private final String node;
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final Thread carrier = Thread.currentThread();

  SimWorkers(SimulatedCluster cluster, String node) {
    this.cluster = cluster;
    this.node = node;
    this.clock = cluster.clock(node);
    this.nanoTicker = cluster.clock().nanoTicker();
  }

  private static Constructor<?> builder() {
    try {
      Constructor<?> constructor =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return constructor;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "virtual threads on a scheduler of our own: needs"
              + " --add-opens java.base/java.lang=ALL-UNNAMED and a JDK that has them (ADR 0008)",
          e);
    }
  }

  private static Field field(String name) {
    try {
      Field field = Class.forName("java.lang.VirtualThread").getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("virtual threads have no " + name + " (ADR 0008)", e);
    }
  }

  private static int unblocked() {
    try {
      return field("UNBLOCKED").getInt(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Thread thread(String name, Runnable work) {
    try {
      Turns turns = new Turns();
      Thread thread =
          ((Thread.Builder.OfVirtual) BUILDER.newInstance(turns))
              .name(node + "/" + name)
              .unstarted(work);
      turns.thread = thread;
      return thread;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("can not make a simulated thread", e);
    }
  }

  /// When one thread is continued: as an event of the simulation, or, where it only waits for a
  /// monitor that some other thread of this JVM holds (a logger's), before anything else happens.
  /// The JVM tells of the latter on a thread of its own, or, where the monitor was let go while the
  /// thread was still about to wait, on the carrier.
  private final class Turns implements Executor {
    private final BlockingQueue<Runnable> unblocked = new LinkedBlockingQueue<>();
    private Thread thread = carrier; // set before it starts
    private boolean scheduled; // carrier only

    @Override
    public void execute(Runnable continuation) {
      if (gotItsMonitor()) {
        unblocked.add(continuation);
      } else if (Thread.currentThread() == carrier || Thread.currentThread().isVirtual()) {
        scheduled = true;
        cluster.schedule(node, Duration.ZERO, () -> run(continuation));
      } else {
        throw new IllegalStateException("somebody waits for real time: node=" + node);
      }
    }

    private boolean gotItsMonitor() {
      try {
        return thread.isVirtual() && STATE.getInt(thread) == UNBLOCKED;
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }

    private void run(Runnable continuation) {
      scheduled = false;
      continuation.run();
      long endNanos = System.nanoTime() + PATIENCE_NANOS;
      while (!scheduled && (isBlocked() || !unblocked.isEmpty())) {
        Runnable again = unblocked.poll();
        if (again != null) {
          again.run();
        } else if (System.nanoTime() > endNanos) {
          throw new IllegalStateException("somebody waits for a monitor for ever: node=" + node);
        } else {
          Thread.onSpinWait();
        }
      }
    }

    /// Whether it waits for a monitor, or has just got it and will be told so.
    private boolean isBlocked() {
      Thread.State state = thread.getState();
      return state == Thread.State.BLOCKED || state == Thread.State.RUNNABLE;
    }
  }

  @Override
  public boolean await(Semaphore signal, long forMs) throws InterruptedException {
    if (!signal.tryAcquire()) {
      Timeout timeout = new Timeout();
      cluster.schedule(
          node,
          Duration.ofMillis(Math.max(0, forMs)),
          () -> {
            if (timeout.waiting) {
              timeout.passed = true;
              signal.release();
            }
          });
      try {
        signal.acquire();
      } finally {
        timeout.waiting = false;
      }
      if (timeout.passed && signal.availablePermits() == 0) {
        return false;
      }
    }
    signal.drainPermits();
    return true;
  }

  private static final class Timeout {
    private boolean waiting = true;
    private boolean passed;
  }

  @Override
  public boolean join(Thread thread, Duration limit) throws InterruptedException {
    Semaphore never = new Semaphore(0);
    for (long ms = 0; ms < limit.toMillis() && thread.isAlive(); ms++) {
      await(never, 1);
    }
    return !thread.isAlive();
  }

  @Override
  public void later(Duration delay, Runnable task) {
    cluster.schedule(node, delay, () -> start("later", task));
  }

  /// The scraper's clock.
  Pacer pacer() {
    return new Pacer() {
      @Override
      public long nowMs() {
        return clock.millis();
      }

      @Override
      public long nanoTime() {
        return nanoTicker.getAsLong();
      }

      @Override
      public void sleepUntil(long atMs) throws InterruptedException {
        Semaphore never = new Semaphore(0);
        while (clock.millis() < atMs) {
          var _ = SimWorkers.this.await(never, atMs - clock.millis());
        }
      }

      @Override
      public void await(Semaphore signal, long atMs) throws InterruptedException {
        var _ = SimWorkers.this.await(signal, atMs - clock.millis());
      }

      @Override
      public Workers workers() {
        return SimWorkers.this;
      }
    };
  }
}
