package io.trivigil.node;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.storage.MemoryBudget;
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
/// @param memoryBytes the budget of all caches and buffers of the store and of the log; default 112
///   MiB
public record StoreOptions(
    long reserveBytes,
    Duration scrubEvery,
    long scrubRate,
    long retentionBytes,
    SeriesLimits series,
    Duration retireAfter,
    long memoryBytes) {
  public static final StoreOptions DEFAULT =
      new StoreOptions(
          256L << 20,
          Duration.ofHours(24),
          Throttle.DEFAULT_RATE,
          0,
          SeriesLimits.NONE,
          Duration.ofHours(2),
          112L << 20);

  /// What the log's cache leaves of the budget for the store.
  ///
  /// @throws IllegalArgumentException if that is too little to be of use
  public MemoryBudget memory(LogLimits log) {
    long logBytes = RatisConfig.logCacheBytes(log);
    if (memoryBytes < logBytes + MemoryBudget.LEAST) {
      throw new IllegalArgumentException(
          "--storage.memory-budget is too small: expected at least %d bytes, got %d"
              .formatted(logBytes + MemoryBudget.LEAST, memoryBytes));
    }
    return new MemoryBudget(memoryBytes - logBytes);
  }

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
