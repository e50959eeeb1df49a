package io.trivigil.storage;

/// How the samples of one batch are judged. Part of a command or of the state, so that every node
/// judges alike.
///
/// @param whole all or nothing: the first unwelcome sample refuses the batch (remote write); else
///   unwelcome samples are left out and counted (scrapes, rule runs)
/// @param minMs samples below are too old
/// @param maxMs samples above are too far ahead
/// @param limits the most live series; a sample that would make one more is unwelcome
/// @param apart whether a whole batch goes on without the samples that pass those limits
/// @param exempt how many samples at the batch's end may make series whatever the limits say
/// @param windowMs how far a sample that is not in order, or below `minMs`, may be behind the
///   store's newest one; 0 if it must be in order and above. A stale marker that is not in order is
///   welcome only where the batch is judged whole: else it is not a target's own
public record AppendRules(
    boolean whole,
    long minMs,
    long maxMs,
    SeriesLimits limits,
    boolean apart,
    int exempt,
    long windowMs) {
  /// Everything in order of time is welcome; all or nothing.
  public static final AppendRules WHOLE = of(true);

  /// Everything in order of time is welcome; the rest is left out.
  public static final AppendRules EACH = of(false);

  private static AppendRules of(boolean whole) {
    return new AppendRules(whole, Long.MIN_VALUE, Long.MAX_VALUE, SeriesLimits.NONE, false, 0, 0);
  }

  public AppendRules withSeriesLimit(int limit) {
    return withLimits(SeriesLimits.total(limit));
  }

  public AppendRules withLimits(SeriesLimits most) {
    return new AppendRules(whole, minMs, maxMs, most, apart, exempt, windowMs);
  }

  /// The same, but who passes a limit loses no samples of others.
  public AppendRules withLimitsApart() {
    return new AppendRules(whole, minMs, maxMs, limits, true, exempt, windowMs);
  }

  public AppendRules withExempt(int samples) {
    return new AppendRules(whole, minMs, maxMs, limits, apart, samples, windowMs);
  }

  public AppendRules withBounds(long fromMs, long toMs) {
    return new AppendRules(whole, fromMs, toMs, limits, apart, exempt, windowMs);
  }

  public AppendRules withWindow(long lateMs) {
    return new AppendRules(whole, minMs, maxMs, limits, apart, exempt, lateMs);
  }

  /// Whether this verdict on one sample refuses the whole batch.
  boolean refuses(Verdict verdict) {
    return whole && verdict.unwelcome() && !(apart && verdict.overLimit());
  }
}
