package io.trivigil.storage;

import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Tells of each corrupt chunk once. Thread-safe.
final class CorruptChunks {
  private static final int REMEMBERED = 10_000;

  private final StorageMetrics metrics;
  private final Damage damage;
  private final Consumer<String> warn;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  CorruptChunks(StorageMetrics metrics, Damage damage, Consumer<String> warn) {
    this.metrics = metrics;
    this.damage = damage;
    this.warn = warn;
  }

  void found(byte[] key, RuntimeException reason) {
    if (known.size() < REMEMBERED && known.add(HexFormat.of().formatHex(key))) {
      metrics.corruptChunks.inc();
      String what =
          "corrupt chunk set aside: partition=%d series=%d reason=%s"
              .formatted(Keys.chunkPartition(key), Keys.chunkRef(key), reason.getMessage());
      warn.accept(what);
      damage.found(what);
    }
  }

  /// As above, of a page; number -1 is what says where series stand in the pages of a layer.
  void foundPage(long partition, int layer, int number, RuntimeException reason) {
    if (known.size() < REMEMBERED && known.add(partition + "/" + layer + "/" + number)) {
      metrics.corruptChunks.inc();
      String what =
          "corrupt page set aside: partition=%d layer=%d page=%d reason=%s"
              .formatted(partition, layer, number, reason.getMessage());
      warn.accept(what);
      damage.found(what);
    }
  }

  /// How many are known.
  int count() {
    return known.size();
  }
}
