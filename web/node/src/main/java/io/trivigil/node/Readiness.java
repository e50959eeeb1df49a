package io.trivigil.node;

import io.trivigil.raft.ReplicatedLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// Knows how fresh this node's state is: asks the leader again and again what is committed, and
/// notes when it was applied here. Thread-safe.
public final class Readiness implements AutoCloseable {
  /// How often the leader is asked.
  public static final long PERIOD_MS = 500;

  private static final Duration PERIOD = Duration.ofMillis(PERIOD_MS);

  /// An answer that takes longer is not waited for.
  public static final long PATIENCE_MS = 3_000;

  /// Older than this, the node is not ready.
  public static final long LIMIT_MS = 5_000;

  private final ReplicatedLog log;
  private final LongSupplier nanoTicker;
  private final Turns turns = new Turns("readiness");
  private volatile long freshNanos; // when the question was asked that was answered last
  private volatile boolean everFresh;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile Runnable onFresh = () -> {};

  Readiness(ReplicatedLog log, LongSupplier nanoTicker) {
    this.log = log;
    this.nanoTicker = nanoTicker;
  }

  /// Has `listener` called each time the state was found fresh, on any thread; it must not block.
  void onFresh(Runnable listener) {
    onFresh = listener;
  }

  void start() {
    Future<?> _ = turns.every(Duration.ZERO, PERIOD, this::ask);
  }

  /// Asks as soon as possible, beside the regular turns: who leads has changed, and what was asked
  /// before that may have found nobody to answer. Returns at once.
  void soon() {
    turns.once(this::ask);
  }

  /// Asks once; called by the thread, or by a test.
  void ask() {
    if (!asking.compareAndSet(false, true)) {
      return;
    }
    long askedNanos = nanoTicker.getAsLong();
    CompletableFuture<Long> index = log.readIndex().orTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
    var _ = index.whenComplete((_, failure) -> finish(failure == null, askedNanos));
  }

  /// A leader that is cut off, and does not know it yet, answers its own question at once; so the
  /// state counts as no fresher than what was last heard of the leader, or by the leader of a
  /// majority.
  private void finish(boolean fresh, long askedNanos) {
    long heardMs = log.sight().quorumHeardMs();
    if (fresh && heardMs != Long.MAX_VALUE) {
      long heardNanos = nanoTicker.getAsLong() - heardMs * 1_000_000;
      long then = Math.min(askedNanos, heardNanos);
      freshNanos = everFresh ? Math.max(freshNanos, then) : then;
      everFresh = true;
      onFresh.run();
    }
    asking.set(false);
  }

  /// How old this node's state is at most, ms; -1 if it was never known to be caught up.
  public long freshnessMs() {
    return everFresh ? (nanoTicker.getAsLong() - freshNanos) / 1_000_000 : -1;
  }

  /// Whether this node was caught up lately.
  public boolean caughtUp() {
    long ageMs = freshnessMs();
    return ageMs >= 0 && ageMs <= LIMIT_MS;
  }

  @Override
  public void close() {
    turns.close();
  }
}
