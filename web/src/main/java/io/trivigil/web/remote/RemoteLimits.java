package io.trivigil.web.remote;

/// What one write request may hold, and what is remembered of all.
///
/// @param maxPlainBytes its size after snappy, bytes; default 64 MiB
/// @param maxSamples samples; default 500,000
/// @param maxLabels labels of one series; default 128
/// @param maxLabelBytes one label's name or value, bytes; default 16 KiB
/// @param knownSeries series whose label bytes and references are remembered; default 1,000,000
/// @param knownSeriesBytes how much memory that may take, about; default 96 MiB
public record RemoteLimits(
    int maxPlainBytes,
    int maxSamples,
    int maxLabels,
    int maxLabelBytes,
    int knownSeries,
    long knownSeriesBytes) {
  /// The limits that Trivigil ships with.
  public static final RemoteLimits DEFAULT =
      new RemoteLimits(64 << 20, 500_000, 128, 16 << 10, 1_000_000, 96L << 20);

  public RemoteLimits {
    if (maxPlainBytes <= 0
        || maxSamples <= 0
        || maxLabels <= 0
        || maxLabelBytes <= 0
        || knownSeries <= 0
        || knownSeriesBytes <= 0) {
      throw new IllegalArgumentException("limits of remote write must be above 0");
    }
  }
}
