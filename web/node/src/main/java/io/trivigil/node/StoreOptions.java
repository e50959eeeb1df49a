package io.trivigil.node;

import io.trivigil.storage.backup.Throttle;
import java.time.Duration;

/// How a node looks after its disk.
///
/// @param reserveBytes with less free than this, samples are refused; default 256 MB
/// @param scrubEvery how often every block is read and the nodes compare their content; default 24
///   h
/// @param scrubRate bytes per second that reading in the background may take; default 20 MB
public record StoreOptions(long reserveBytes, Duration scrubEvery, long scrubRate) {
  public static final StoreOptions DEFAULT =
      new StoreOptions(256L << 20, Duration.ofHours(24), Throttle.DEFAULT_RATE);

  public StoreOptions {
    if (reserveBytes < 0 || scrubEvery.toSeconds() < 1 || scrubRate < 1) {
      throw new IllegalArgumentException(
          "store options out of range: reserve=%d scrub_every=%s scrub_rate=%d"
              .formatted(reserveBytes, scrubEvery, scrubRate));
    }
  }
}
