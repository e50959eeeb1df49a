package io.trivigil.storage;

/// How the samples of one batch are judged. Part of a command, so that every node judges alike.
///
/// @param whole all or nothing: the first unwelcome sample refuses the batch (remote write); else
///   unwelcome samples are left out and counted (scrapes, rule runs)
/// @param minMs samples below are too old
/// @param maxMs samples above are too far ahead
/// @param seriesLimit the most live series, 0 for no limit; a sample that would make one more is
///   unwelcome
public record AppendRules(boolean whole, long minMs, long maxMs, int seriesLimit) {
  /// Everything in order of time is welcome; all or nothing.
  public static final AppendRules WHOLE = new AppendRules(true, Long.MIN_VALUE, Long.MAX_VALUE, 0);

  /// Everything in order of time is welcome; the rest is left out.
  public static final AppendRules EACH = new AppendRules(false, Long.MIN_VALUE, Long.MAX_VALUE, 0);

  public AppendRules withSeriesLimit(int limit) {
    return new AppendRules(whole, minMs, maxMs, limit);
  }

  public AppendRules withBounds(long fromMs, long toMs) {
    return new AppendRules(whole, fromMs, toMs, seriesLimit);
  }
}
