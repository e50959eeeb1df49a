package io.trivigil.storage.page;

/// How much RocksDB may take.
///
/// @param cacheBytes blocks of all tables, index and filter blocks included, and the memory tables,
///   which push blocks out; 60 MiB
/// @param writeBufferBytes memory tables over all tables, beyond which they are flushed together;
///   30 MiB
/// @param openFiles files held open; 512
/// @param backgroundJobs threads for flush and compaction; 2
/// @param nativeThreads platform threads for calls that arrive on virtual threads; 4
public record RocksLimits(
    long cacheBytes, long writeBufferBytes, int openFiles, int backgroundJobs, int nativeThreads) {
  public static final RocksLimits DEFAULT = new RocksLimits(60L << 20, 30L << 20, 512, 2, 4);

  public RocksLimits {
    if (writeBufferBytes < 1 << 16
        || cacheBytes < writeBufferBytes
        || openFiles < 16
        || backgroundJobs < 1
        || nativeThreads < 1) {
      throw new IllegalArgumentException(
          "storage limits too small: cache=%d write_buffer=%d files=%d jobs=%d threads=%d"
              .formatted(cacheBytes, writeBufferBytes, openFiles, backgroundJobs, nativeThreads));
    }
  }

  public RocksLimits withMemory(long cache, long writeBuffer) {
    return new RocksLimits(cache, writeBuffer, openFiles, backgroundJobs, nativeThreads);
  }
}
