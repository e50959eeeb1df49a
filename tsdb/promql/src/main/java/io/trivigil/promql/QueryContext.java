package io.trivigil.promql;

import java.util.Optional;
import java.util.function.LongSupplier;

/// What bounds one run of a query: time, samples, memory, and somebody's wish to stop it.
///
/// [#cancel] and [#check] may be called from any thread; the rest belongs to the thread that runs
/// the query.
public final class QueryContext {
  /// Samples that one query may hold at a time.
  public static final int DEFAULT_MAX_SAMPLES = 50_000_000;

  /// Memory is taken from and given back to what all queries share in steps of so many bytes.
  private static final long STEP_BYTES = 1 << 20;

  /// How much was held at some moment.
  public record Mark(long samples, long bytes) {}

  private final LongSupplier nanoTicker;
  private final long startNanos;
  private final long timeoutNanos;
  private final long maxSamples;
  private Helpers helpers = Helpers.NONE;
  private QueryMemory memory = QueryMemory.UNLIMITED;
  private volatile boolean canceled;
  private long held;
  private long pinned;
  private long peak;
  private long bytes;
  private long pinnedBytes;
  private long peakBytes;
  private long takenBytes;
  private long read;
  private boolean countingSteps;
  private Optional<StepSamples> steps = Optional.empty();

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

  /// Wants the samples of each step counted. Before the query runs.
  public void countSteps() {
    countingSteps = true;
  }

  /// Whether the samples of each step are to be counted.
  public boolean isCountingSteps() {
    return countingSteps;
  }

  /// Tells what was counted.
  public void counted(StepSamples samples) {
    steps = Optional.of(samples);
  }

  /// Limits the memory that the query may hold. Before it runs; then [#end] must be called.
  public void limit(QueryMemory shared) {
    memory = shared;
  }

  /// Gives all memory back: the query has run.
  public void end() {
    memory.give(takenBytes);
    takenBytes = 0;
    bytes = 0;
    pinnedBytes = 0;
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

  /// Accounts for memory that is held from now on; fails if it is too much.
  public void holdBytes(long more) {
    bytes += more;
    long all = bytes + pinnedBytes;
    peakBytes = Math.max(peakBytes, all);
    if (all > takenBytes) {
      long step = Math.max(all - takenBytes, STEP_BYTES);
      memory.take(takenBytes, step);
      takenBytes += step;
    }
  }

  /// Accounts for memory that is held until the query ends; fails if it is too much.
  public void pinBytes(long more) {
    pinnedBytes += more;
    holdBytes(0);
  }

  /// How much is held, to come back to with [#releaseTo].
  public Mark mark() {
    return new Mark(held, bytes);
  }

  /// Lets go of everything that was held since a [#mark].
  public void releaseTo(Mark mark) {
    held = mark.samples();
    bytes = mark.bytes();
    long wanted = bytes + pinnedBytes + STEP_BYTES;
    if (takenBytes - wanted > STEP_BYTES) {
      memory.give(takenBytes - wanted);
      takenBytes = wanted;
    }
  }

  /// Counts samples that were read from the store.
  public void read(long samples) {
    read += samples;
  }

  /// Samples that were read from the store so far.
  public long samplesRead() {
    return read;
  }

  /// Nanoseconds since the query began.
  public long elapsedNanos() {
    return nanoTicker.getAsLong() - startNanos;
  }

  /// What the query cost so far.
  public QueryStats stats() {
    return new QueryStats(read, peak, peakBytes, elapsedNanos(), steps);
  }
}
