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

  /// The most series that any heap is trusted with.
  public static final int MOST = 10_000_000;

  /// What a live series takes of the Java heap, about: 247 MB at 1,000,000 when it was measured.
  public static final int HEAP_BYTES_PER_SERIES = 250;

  public SeriesLimits {
    if (total < 0 || perMetric < 0 || perJob < 0) {
      throw new IllegalArgumentException(
          "series limits must not be negative: total=%d per_metric=%d per_job=%d"
              .formatted(total, perMetric, perJob));
    }
  }

  /// What a heap can hold: a metric may fill the half of it, a job three quarters and all together
  /// nine tenths, none more than [#MOST]. Who is below them all fits; who passes one would have run
  /// the node, and with it the cluster, out of memory.
  ///
  /// @param heapBytes the largest heap
  public static SeriesLimits forHeap(long heapBytes) {
    return new SeriesLimits(share(heapBytes, 90), share(heapBytes, 50), share(heapBytes, 75));
  }

  /// Rounded down to 10,000: nodes of one configuration agree, whatever their JVM counts as heap.
  private static int share(long heapBytes, int percent) {
    long series = heapBytes / 100 * percent / HEAP_BYTES_PER_SERIES;
    return Math.clamp(series / 10_000 * 10_000, 10_000, MOST);
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
