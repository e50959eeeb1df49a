package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the rest of the disk for what must go on: below the reserve this node proposes no samples
/// any more, while alerts, silences, attempts and configuration still find room. Looked at before
/// anything enters the log, for what is in the log is applied by everybody. Thread-safe.
public final class DiskReserve {
  private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final long reserveBytes;
  private final LongSupplier usableBytes;
  private final LongSupplier nanoTicker;
  private final Metrics.Counter refused;
  private long lookedNanos; // guarded by this
  private long usable = Long.MAX_VALUE; // guarded by this
  private boolean looked; // guarded by this
  private boolean low; // guarded by this

  /// @param usableBytes asks the file system how much this process may still write; negative where
  ///   that is not known
  public DiskReserve(
      long reserveBytes, LongSupplier usableBytes, LongSupplier nanoTicker, Metrics metrics) {
    this.reserveBytes = reserveBytes;
    this.usableBytes = usableBytes;
    this.nanoTicker = nanoTicker;
    this.refused =
        metrics.counter(
            "trivigil_disk_reserve_refused_total",
            "Writes and scrapes that were not proposed because the disk is nearly full.");
    metrics.gauge(
        "trivigil_disk_free_bytes",
        "What this node may still write to its data directory.",
        () -> (double) usable());
    metrics.gauge(
        "trivigil_disk_reserve_bytes",
        "With less free than this, samples are refused.",
        () -> (double) reserveBytes);
    metrics.gauge(
        "trivigil_disk_reserve_low",
        "Whether samples are refused because the disk is nearly full.",
        () -> isLow() ? 1 : 0);
  }

  /// Whether samples are refused. Once they are, until an eighth more than the reserve is free.
  public synchronized boolean isLow() {
    long now = nanoTicker.getAsLong();
    if (!looked || now - lookedNanos >= LOOK_NANOS) {
      looked = true;
      lookedNanos = now;
      long found = usableBytes.getAsLong();
      usable = found < 0 ? Long.MAX_VALUE : found;
      boolean was = low;
      low = usable < (was ? reserveBytes + reserveBytes / 8 : reserveBytes);
      if (low && !was) {
        LOG.error(
            "disk is nearly full, samples are refused free_bytes={} reserve_bytes={}",
            usable,
            reserveBytes);
      } else if (was && !low) {
        LOG.info("disk has room again, samples are taken free_bytes={}", usable);
      }
    }
    return low;
  }

  /// Counts a refusal and says why.
  String refuse() {
    refused.inc();
    return "out of space: free_bytes=%d reserve_bytes=%d".formatted(usable(), reserveBytes);
  }

  /// What may still be written, bytes, as of the last second.
  public synchronized long usable() {
    var _ = isLow(); // looks, if it is time
    return usable;
  }

  public long reserveBytes() {
    return reserveBytes;
  }
}
