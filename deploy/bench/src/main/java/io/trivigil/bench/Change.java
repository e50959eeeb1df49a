package io.trivigil.bench;

/// What Prometheus 3.x, which Trivigil follows, answers differently from 2.42. Everything else is a
/// defect.
enum Change {
  BORDERS(
      "left-open ranges",
      "3.0 leaves out what lies exactly on the left border: a sample of a range or of the lookback,"
          + " a step of a subquery"),
  EXTRAPOLATION(
      "extrapolation towards zero",
      "3.x first cuts the way to the range's start at half an interval, then at the counter's zero;"
          + " 2.42 the other way round"),
  SMOOTHING(
      "holt_winters", "3.0 renamed it to double_exponential_smoothing, behind a feature flag"),
  ATAN2(
      "atan2 keeps no name",
      "3.x drops the metric name of atan2 as of every other arithmetic operator"),
  DEVIATION(
      "deviation of one odd value",
      "3.x: stddev and stdvar of a group of one value that is NaN or infinite are NaN, not 0"),
  SUM(
      "sign of a sum of zeros",
      "3.x adds what rounding lost, a positive zero, to each sum: of negative zeros it is a positive"
          + " zero, by which a division shows the sign (prometheus/prometheus#14074, #14413)"),
  PREDICTION(
      "predict_linear at a fixed time",
      "2.42 moved the range over the samples that @ fixes on with each step, and lost the oldest ones"
          + " (prometheus/prometheus#11708)"),
  AVERAGE(
      "digits of avg_over_time",
      "3.x adds up and divides once, 2.42 mended a mean with each sample: other last digits, which"
          + " a modulo or a difference behind it may show");

  /// A short name.
  final String title;

  /// What changed.
  final String reason;

  Change(String title, String reason) {
    this.title = title;
    this.reason = reason;
  }
}
