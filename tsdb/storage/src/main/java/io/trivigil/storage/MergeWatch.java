package io.trivigil.storage;

import java.util.ArrayList;
import java.util.List;

/// Notes the chunks that snapshots write into a partition while it is merged: they stay. Guarded by
/// the engine's `writeLock`.
final class MergeWatch {
  private boolean watching;
  private long partition;
  private List<byte[]> keys = new ArrayList<>();

  void begin(long of) {
    watching = true;
    partition = of;
    keys = new ArrayList<>();
  }

  void written(long into, byte[] key) {
    if (watching && into == partition) {
      keys.add(key);
    }
  }

  /// The keys since [#begin]; watching ends.
  List<byte[]> end() {
    watching = false;
    return keys;
  }
}
