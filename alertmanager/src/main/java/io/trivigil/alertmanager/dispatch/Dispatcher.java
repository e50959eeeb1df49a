package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.metric.Metrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends notifications while this node leads: between [#start] and [#stop] one virtual thread looks
/// at the state, decides, proposes and hands rendered bytes to the sender.
///
/// Thread-safe: a private lock guards who works, and the wish to look again.
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final long MAX_SLEEP_MS = 60_000;
  private static final long AFTER_FAILURE_MS = 1_000;

  private final DispatchPorts ports;
  private final Decider decider;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private boolean lookAgain;
  private @Nullable Leadership current;

  /// @param node this node's id
  /// @param state the replicated state as this node has applied it
  /// @param setup the current configuration
  /// @param random makes attempt ids; seeded differently on each node
  public Dispatcher(
      String node,
      DispatchSettings settings,
      Supplier<StateView> state,
      Supplier<Setup> setup,
      CommandLog log,
      Sender sender,
      InstantSource clock,
      LongSupplier nanoTicker,
      RandomGenerator random,
      Metrics metrics) {
    this.ports =
        new DispatchPorts(
            node,
            settings,
            state,
            setup,
            log,
            sender,
            clock,
            nanoTicker,
            () -> newId(random),
            Dispatcher::later,
            new DispatchMetrics(metrics));
    this.decider = new Decider(settings, new SilenceMatchers());
  }

  private static String newId(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void later(Duration delay, Runnable task) {
    CompletableFuture.delayedExecutor(
            delay.toMillis(),
            TimeUnit.MILLISECONDS,
            run -> Thread.ofVirtual().name("notify-later").start(run))
        .execute(task);
  }

  /// Begins to work in this term; work of an earlier one ends.
  public void start(long term) {
    lock.lock();
    try {
      stop();
      Leadership next = new Leadership(ports, decider, term, this::stateChanged);
      current = next;
      lookAgain = true;
      Thread.ofVirtual().name("notify-dispatch-" + term).start(() -> run(next));
    } finally {
      lock.unlock();
    }
  }

  /// Ends the work: nothing more is decided and no request is begun. Requests under way end by
  /// themselves, and their outcomes are still reported.
  public void stop() {
    lock.lock();
    try {
      if (current != null) {
        current.end();
        current = null;
      }
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Tells that a command was applied or the configuration was changed. Cheap; may be called after
  /// every entry.
  public void stateChanged() {
    lock.lock();
    try {
      lookAgain = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run(Leadership work) {
    LOG.info("notifications are sent from here node={}", ports.node());
    long wakeMs = 0;
    while (awaitTurn(work, wakeMs)) {
      try {
        wakeMs = work.tick();
      } catch (RuntimeException e) {
        // One look failed; the next may succeed, and silence would be worse.
        LOG.error("dispatcher failed, will look again", e);
        wakeMs = ports.clock().millis() + AFTER_FAILURE_MS;
      }
    }
    LOG.info("notifications are no longer sent from here node={}", ports.node());
  }

  @SuppressWarnings("ReferenceEquality") // each term's work is one object
  private boolean awaitTurn(Leadership work, long wakeMs) {
    lock.lock();
    try {
      while (current == work && !lookAgain) {
        long leftMs = Math.min(MAX_SLEEP_MS, wakeMs - ports.clock().millis());
        if (leftMs <= 0 || !woken.await(leftMs, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
      lookAgain = false;
      return current == work;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
