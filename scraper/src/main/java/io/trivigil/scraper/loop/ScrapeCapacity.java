package io.trivigil.scraper.loop;

/// What all scrapes of a leader together may take. Each is also a metric.
///
/// @param maxConcurrent scrapes that are fetching at one moment; default 500
/// @param maxInFlightBytes bodies that are being parsed or committed, bytes; default 64 MiB
/// @param maxCommandBytes one scrape as a command, bytes; default 4 MiB, the log's own limit
/// @param maxTargets targets in all; further ones are not scraped; default 20,000
public record ScrapeCapacity(
    int maxConcurrent, int maxInFlightBytes, int maxCommandBytes, int maxTargets) {
  /// What Trivigil ships with.
  public static final ScrapeCapacity DEFAULT = new ScrapeCapacity(500, 64 << 20, 4 << 20, 20_000);

  public ScrapeCapacity {
    if (maxConcurrent <= 0 || maxInFlightBytes <= 0 || maxCommandBytes <= 0 || maxTargets <= 0) {
      throw new IllegalArgumentException(
          "scrape capacity must be above 0: max_concurrent=%d max_in_flight_bytes=%d max_command_bytes=%d max_targets=%d"
              .formatted(maxConcurrent, maxInFlightBytes, maxCommandBytes, maxTargets));
    }
  }
}
