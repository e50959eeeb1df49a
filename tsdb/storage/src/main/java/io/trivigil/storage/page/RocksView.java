package io.trivigil.storage.page;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/// A native snapshot with a pool of iterators over it: making an iterator costs more than a seek.
final class RocksView implements PageView {
  private static final int POOLED_PER_TABLE = 8;

  private final RocksPageStore store;
  private final RocksInstance instance;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private final Map<Table, Queue<RocksIterator>> idle = new ConcurrentHashMap<>();

  RocksView(RocksPageStore store, RocksInstance instance) {
    this.store = store;
    this.instance = instance;
    this.snapshot = instance.db.getSnapshot();
    this.options = new ReadOptions().setSnapshot(snapshot);
    instance.register(this);
  }

  @Override
  public Optional<byte[]> get(Table table, byte[] key) {
    return store.guarded(
        instance, on -> Optional.ofNullable(on.db.get(on.family(table), options, key)));
  }

  @Override
  public void scanFromFloor(Table table, byte[] from, byte[] start, byte[] to, Visitor visitor) {
    store.guarded(
        instance,
        on -> {
          Queue<RocksIterator> pool =
              idle.computeIfAbsent(table, _ -> new ConcurrentLinkedQueue<>());
          RocksIterator pooled = pool.poll();
          RocksIterator at = pooled == null ? on.db.newIterator(on.family(table), options) : pooled;
          try {
            visit(at, from, start, to, visitor);
          } finally {
            if (pool.size() < POOLED_PER_TABLE) {
              pool.add(at);
            } else {
              at.close();
            }
          }
          return true;
        });
  }

  private static void visit(RocksIterator at, byte[] from, byte[] start, byte[] to, Visitor visitor)
      throws RocksDBException {
    at.seekForPrev(start);
    if (!at.isValid() || Arrays.compareUnsigned(at.key(), from) < 0) {
      at.status();
      at.seek(start);
    }
    while (at.isValid()) {
      byte[] key = at.key();
      if (Arrays.compareUnsigned(key, to) >= 0 || !visitor.visit(key, at.value())) {
        return;
      }
      at.next();
    }
    at.status();
  }

  /// Gives the native things back; called once, under the store's lock.
  void free() {
    idle.values().forEach(pool -> pool.forEach(RocksIterator::close));
    idle.clear();
    options.close();
    instance.db.releaseSnapshot(snapshot);
    snapshot.close();
  }

  @Override
  public void close() {
    store.release(
        instance,
        () -> {
          if (instance.unregister(this)) {
            free();
          }
        });
  }
}
