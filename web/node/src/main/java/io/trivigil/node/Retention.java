package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's work of forgetting: proposes the retention's cut-off from time to time, so that it
/// is equal on all nodes at an equal index. By size, too: the leader's own sizes decide for all.
/// Called by the leadership's thread alone.
final class Retention extends PeriodicWork {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Supplier<Duration> retention;
  private final LongSupplier mostBytes;
  private final Storage storage;
  private final Metrics.Counter bySize;
  private final Proposals proposals;
  private final InstantSource clock;

  /// @param retention how long samples are kept, as the configuration in force says
  /// @param mostBytes how much may be kept; 0 for no limit
  /// @param period from one cut-off to the next
  Retention(
      Supplier<Duration> retention,
      LongSupplier mostBytes,
      Storage storage,
      Proposals proposals,
      InstantSource clock,
      Duration period,
      Metrics metrics) {
    super("retention", Duration.ofSeconds(1), period);
    this.retention = retention;
    this.mostBytes = mostBytes;
    this.storage = storage;
    this.bySize =
        metrics.counter(
            "prometheus_tsdb_size_retentions_total",
            "The number of times that partitions were deleted because the maximum number of bytes"
                + " was exceeded.");
    metrics.gauge(
        "prometheus_tsdb_retention_limit_bytes",
        "Max number of bytes to be retained in the tsdb blocks, configured 0 means disabled",
        () -> (double) mostBytes.getAsLong());
    this.proposals = proposals;
    this.clock = clock;
  }

  @Override
  void turn(long term) {
    long cutoffMs = cutoffMs();
    var _ =
        proposals
            .writeAsLeader(term, new WriteCommand.Retain(cutoffMs))
            .thenAccept(
                outcome -> {
                  if (outcome instanceof WriteOutcome.Unavailable(String reason)) {
                    LOG.debug("retention not moved on reason={}", reason);
                  }
                });
  }

  /// What is older goes.
  long cutoffMs() {
    long byTimeMs = clock.millis() - retention.get().toMillis();
    long most = mostBytes.getAsLong();
    if (most <= 0) {
      return byTimeMs;
    }
    long bySizeMs = storage.cutoffWithin(most).orElse(Long.MIN_VALUE);
    if (bySizeMs > byTimeMs && bySizeMs > storage.cutoffMs()) {
      bySize.inc();
      LOG.info(
          "partitions go since they take too much cutoff_ms={} limit_bytes={}", bySizeMs, most);
    }
    return Math.max(byTimeMs, bySizeMs);
  }
}
