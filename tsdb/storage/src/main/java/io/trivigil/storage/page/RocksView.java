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

  /// Rows from a guess to the floor, beyond which looking backwards is the cheaper.
  private static final int MOST_BELOW = 4;

  private final RocksPageStore store;
  private final RocksInstance instance;
  private final Snapshot snapshot;
  private final ReadOptions options;

  /// For pages, which who reads them keeps opened: a copy of their blocks would only drive out
  /// those of other tables.
  private final ReadOptions pageOptions;

  private final Map<Table, Queue<RocksIterator>> idle = new ConcurrentHashMap<>();

  RocksView(RocksPageStore store, RocksInstance instance) {
    this.store = store;
    this.instance = instance;
    this.snapshot = instance.db.getSnapshot();
    this.options = new ReadOptions().setSnapshot(snapshot);
    this.pageOptions = new ReadOptions().setSnapshot(snapshot).setFillCache(false);
    instance.register(this);
  }

  @Override
  public Optional<byte[]> get(Table table, byte[] key) {
    ReadOptions how = table == Table.PAGES ? pageOptions : options;
    return store.guarded(
        instance, on -> Optional.ofNullable(on.db.get(on.family(table), how, key)));
  }

  @Override
  public void scanFromFloor(Table table, byte[] from, byte[] start, byte[] to, Visitor visitor) {
    scan(table, at -> visit(at, from, start, to, visitor));
  }

  @Override
  public void scanFromGuess(
      Table table, byte[] from, byte[] guess, byte[] start, byte[] to, Visitor visitor) {
    scan(
        table,
        at -> {
          if (!visitFromGuess(at, from, guess, start, to, visitor)) {
            visit(at, from, start, to, visitor);
          }
        });
  }

  private interface Use {
    void of(RocksIterator at) throws RocksDBException;
  }

  private void scan(Table table, Use use) {
    store.guarded(
        instance,
        on -> {
          Queue<RocksIterator> pool =
              idle.computeIfAbsent(table, _ -> new ConcurrentLinkedQueue<>());
          RocksIterator pooled = pool.poll();
          RocksIterator at = pooled == null ? on.db.newIterator(on.family(table), options) : pooled;
          try {
            use.of(at);
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

  /// Going backwards costs several times what a step forward costs. False if the guess was no good:
  /// then no row from the floor on was visited.
  private static boolean visitFromGuess(
      RocksIterator at, byte[] from, byte[] guess, byte[] start, byte[] to, Visitor visitor)
      throws RocksDBException {
    at.seek(guess);
    boolean floorMayBeBefore = Arrays.compareUnsigned(from, guess) < 0;
    boolean below = true;
    int rowsBelow = 0;
    while (at.isValid()) {
      byte[] key = at.key();
      below = below && Arrays.compareUnsigned(key, start) <= 0;
      if (below ? ++rowsBelow > MOST_BELOW : rowsBelow == 0 && floorMayBeBefore) {
        return false;
      }
      if (Arrays.compareUnsigned(key, to) >= 0 || !visitor.visit(key, at.value())) {
        return true;
      }
      at.next();
    }
    at.status();
    return rowsBelow > 0 || !floorMayBeBefore;
  }

  /// Gives the native things back; called once, under the store's lock.
  void free() {
    idle.values().forEach(pool -> pool.forEach(RocksIterator::close));
    idle.clear();
    options.close();
    pageOptions.close();
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
