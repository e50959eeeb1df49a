package io.trivigil.storage.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB behind the port: no log of its own, all column families flushed together.
///
/// Files: `CURRENT` names the directory that counts (`pages-N`), so that an [#install] is one
/// rename. Thread-safe: a read-write lock keeps every native call from a database that is being
/// closed or replaced, because using one would end the process.
public final class RocksPageStore implements PageStore {
  private final Path directory;
  private final RocksLimits limits;
  private final NativeCalls calls;

  /// Held for reading by every native call, for writing while the instance is exchanged.
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();

  private RocksInstance instance;
  private boolean closed;

  private RocksPageStore(Path directory, RocksLimits limits) throws IOException {
    this.directory = directory;
    this.limits = limits;
    this.calls = new NativeCalls(limits.nativeThreads());
    Path current = PageDirectories.current(directory);
    this.instance = calls.call(() -> RocksInstance.open(current, limits));
  }

  /// Opens the store in `directory`, which is made if it is not there.
  public static RocksPageStore open(Path directory, RocksLimits limits) {
    RocksDB.loadLibrary();
    try {
      return new RocksPageStore(directory, limits);
    } catch (IOException e) {
      throw new PageStoreException("can not open store: dir=" + directory, e);
    }
  }

  /// A failing call of RocksDB.
  interface Work<T> {
    T run(RocksInstance instance) throws RocksDBException;
  }

  /// Runs on the instance that `owner` was made for, or fails if that has ended.
  <T> T guarded(RocksInstance owner, Work<T> work) {
    return calls.call(
        () -> {
          life.readLock().lock();
          try {
            if (closed || owner != instance) {
              throw new PageStoreException("the store was closed or replaced");
            }
            return work.run(owner);
          } catch (RocksDBException e) {
            throw failed(e);
          } finally {
            life.readLock().unlock();
          }
        });
  }

  private <T> T current(Work<T> work) {
    return guarded(instance(), work);
  }

  private RocksInstance instance() {
    life.readLock().lock();
    try {
      return instance;
    } finally {
      life.readLock().unlock();
    }
  }

  /// Runs `work` unless `owner` has ended, for giving native things back.
  void release(RocksInstance owner, Runnable work) {
    calls.run(
        () -> {
          life.readLock().lock();
          try {
            if (!closed && owner == instance) {
              work.run();
            }
          } finally {
            life.readLock().unlock();
          }
        });
  }

  private PageStoreException failed(RocksDBException e) {
    return new PageStoreException(
        "storage engine failed: dir=%s reason=%s".formatted(directory, e.getMessage()), e);
  }

  @Override
  public PageBatch begin() {
    RocksInstance owner = instance();
    return calls.call(() -> new RocksBatch(owner));
  }

  @Override
  public void flush() {
    current(
        on -> {
          try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            on.db.flush(options, List.copyOf(on.families.values()));
          }
          return true;
        });
  }

  @Override
  public PageView view() {
    RocksInstance owner = instance();
    return guarded(owner, on -> new RocksView(this, on));
  }

  @Override
  public void reclaim(Table table, byte[] from, byte[] to) {
    current(
        on -> {
          on.db.deleteFilesInRanges(on.family(table), List.of(from, to), false);
          return true;
        });
  }

  @Override
  public void compact() {
    flush();
    for (Table table : Table.values()) {
      current(
          on -> {
            on.db.compactRange(on.family(table));
            return true;
          });
    }
  }

  @Override
  public void writeCheckpoint(Path target) {
    Path inner = target.resolve("checkpoint");
    current(
        on -> {
          try (Checkpoint checkpoint = Checkpoint.create(on.db)) {
            checkpoint.createCheckpoint(inner.toString()); // flushes first: there is no WAL
          }
          return true;
        });
    try {
      PageDirectories.moveUp(inner, target);
    } catch (IOException e) {
      throw new PageStoreException("can not write checkpoint: " + target, e);
    }
  }

  @Override
  public void install(Path source) {
    calls.run(
        () -> {
          life.writeLock().lock();
          try {
            Path next = PageDirectories.prepare(directory, source);
            // Opened before it counts: files that do not open must not replace ones that do.
            RocksInstance.open(next, limits).close();
            instance.close();
            PageDirectories.switchTo(directory, next);
            instance = RocksInstance.open(next, limits);
          } catch (IOException | UncheckedIOException e) {
            throw new PageStoreException("can not install: from=" + source, e);
          } finally {
            life.writeLock().unlock();
          }
        });
  }

  @Override
  public long bytes(Table table) {
    return current(on -> on.bytes(table));
  }

  @Override
  public void close() {
    calls.run(
        () -> {
          life.writeLock().lock();
          try {
            if (!closed) {
              closed = true;
              instance.close();
            }
          } finally {
            life.writeLock().unlock();
          }
        });
    calls.close();
  }

  /// The batch is native memory too, but belongs to no database: it may outlive one.
  private final class RocksBatch implements PageBatch {
    private final RocksInstance owner;
    private final WriteBatch batch = new WriteBatch();

    RocksBatch(RocksInstance owner) {
      this.owner = owner;
    }

    private interface Change {
      void make(ColumnFamilyHandle family) throws RocksDBException;
    }

    private void change(Table table, Change change) {
      guarded(
          owner,
          on -> {
            change.make(on.family(table));
            return true;
          });
    }

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      change(table, family -> batch.put(family, key, value));
    }

    @Override
    public void delete(Table table, byte[] key) {
      change(table, family -> batch.delete(family, key));
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      change(table, family -> batch.deleteRange(family, from, to));
    }

    @Override
    public void commit() {
      guarded(
          owner,
          on -> {
            try (WriteOptions options = new WriteOptions().setDisableWAL(true)) {
              on.db.write(options, batch);
            }
            return true;
          });
    }

    @Override
    public void close() {
      calls.run(batch::close);
    }
  }
}
