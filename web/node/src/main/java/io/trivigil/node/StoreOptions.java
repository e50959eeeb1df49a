package io.trivigil.node;

import io.trivigil.storage.SeriesLimits;
import io.trivigil.storage.backup.Throttle;
import java.time.Duration;

/// How a node looks after its disk.
///
/// @param reserveBytes with less free than this, samples are refused; default 256 MB
/// @param scrubEvery how often every block is read and the nodes compare their content; default 24
///   h
/// @param scrubRate bytes per second that reading in the background may take; default 20 MB
/// @param retentionBytes how much is kept unless the configuration says otherwise; default 0, no
///   limit
/// @param series the most live series, as this node has the cluster agree on them while it leads;
///   default any number
/// @param retireAfter how long after its last sample a series leaves memory, in whole seconds;
///   default 2 h, 0 for never
public record StoreOptions(
    long reserveBytes,
    Duration scrubEvery,
    long scrubRate,
    long retentionBytes,
    SeriesLimits series,
    Duration retireAfter) {
  public static final StoreOptions DEFAULT =
      new StoreOptions(
          256L << 20,
          Duration.ofHours(24),
          Throttle.DEFAULT_RATE,
          0,
          SeriesLimits.NONE,
          Duration.ofHours(2));

  public StoreOptions {
    if (reserveBytes < 0
        || scrubEvery.toSeconds() < 1
        || scrubRate < 1
        || retentionBytes < 0
        || (retireAfter.toSeconds() < 1 && !retireAfter.isZero())) {
      throw new IllegalArgumentException(
          "store options out of range: reserve=%d scrub_every=%s scrub_rate=%d retention=%d retire_after=%s"
              .formatted(reserveBytes, scrubEvery, scrubRate, retentionBytes, retireAfter));
    }
  }
}
