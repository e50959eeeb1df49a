package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// The most live series; 0 for no limit. A sample that would make one more is left out, what is
/// there goes on.
///
/// A metric is what `__name__` says, a job what `job` says; series without it are of none.
///
/// @param total of the whole store
/// @param perMetric of each metric
/// @param perJob of each job
public record SeriesLimits(int total, int perMetric, int perJob) {
  /// Any number.
  public static final SeriesLimits NONE = new SeriesLimits(0, 0, 0);

  /// 10,000,000; 500,000 of a metric; 1,000,000 of a job.
  public static final SeriesLimits DEFAULT = new SeriesLimits(10_000_000, 500_000, 1_000_000);

  public SeriesLimits {
    if (total < 0 || perMetric < 0 || perJob < 0) {
      throw new IllegalArgumentException(
          "series limits must not be negative: total=%d per_metric=%d per_job=%d"
              .formatted(total, perMetric, perJob));
    }
  }

  /// A limit on all series alone.
  public static SeriesLimits total(int limit) {
    return new SeriesLimits(limit, 0, 0);
  }

  /// Writes varint total, varint per metric, varint per job.
  public void encode(ByteWriter out) {
    out.varint(total).varint(perMetric).varint(perJob);
  }

  /// Reads what [#encode] wrote.
  public static SeriesLimits decode(ByteReader in) {
    return new SeriesLimits(in.intVarint(), in.intVarint(), in.intVarint());
  }
}
