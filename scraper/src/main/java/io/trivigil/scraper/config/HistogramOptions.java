package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;

/// What is done with histograms.
///
/// @param minBucketFactor the smallest growth factor of native buckets; 0 keeps the target's
public record HistogramOptions(
    boolean scrapeNative,
    boolean convertClassicToCustomBuckets,
    boolean alwaysScrapeClassic,
    double minBucketFactor) {
  /// Classic histograms alone.
  public static final HistogramOptions DEFAULT = new HistogramOptions(false, false, false, 0);

  static HistogramOptions read(YamlMap map, HistogramOptions inherited) {
    return new HistogramOptions(
        map.bool("scrape_native_histograms", inherited.scrapeNative),
        map.bool("convert_classic_histograms_to_nhcb", inherited.convertClassicToCustomBuckets),
        map.bool("always_scrape_classic_histograms", inherited.alwaysScrapeClassic),
        map.number("native_histogram_min_bucket_factor", inherited.minBucketFactor));
  }
}
