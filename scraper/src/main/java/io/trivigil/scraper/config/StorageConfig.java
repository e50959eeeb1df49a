package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.model.Names;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// The section `storage`.
///
/// @param retentionTime empty where the flag decides
/// @param retentionBytes empty where the flag decides
/// @param retentionPercentage of the disk; 0 for none
/// @param maxExemplars how many exemplars are kept
public record StorageConfig(
    Duration outOfOrderWindow,
    Optional<Duration> retentionTime,
    OptionalLong retentionBytes,
    double retentionPercentage,
    long maxExemplars) {
  /// No out-of-order window, retention as the flags say.
  public static final StorageConfig DEFAULT =
      new StorageConfig(Duration.ZERO, Optional.empty(), OptionalLong.empty(), 0, 100_000);

  private record Tsdb(
      Duration window, Optional<Duration> time, OptionalLong bytes, double percentage) {}

  static StorageConfig read(YamlMap map) {
    Tsdb tsdb =
        map.object("tsdb", "config.TSDBConfig", StorageConfig::tsdb)
            .orElse(new Tsdb(Duration.ZERO, Optional.empty(), OptionalLong.empty(), 0));
    long exemplars =
        map.object(
                "exemplars",
                "config.ExemplarsConfig",
                fields -> fields.integer("max_exemplars", 100_000))
            .orElse(100_000L);
    return new StorageConfig(tsdb.window, tsdb.time, tsdb.bytes, tsdb.percentage, exemplars);
  }

  private static Tsdb tsdb(YamlMap map) {
    map.number("stale_series_compaction_threshold", 0);
    map.object(
        "chunk_encoding",
        "config.ChunkEncoding",
        encoding -> {
          String floats = encoding.string("floats", "");
          if (!floats.isEmpty() && !floats.equals("xor") && !floats.equals("xor2")) {
            encoding.problem(
                "floats",
                "'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got "
                    + Names.quote(floats));
          }
          return floats;
        });
    Duration window = map.duration("out_of_order_time_window", Duration.ZERO);
    Tsdb none = new Tsdb(window, Optional.empty(), OptionalLong.empty(), 0);
    return map.object(
            "retention", "config.TSDBRetentionConfig", fields -> retention(fields, window))
        .orElse(none);
  }

  private static Tsdb retention(YamlMap map, Duration window) {
    Optional<Long> size =
        map.parsed(
            "size",
            "size",
            text -> {
              if (text.startsWith("-")) {
                throw new IllegalArgumentException(
                    "'storage.tsdb.retention.size' must be greater than or equal to 0");
              }
              return ScrapeLimits.size(text);
            });
    double percentage = map.number("percentage", 0);
    if (!(percentage >= 0 && percentage <= 100)) {
      map.problem(
          "percentage", "'storage.tsdb.retention.percentage' must be in the range [0, 100]");
    }
    return new Tsdb(
        window,
        map.duration("time"),
        size.map(OptionalLong::of).orElseGet(OptionalLong::empty),
        percentage);
  }
}
