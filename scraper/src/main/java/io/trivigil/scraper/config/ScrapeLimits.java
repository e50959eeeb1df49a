package io.trivigil.scraper.config;

import io.trivigil.config.ByteSize;
import io.trivigil.config.YamlMap;

/// The limits of a scrape; a breach fails the whole scrape. 0 is no limit.
///
/// @param bodyBytes of the uncompressed body
/// @param samples after metric relabelling
/// @param labelNameLength bytes
/// @param labelValueLength bytes
/// @param targets of the job
/// @param keptDroppedTargets how many dropped targets are shown; no breach
/// @param histogramBuckets of one native histogram
public record ScrapeLimits(
    long bodyBytes,
    long samples,
    long labels,
    long labelNameLength,
    long labelValueLength,
    long targets,
    long keptDroppedTargets,
    long histogramBuckets) {
  /// No limits.
  public static final ScrapeLimits NONE = new ScrapeLimits(0, 0, 0, 0, 0, 0, 0, 0);

  /// Reads the limits of a job or of the global section; what is absent or 0 is inherited.
  static ScrapeLimits read(YamlMap map, ScrapeLimits inherited) {
    long body = map.parsed("body_size_limit", "size", ScrapeLimits::size).orElse(0L);
    return new ScrapeLimits(
        body == 0 ? inherited.bodyBytes : body,
        limit(map, "sample_limit", inherited.samples),
        limit(map, "label_limit", inherited.labels),
        limit(map, "label_name_length_limit", inherited.labelNameLength),
        limit(map, "label_value_length_limit", inherited.labelValueLength),
        limit(map, "target_limit", inherited.targets),
        limit(map, "keep_dropped_targets", inherited.keptDroppedTargets),
        limit(map, "native_histogram_bucket_limit", inherited.histogramBuckets));
  }

  private static long limit(YamlMap map, String key, long inherited) {
    long limit = map.integer(key, 0);
    if (limit < 0) {
      map.problem(key, "cannot unmarshal %d into uint".formatted(limit));
    }
    return limit == 0 ? inherited : limit;
  }

  /// A size must have a unit, unless it is 0.
  static long size(String text) {
    if (!text.equals("0") && text.chars().allMatch(Character::isDigit)) {
      throw new IllegalArgumentException("units: unknown unit  in " + text);
    }
    return ByteSize.parse(text);
  }
}
