package io.trivigil.storage.page;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A store in memory for tests and simulations, with the same promises as the real one: [#crash]
/// loses exactly what was not flushed. Every batch copies the tables that it touches, so keep them
/// small. Thread-safe through a private lock on the two states.
public final class MemoryPageStore implements PageStore {
  private static final String FILE = "pages.bin";

  /// The steps at which a test may fail the store.
  public enum Step {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    AFTER_FLUSH
  }

  private record Content(Map<Table, NavigableMap<byte[], byte[]>> tables) {}

  private final Object lock = new Object(); // guards the fields below
  private Content current = empty();
  private Content durable = current;
  private int life;
  private Consumer<Step> faults = _ -> {};

  private static Content empty() {
    Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);
    for (Table table : Table.values()) {
      tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
    }
    return new Content(tables);
  }

  /// Calls `faults` at each step of each write; what it throws, the writer gets.
  public void onStep(Consumer<Step> faults) {
    synchronized (lock) {
      this.faults = faults;
    }
  }

  /// Loses what was not flushed and ends all views, as a power cut does. The store can be opened
  /// again at once.
  public void crash() {
    synchronized (lock) {
      current = durable;
      life++;
      faults = _ -> {};
    }
  }

  private void step(Step step) {
    Consumer<Step> handler;
    synchronized (lock) {
      handler = faults;
    }
    handler.accept(step);
  }

  @Override
  public PageBatch begin() {
    return new MemoryBatch();
  }

  @Override
  public void flush() {
    synchronized (lock) {
      durable = current;
    }
    step(Step.AFTER_FLUSH);
  }

  @Override
  public PageView view() {
    synchronized (lock) {
      return new MemoryView(current, life);
    }
  }

  @Override
  public void reclaim(Table table, byte[] from, byte[] to) {}

  @Override
  public void compact() {
    flush();
  }

  @Override
  public void rewrite(Table table, byte[] from, byte[] to) {}

  @Override
  public void writeCheckpoint(Path directory) {
    Content content;
    synchronized (lock) {
      durable = current;
      content = current;
    }
    ByteWriter out = new ByteWriter(4096);
    for (Table table : Table.values()) {
      NavigableMap<byte[], byte[]> rows = rows(content, table);
      out.varint(rows.size());
      rows.forEach((key, value) -> out.bytes(key).bytes(value));
    }
    try {
      Files.write(directory.resolve(FILE), out.toBytes());
    } catch (IOException e) {
      throw new PageStoreException("can not write checkpoint: " + directory, e);
    }
  }

  @Override
  public void install(Path directory) {
    Content content = empty();
    try {
      ByteReader in = new ByteReader(Files.readAllBytes(directory.resolve(FILE)));
      for (Table table : Table.values()) {
        for (int left = in.count(2); left > 0; left--) {
          byte[] key = in.bytes();
          rows(content, table).put(key, in.bytes());
        }
      }
      in.expectEnd();
    } catch (IOException | IllegalArgumentException e) {
      throw new PageStoreException("can not read checkpoint: " + directory, e);
    }
    synchronized (lock) {
      current = content;
      durable = content;
      life++;
    }
  }

  @Override
  public void check(FileCheck check) {} // has no files

  @Override
  public void onDamage(Consumer<String> told) {}

  /// Nothing: what it holds stands for a disk.
  @Override
  public Memory memory() {
    return new Memory(0, 0);
  }

  @Override
  public long bytes(Table table) {
    Content content;
    synchronized (lock) {
      content = current;
    }
    long bytes = 0;
    for (Map.Entry<byte[], byte[]> row : rows(content, table).entrySet()) {
      bytes += row.getKey().length + row.getValue().length;
    }
    return bytes;
  }

  /// Changes a value in place, as a failing disk does; for tests of corruption.
  public void damage(Table table, byte[] key, byte[] value) {
    try (PageBatch batch = begin()) {
      batch.put(table, key, value);
      batch.commit();
    }
    flush();
  }

  @Override
  public void close() {
    synchronized (lock) {
      life++;
    }
  }

  private static NavigableMap<byte[], byte[]> rows(Content content, Table table) {
    NavigableMap<byte[], byte[]> rows = content.tables().get(table);
    return rows == null ? Collections.emptyNavigableMap() : rows;
  }

  private sealed interface Change {
    record Put(Table table, byte[] key, byte[] value) implements Change {}

    record Delete(Table table, byte[] key) implements Change {}

    record DeleteRange(Table table, byte[] from, byte[] to) implements Change {}
  }

  private final class MemoryBatch implements PageBatch {
    private final List<Change> changes = new ArrayList<>();

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      changes.add(new Change.Put(table, key, value));
    }

    @Override
    public void delete(Table table, byte[] key) {
      changes.add(new Change.Delete(table, key));
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      changes.add(new Change.DeleteRange(table, from, to));
    }

    @Override
    public void commit() {
      step(Step.BEFORE_COMMIT);
      synchronized (lock) {
        Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(current.tables());
        Map<Table, NavigableMap<byte[], byte[]>> copies = new EnumMap<>(Table.class);
        for (Change change : changes) {
          switch (change) {
            case Change.Put(Table table, byte[] key, byte[] value) ->
                copy(tables, copies, table).put(key, value);
            case Change.Delete(Table table, byte[] key) -> copy(tables, copies, table).remove(key);
            case Change.DeleteRange(Table table, byte[] from, byte[] to) ->
                copy(tables, copies, table).subMap(from, true, to, false).clear();
          }
        }
        tables.putAll(copies);
        current = new Content(tables);
      }
      step(Step.AFTER_COMMIT);
    }

    private NavigableMap<byte[], byte[]> copy(
        Map<Table, NavigableMap<byte[], byte[]>> from,
        Map<Table, NavigableMap<byte[], byte[]>> copies,
        Table table) {
      return copies.computeIfAbsent(
          table, t -> new TreeMap<>(from.getOrDefault(t, Collections.emptyNavigableMap())));
    }

    @Override
    public void close() {
      changes.clear();
    }
  }

  private final class MemoryView implements PageView {
    private final Content content;
    private final int born;

    MemoryView(Content content, int born) {
      this.content = content;
      this.born = born;
    }

    private void check() {
      synchronized (lock) {
        if (life != born) {
          throw new PageStoreException("the store was closed or replaced");
        }
      }
    }

    @Override
    public Optional<byte[]> get(Table table, byte[] key) {
      check();
      return Optional.ofNullable(rows(content, table).get(key));
    }

    @Override
    public void scanFromFloor(Table table, byte[] from, byte[] start, byte[] to, Visitor visitor) {
      check();
      NavigableMap<byte[], byte[]> rows = rows(content, table);
      visit(rows, floor(rows, from, start), to, visitor);
    }

    @Override
    public void scanFromGuess(
        Table table, byte[] from, byte[] guess, byte[] start, byte[] to, Visitor visitor) {
      check();
      NavigableMap<byte[], byte[]> rows = rows(content, table);
      byte[] floor = floor(rows, from, start);
      visit(rows, Arrays.compareUnsigned(guess, floor) < 0 ? guess : floor, to, visitor);
    }

    private static byte[] floor(NavigableMap<byte[], byte[]> rows, byte[] from, byte[] start) {
      byte[] floor = rows.floorKey(start);
      return floor != null && Arrays.compareUnsigned(floor, from) >= 0 ? floor : start;
    }

    private static void visit(
        NavigableMap<byte[], byte[]> rows, byte[] first, byte[] to, Visitor visitor) {
      if (Arrays.compareUnsigned(first, to) >= 0) {
        return;
      }
      for (Map.Entry<byte[], byte[]> row : rows.subMap(first, true, to, false).entrySet()) {
        if (!visitor.visit(row.getKey(), row.getValue())) {
          return;
        }
      }
    }

    @Override
    public void close() {}
  }
}
