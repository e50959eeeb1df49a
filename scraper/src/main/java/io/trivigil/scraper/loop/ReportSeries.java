package io.trivigil.scraper.loop;

import java.util.List;

/// The series that report on each scrape, in the order in which they travel.
final class ReportSeries {
  static final List<String> ALWAYS =
      List.of(
          "up",
          "scrape_duration_seconds",
          "scrape_samples_scraped",
          "scrape_samples_post_metric_relabeling",
          "scrape_series_added");

  /// With `extra_scrape_metrics`.
  static final List<String> ALL =
      List.of(
          "up",
          "scrape_duration_seconds",
          "scrape_samples_scraped",
          "scrape_samples_post_metric_relabeling",
          "scrape_series_added",
          "scrape_timeout_seconds",
          "scrape_sample_limit",
          "scrape_body_size_bytes");

  private ReportSeries() {}
}
