package io.trivigil.promql;

import java.util.function.LongSupplier;

/// What bounds one run of a query: time, samples, and somebody's wish to stop it.
///
/// [#cancel] and [#check] may be called from any thread; the rest belongs to the thread that runs
/// the query.
public final class QueryContext {
  /// Samples that one query may hold at a time.
  public static final int DEFAULT_MAX_SAMPLES = 50_000_000;

  private final LongSupplier nanoTicker;
  private final long startNanos;
  private final long timeoutNanos;
  private final long maxSamples;
  private Helpers helpers = Helpers.NONE;
  private volatile boolean canceled;
  private long held;
  private long pinned;
  private long peak;
  private long read;

  /// @param nanoTicker elapsed time in nanoseconds, as `System.nanoTime`
  /// @param timeoutNanos how long the query may run, from now; 0 for no limit
  /// @param maxSamples how many samples it may hold at once
  public QueryContext(LongSupplier nanoTicker, long timeoutNanos, long maxSamples) {
    this.nanoTicker = nanoTicker;
    this.startNanos = nanoTicker.getAsLong();
    this.timeoutNanos = timeoutNanos;
    this.maxSamples = maxSamples;
  }

  /// No deadline, the default number of samples.
  public static QueryContext unlimited() {
    return new QueryContext(() -> 0L, 0, DEFAULT_MAX_SAMPLES);
  }

  /// Lets others help the thread that runs the query.
  public void letHelp(Helpers others) {
    helpers = others;
  }

  /// Who may help the thread that runs the query.
  public Helpers helpers() {
    return helpers;
  }

  /// Asks the query to stop; it does so at its next check.
  public void cancel() {
    canceled = true;
  }

  /// Fails if the query was cancelled or is out of time.
  public void check() {
    if (canceled) {
      throw new QueryException(
          QueryException.Kind.CANCELED, "query was canceled in expression evaluation");
    }
    if (timeoutNanos > 0 && nanoTicker.getAsLong() - startNanos > timeoutNanos) {
      throw new QueryException(
          QueryException.Kind.TIMEOUT, "query timed out in expression evaluation");
    }
  }

  /// Accounts for samples that are held from now on; fails if they are too many.
  public void hold(long samples) {
    held += samples;
    peak = Math.max(peak, held + pinned);
    if (held + pinned > maxSamples) {
      throw QueryException.execution(
          "query processing would load too many samples into memory in query execution");
    }
  }

  /// Accounts for samples that stay until the query ends; fails if they are too many.
  public void pin(long samples) {
    pinned += samples;
    hold(0);
  }

  /// Accounts for samples that are no longer held.
  public void release(long samples) {
    held -= samples;
  }

  /// How many samples are held, to come back to with [#releaseTo].
  public long mark() {
    return held;
  }

  /// Lets go of everything that was held since a [#mark].
  public void releaseTo(long mark) {
    held = mark;
  }

  /// Counts samples that were read from the store.
  public void read(long samples) {
    read += samples;
  }

  /// What the query cost so far.
  public QueryStats stats() {
    return new QueryStats(read, peak, nanoTicker.getAsLong() - startNanos);
  }
}
