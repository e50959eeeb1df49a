package io.trivigil.storage.page;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBufferManager;

/// One open database with all that must be closed with it. Guarded by [RocksPageStore]'s lock.
final class RocksInstance implements AutoCloseable {
  // Of a write buffer, bytes at a time: as much as the launcher has the C library map for itself.
  // So a buffer that was flushed goes back to the machine at once, and not when it is trimmed.
  private static final int ARENA_BYTES = 256 << 10;

  final RocksDB db;
  final Map<Table, ColumnFamilyHandle> families;
  private final LRUCache cache;
  private final List<RocksObject> owned;
  private final Set<RocksView> views = ConcurrentHashMap.newKeySet();

  private RocksInstance(
      RocksDB db,
      Map<Table, ColumnFamilyHandle> families,
      LRUCache cache,
      List<RocksObject> owned) {
    this.db = db;
    this.families = families;
    this.cache = cache;
    this.owned = owned;
  }

  static RocksInstance open(Path directory, RocksLimits limits) {
    List<RocksObject> owned = new ArrayList<>();
    LRUCache cache = new LRUCache(limits.cacheBytes());
    owned.add(cache);
    WriteBufferManager buffers = new WriteBufferManager(limits.writeBufferBytes(), cache);
    owned.add(buffers);
    BloomFilter filter = new BloomFilter(10);
    owned.add(filter);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    // The engine insists on a default family; META lives there.
    for (Table table : Table.values()) {
      ColumnFamilyOptions options = familyOptions(table, limits, cache, filter);
      owned.add(options);
      descriptors.add(new ColumnFamilyDescriptor(name(table), options));
    }
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setAtomicFlush(true)
            .setAvoidFlushDuringShutdown(true) // a clean end and a kill leave the same
            .setMaxBackgroundJobs(limits.backgroundJobs())
            .setMaxOpenFiles(limits.openFiles())
            .setWriteBufferManager(buffers)
            .setKeepLogFileNum(2)
            .setMaxLogFileSize(1 << 20)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
    owned.add(options);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      RocksDB db = RocksDB.open(options, directory.toString(), descriptors, handles);
      Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
      Iterator<ColumnFamilyHandle> handle = handles.iterator(); // in the descriptors' order
      for (Table table : Table.values()) {
        families.put(table, handle.next());
      }
      return new RocksInstance(db, families, cache, owned);
    } catch (RocksDBException e) {
      closeAll(owned);
      String message = "can not open store: dir=%s reason=%s".formatted(directory, e.getMessage());
      throw StoreFiles.isDamage(e)
          ? PageStoreException.damaged(message, e)
          : new PageStoreException(message, e);
    }
  }

  private static ColumnFamilyOptions familyOptions(
      Table table, RocksLimits limits, LRUCache cache, BloomFilter filter) {
    BlockBasedTableConfig blocks =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setBlockSize(table == Table.CHUNKS || table == Table.PAGES ? 16 << 10 : 8 << 10)
            .setFormatVersion(5);
    if (table == Table.CATALOGUE || table == Table.SECTIONS) {
      blocks.setFilterPolicy(filter);
    }
    return new ColumnFamilyOptions()
        .setTableFormatConfig(blocks)
        .setWriteBufferSize(Math.max(1 << 16, limits.writeBufferBytes() / 2))
        .setMaxWriteBufferNumber(3)
        .setArenaBlockSize(ARENA_BYTES)
        .setTargetFileSizeBase(8L << 20)
        .setLevelCompactionDynamicLevelBytes(true)
        // Chunks are packed already; labels and machine state are text.
        .setCompressionType(
            table == Table.CHUNKS || table == Table.PAGES
                ? CompressionType.NO_COMPRESSION
                : CompressionType.LZ4_COMPRESSION);
  }

  static byte[] name(Table table) {
    return table == Table.META
        ? RocksDB.DEFAULT_COLUMN_FAMILY.clone()
        : table.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
  }

  ColumnFamilyHandle family(Table table) {
    return Objects.requireNonNull(families.get(table));
  }

  long bytes(Table table) throws RocksDBException {
    return db.getLongProperty(family(table), "rocksdb.live-sst-files-size")
        + db.getLongProperty(family(table), "rocksdb.cur-size-active-mem-table");
  }

  PageStore.Memory memory() throws RocksDBException {
    return new PageStore.Memory(
        cache.getUsage(), db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"));
  }

  void register(RocksView view) {
    views.add(view);
  }

  /// Whether the view was still registered: then the caller frees it.
  boolean unregister(RocksView view) {
    return views.remove(view);
  }

  private static void closeAll(List<RocksObject> objects) {
    for (RocksObject object : objects.reversed()) {
      object.close();
    }
  }

  /// Without a flush: what was not flushed is replayed from the log.
  @Override
  public void close() {
    views.forEach(RocksView::free);
    views.clear();
    db.cancelAllBackgroundWork(true);
    families.values().forEach(ColumnFamilyHandle::close);
    db.close();
    closeAll(owned);
  }
}
