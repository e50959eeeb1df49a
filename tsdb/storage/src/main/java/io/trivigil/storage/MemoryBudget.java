package io.trivigil.storage;

import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.page.RocksLimits;

/// How much memory the caches and buffers of a store may take together, and what each of them gets
/// of it. Beside it stand what lives, the head and the series, which grow with the series, and what
/// queries take, which has a limit of its own.
///
/// @param bytes all of it; at least [#LEAST], 90 MiB by default
public record MemoryBudget(long bytes) {
  /// With less the parts are too small to be of use.
  public static final long LEAST = 16L << 20;

  public static final MemoryBudget DEFAULT = new MemoryBudget(90L << 20);

  public MemoryBudget {
    if (bytes < LEAST) {
      throw new IllegalArgumentException(
          "memory budget too small: expected at least %d bytes, got %d".formatted(LEAST, bytes));
    }
  }

  /// What RocksDB keeps of the blocks of its files, and what it has not written yet.
  public long engineBytes() {
    return bytes - openedPagesBytes() - indexAnswersBytes() - indexWriteBytes();
  }

  /// Of [#engineBytes] what is not written yet.
  public long engineWriteBytes() {
    return engineBytes() / 2;
  }

  /// Pages that queries have opened.
  public long openedPagesBytes() {
    return bytes / 6;
  }

  /// What searches of the series index found lately.
  public long indexAnswersBytes() {
    return bytes / 12;
  }

  /// New series on their way into Lucene's index of a partition.
  public long indexWriteBytes() {
    return bytes / 12;
  }

  /// Shows what a part of the budget may take, also of what others than the store keep of it.
  public static void showLimit(Metrics metrics, String part, long bytes) {
    metrics.gauge(
        "trivigil_memory_limit_bytes",
        "What a cache or a buffer may take of the memory budget; write buffers are inside the cache.",
        () -> (double) bytes,
        "part",
        part);
  }

  public RocksLimits engine() {
    return RocksLimits.DEFAULT.withMemory(engineBytes(), engineWriteBytes());
  }
}
