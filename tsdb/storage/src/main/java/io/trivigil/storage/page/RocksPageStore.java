package io.trivigil.storage.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
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
  private volatile Consumer<String> damaged = _ -> {};

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
      String message = "can not open store: dir=%s reason=%s".formatted(directory, e);
      // What the file system says is no damage; what we say of the pointer is.
      throw e instanceof FileSystemException
          ? new PageStoreException(message, e)
          : PageStoreException.damaged(message, e);
    }
  }

  /// Makes a new store of the files of a checkpoint, which are moved; `directory` must not hold
  /// one.
  public static void adopt(Path directory, Path checkpoint) throws IOException {
    PageDirectories.adopt(directory, checkpoint);
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
    String message = "storage engine failed: dir=%s reason=%s".formatted(directory, e.getMessage());
    if (StoreFiles.isDamage(e)) {
      damaged.accept(message);
      return PageStoreException.damaged(message, e);
    }
    return new PageStoreException(message, e);
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

  /// RocksDB leaves alone what is on the lowest level already, where deletions that came to it
  /// while a view was open stand beside what they delete.
  @Override
  public void rewrite(Table table, byte[] from, byte[] to) {
    current(
        on -> {
          try (CompactRangeOptions options = new CompactRangeOptions()) {
            options.setBottommostLevelCompaction(BottommostLevelCompaction.kForceOptimized);
            on.db.compactRange(on.family(table), from, to, options);
          }
          return true;
        });
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
  public void check(FileCheck check) {
    Set<Path> tables = new TreeSet<>();
    current(
        on -> {
          for (LiveFileMetaData file : on.db.getLiveFilesMetaData()) {
            tables.add(Path.of(file.path(), file.fileName()));
          }
          return true;
        });
    for (Path table : tables) {
      // Outside of the lock: a table that is merged away meanwhile is not missed.
      boolean gone = !Files.exists(table) && !isLive(table);
      if (!gone && !calls.call(() -> StoreFiles.checkTable(table, stillLive(table, check)))) {
        return;
      }
    }
  }

  private boolean isLive(Path table) {
    return current(
        on ->
            on.db.getLiveFilesMetaData().stream()
                .anyMatch(file -> Path.of(file.path(), file.fileName()).equals(table)));
  }

  /// Does not tell of a file that is no part of the store any more.
  private FileCheck stillLive(Path table, FileCheck check) {
    return new FileCheck() {
      @Override
      public boolean read(String file, long bytes) {
        return check.read(file, bytes);
      }

      @Override
      public void damaged(String file, String problem) {
        if (isLive(table)) {
          check.damaged(file, problem);
        }
      }
    };
  }

  @Override
  public void onDamage(Consumer<String> told) {
    damaged = told;
  }

  @Override
  public Memory memory() {
    return current(RocksInstance::memory);
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
    /// Some two million series' snapshot. Only what is filled of it becomes memory; a batch that
    /// grows is copied each time it doubles, and stands in memory twice then.
    private static final int ROOM_BYTES = 48 << 20;

    private final RocksInstance owner;
    private final WriteBatch batch = new WriteBatch(ROOM_BYTES);

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
            batch.close(); // what it held stands in the write buffers; a flush needs room, too
            return true;
          });
    }

    @Override
    public void close() {
      calls.run(batch::close);
    }
  }
}
