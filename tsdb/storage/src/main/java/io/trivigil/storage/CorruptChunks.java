package io.trivigil.storage;

import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Tells of each corrupt chunk once. Thread-safe.
final class CorruptChunks {
  private static final int REMEMBERED = 10_000;

  private final StorageMetrics metrics;
  private final Consumer<String> warn;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  CorruptChunks(StorageMetrics metrics, Consumer<String> warn) {
    this.metrics = metrics;
    this.warn = warn;
  }

  void found(byte[] key, RuntimeException reason) {
    if (known.size() < REMEMBERED && known.add(HexFormat.of().formatHex(key))) {
      metrics.corruptChunks.inc();
      warn.accept(
          "corrupt chunk set aside: partition=%d series=%d reason=%s"
              .formatted(Keys.chunkPartition(key), Keys.chunkRef(key), reason.getMessage()));
    }
  }

  /// How many are known.
  int count() {
    return known.size();
  }
}
