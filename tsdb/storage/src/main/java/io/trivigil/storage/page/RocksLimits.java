package io.trivigil.storage.page;

/// How much RocksDB may take.
///
/// @param blockCacheBytes read cache over all tables, index and filter blocks included; 32 MiB
/// @param writeBufferBytes memory tables over all tables, beyond which they are flushed together;
///   32 MiB
/// @param openFiles files held open; 512
/// @param backgroundJobs threads for flush and compaction; 2
/// @param nativeThreads platform threads for calls that arrive on virtual threads; 4
public record RocksLimits(
    long blockCacheBytes,
    long writeBufferBytes,
    int openFiles,
    int backgroundJobs,
    int nativeThreads) {
  public static final RocksLimits DEFAULT = new RocksLimits(32L << 20, 32L << 20, 512, 2, 4);

  public RocksLimits {
    if (blockCacheBytes < 1 << 16
        || writeBufferBytes < 1 << 16
        || openFiles < 16
        || backgroundJobs < 1
        || nativeThreads < 1) {
      throw new IllegalArgumentException(
          "storage limits too small: block_cache=%d write_buffer=%d files=%d jobs=%d threads=%d"
              .formatted(
                  blockCacheBytes, writeBufferBytes, openFiles, backgroundJobs, nativeThreads));
    }
  }
}
