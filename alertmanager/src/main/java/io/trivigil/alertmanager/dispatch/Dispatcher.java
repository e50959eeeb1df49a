package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Command.GapSeen;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends notifications while this node leads: between [#start] and [#stop] one thread looks at the
/// state, decides, proposes and hands rendered bytes to the sender.
///
/// Thread-safe: a private lock guards who works.
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final long MAX_SLEEP_MS = 2_000;

  /// A look that is later than this behind the one before shows that this node stood still.
  private static final long STANDSTILL_MS = MAX_SLEEP_MS + 3_000;

  private static final long AFTER_FAILURE_MS = 1_000;

  private final DispatchPorts ports;
  private final Decider decider;
  private final Workers workers;
  private final Object lock = new Object();
  private volatile @Nullable Working current; // set under the lock
  private long sentTerm; // guarded by the lock, as the next
  private Set<String> sent = Set.of();

  /// @param node this node's id
  /// @param state the replicated state as this node has applied it
  /// @param setup the current configuration
  /// @param random makes attempt ids; seeded differently on each node
  /// @param workers the thread that looks
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
      Workers workers,
      Metrics metrics) {
    this(
        node,
        settings,
        state,
        setup,
        log,
        sender,
        clock,
        nanoTicker,
        _ -> newId(random),
        Telling.ALL,
        workers,
        metrics);
  }

  /// A dispatcher that tells less than all, under ids that follow from what is said.
  ///
  /// @param telling whom receivers are told of
  public Dispatcher(
      String node,
      DispatchSettings settings,
      Supplier<StateView> state,
      Supplier<Setup> setup,
      CommandLog log,
      Sender sender,
      InstantSource clock,
      LongSupplier nanoTicker,
      Telling telling,
      Workers workers,
      Metrics metrics) {
    this(
        node,
        settings,
        state,
        setup,
        log,
        sender,
        clock,
        nanoTicker,
        AttemptIds::of,
        telling,
        workers,
        metrics);
  }

  private Dispatcher(
      String node,
      DispatchSettings settings,
      Supplier<StateView> state,
      Supplier<Setup> setup,
      CommandLog log,
      Sender sender,
      InstantSource clock,
      LongSupplier nanoTicker,
      Function<Action.Need, String> ids,
      Telling telling,
      Workers workers,
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
            ids,
            workers::later,
            new DispatchMetrics(metrics));
    this.workers = workers;
    this.decider = new Decider(settings, new SilenceMatchers(), telling);
  }

  private static String newId(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Begins to work in this term; work of an earlier one ends.
  public void start(long term) {
    start(term, Optional.empty());
  }

  /// Begins to work in this term, behind a time in which nothing was committed: what fired then and
  /// could not be repeated did not end in it.
  public void start(long term, Optional<GapSeen> gap) {
    synchronized (lock) {
      stop();
      Working next = new Working(term, gap);
      current = next;
      workers.start("notify-dispatch-" + term, () -> run(next));
    }
  }

  /// What was sent in this term, also by work that ended before: the lease is of the term, and
  /// whoever holds it sends once.
  private Set<String> sentIn(long term) {
    if (sentTerm != term) {
      sentTerm = term;
      sent = ConcurrentHashMap.newKeySet();
    }
    return sent;
  }

  /// Ends the work: nothing more is decided and no request is begun. Requests under way end by
  /// themselves, and their outcomes are still reported.
  public void stop() {
    synchronized (lock) {
      Working ending = current;
      current = null;
      if (ending != null) {
        ending.leadership.end();
        ending.wake();
      }
    }
  }

  /// Tells that a command was applied or the configuration was changed. Cheap; may be called after
  /// every entry.
  public void stateChanged() {
    Working now = current;
    if (now != null) {
      now.wake();
    }
  }

  @SuppressWarnings("ReferenceEquality") // each term's work is one object
  private void run(Working work) {
    LOG.info("notifications are sent from here node={}", ports.node());
    try {
      long lookedMs = ports.clock().millis();
      while (current == work) {
        long nowMs = ports.clock().millis();
        if (nowMs - lookedMs > STANDSTILL_MS) {
          work.leadership.stoodStill(lookedMs, nowMs);
        }
        lookedMs = nowMs;
        long wakeMs = tick(work, nowMs);
        workers.await(work.lookAgain, Math.clamp(wakeMs - ports.clock().millis(), 0, MAX_SLEEP_MS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.info("notifications are no longer sent from here node={}", ports.node());
  }

  private long tick(Working work, long nowMs) {
    try {
      return work.leadership.tick(nowMs);
    } catch (RuntimeException e) {
      // One look failed; the next may succeed, and silence would be worse.
      LOG.error("dispatcher failed, will look again", e);
      return ports.clock().millis() + AFTER_FAILURE_MS;
    }
  }

  /// The work of one term, and the wish that it looks again.
  private final class Working {
    private final Semaphore lookAgain = new Semaphore(0);
    private final Leadership leadership;

    Working(long term, Optional<GapSeen> gap) {
      leadership = new Leadership(ports, decider, term, this::wake, sentIn(term), gap);
    }

    private void wake() {
      if (lookAgain.availablePermits() == 0) { // one is enough, and many would overflow
        lookAgain.release();
      }
    }
  }
}
