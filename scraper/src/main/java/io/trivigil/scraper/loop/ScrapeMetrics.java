package io.trivigil.scraper.loop;

import io.trivigil.model.metric.Metrics;
import io.trivigil.scraper.state.SampleStore;
import java.util.concurrent.atomic.AtomicLong;

/// What the leader's scraping counts about itself. Thread-safe.
final class ScrapeMetrics {
  private static final double[] LENGTH_BOUNDS = {0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300};
  private static final double[] COMMIT_BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5
  };

  private final Metrics metrics;
  final Metrics.Counter overSampleLimit;
  final Metrics.Counter overBodyLimit;
  final Metrics.Counter dropped;
  final Metrics.Counter late;
  final Metrics.Histogram commitSeconds;
  final AtomicLong loops = new AtomicLong();
  private final Metrics.Counter outOfOrder;
  private final Metrics.Counter duplicates;
  private final Metrics.Counter outOfBounds;
  private final Metrics.Counter overSeriesLimit;

  ScrapeMetrics(Metrics metrics) {
    this.metrics = metrics;
    overSampleLimit =
        metrics.counter(
            "prometheus_target_scrapes_exceeded_sample_limit_total",
            "Total number of scrapes that hit the sample limit and were rejected.");
    overBodyLimit =
        metrics.counter(
            "prometheus_target_scrapes_exceeded_body_size_limit_total",
            "Total number of scrapes that hit the body size limit.");
    outOfOrder =
        metrics.counter(
            "prometheus_target_scrapes_sample_out_of_order_total",
            "Total number of samples rejected due to not being out of the expected order.");
    duplicates =
        metrics.counter(
            "prometheus_target_scrapes_sample_duplicate_timestamp_total",
            "Total number of samples rejected due to duplicate timestamps but different values.");
    outOfBounds =
        metrics.counter(
            "prometheus_target_scrapes_sample_out_of_bounds_total",
            "Total number of samples rejected due to timestamp falling outside of the time bounds.");
    overSeriesLimit =
        metrics.counter(
            "trivigil_scrape_samples_over_series_limit_total",
            "Samples left out because the store has as many series as it may.");
    dropped =
        metrics.counter(
            "trivigil_scrapes_not_committed_total",
            "Scrapes given up because they could not be committed before the next one was due.");
    late =
        metrics.counter(
            "trivigil_scrapes_caught_up_total",
            "Scrapes of a missed slot that were made at once, as after a change of leader.");
    commitSeconds =
        metrics.histogram(
            "trivigil_scrape_commit_seconds",
            "Time from a scrape's proposal until it was applied.",
            COMMIT_BOUNDS);
    metrics.gauge(
        "trivigil_scrape_loops", "Targets that this node scrapes at the moment.", loops::get);
  }

  void leftOut(SampleStore.LeftOut left) {
    duplicates.add(left.duplicates());
    outOfOrder.add(left.outOfOrder());
    outOfBounds.add(left.outOfBounds());
    overSeriesLimit.add(left.overLimit());
  }

  void outOfBounds(int samples) {
    outOfBounds.add(samples);
  }

  void interval(String interval, double seconds) {
    metrics
        .histogram(
            "prometheus_target_interval_length_seconds",
            "Actual intervals between scrapes.",
            LENGTH_BOUNDS,
            "interval",
            interval)
        .observe(seconds);
  }

  void synced(String job, double seconds) {
    metrics
        .histogram(
            "prometheus_target_sync_length_seconds",
            "Actual interval to sync the scrape pool.",
            COMMIT_BOUNDS,
            "scrape_job",
            job)
        .observe(seconds);
  }

  void syncFailed(String job, int targets) {
    metrics
        .counter(
            "prometheus_target_sync_failed_total",
            "Total number of target sync failures.",
            "scrape_job",
            job)
        .add(targets);
  }
}
