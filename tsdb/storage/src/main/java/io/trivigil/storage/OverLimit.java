package io.trivigil.storage;

/// Samples of one batch that were left out since they would have made too many series of one metric
/// or job, or of all.
///
/// @param verdict which limit it was
/// @param name the metric or job; empty where it was the limit on all series
/// @param limit that limit
/// @param samples how many were left out
/// @param first the first of them, its place in the batch
public record OverLimit(Verdict verdict, String name, int limit, int samples, int first) {
  /// The most that are told of one batch; samples of further ones are counted alone.
  public static final int MOST_TOLD = 10;

  /// What is over its limit: `metric="name"`, `job="name"`, or `all`.
  public String offender() {
    return switch (verdict) {
      case METRIC_SERIES_LIMIT -> "metric=\"" + name + '"';
      case JOB_SERIES_LIMIT -> "job=\"" + name + '"';
      case SERIES_LIMIT -> "all";
      case ACCEPTED, SAME, DUPLICATE, OUT_OF_ORDER, TOO_OLD, TOO_FAR_AHEAD, LATE ->
          throw new IllegalStateException("no limit on series: verdict=" + verdict);
    };
  }

  /// For whoever sent it.
  public String words() {
    String whose = verdict == Verdict.SERIES_LIMIT ? "" : offender() + ' ';
    return "too many series: %slimit=%d left_out_samples=%d".formatted(whose, limit, samples);
  }
}
