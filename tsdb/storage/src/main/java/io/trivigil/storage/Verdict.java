package io.trivigil.storage;

/// What became of one sample.
public enum Verdict {
  /// It is new and stored.
  ACCEPTED,
  /// It is there already, bit for bit: nothing was changed, and that is no error.
  SAME,
  /// Another value stands at this timestamp.
  DUPLICATE,
  /// The series has a later sample.
  OUT_OF_ORDER,
  /// Below the rules' bound, the window for late samples or the retention cut-off.
  TOO_OLD,
  /// Above the rules' bound.
  TOO_FAR_AHEAD,
  /// It would make one series more than the limit on all series.
  SERIES_LIMIT,
  /// It would make one series more than the limit on its metric.
  METRIC_SERIES_LIMIT,
  /// It would make one series more than the limit on its job.
  JOB_SERIES_LIMIT,
  /// Its series has a later sample, but it is within the window for late ones: it is stored.
  LATE;

  /// Whether the sample can not be stored.
  public boolean unwelcome() {
    return this != ACCEPTED && this != SAME && this != LATE;
  }

  /// Whether the sample can not be stored because there are too many series.
  public boolean overLimit() {
    return this == SERIES_LIMIT || this == METRIC_SERIES_LIMIT || this == JOB_SERIES_LIMIT;
  }
}
