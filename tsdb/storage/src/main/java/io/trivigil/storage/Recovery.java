package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.SlotsByLabels;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.PageStoreException;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.Long2ObjectLinkedOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// Fills an engine from its pages. Used once, before anybody else sees the engine.
final class Recovery {
  private static final byte[] ALL_FROM = new byte[0];
  private static final byte[] ALL_TO = {-1, -1, -1, -1, -1, -1, -1, -1, -1};

  private final Engine engine;
  private final PageView pages;
  private final LongSet oldBlocks = new LongOpenHashSet();

  Recovery(Engine engine, PageView pages) {
    this.engine = engine;
    this.pages = pages;
  }

  /// The position that the pages hold, empty for a blank store.
  Optional<PositionRow> position() {
    Optional<PositionRow> row = pages.get(Table.META, Keys.POSITION).map(PositionRow::decode);
    row.ifPresent(
        found -> {
          long expected = engine.config.partitionLength().toMillis();
          if (found.partitionMs() != expected) {
            throw new PageStoreException(
                "partition length differs: configured_ms=%d stored_ms=%d"
                    .formatted(expected, found.partitionMs()));
          }
        });
    return row;
  }

  /// What an earlier life found corrupt and set aside, if anything.
  Optional<String> asideBefore() {
    long[] chunks = {0};
    pages.scan(
        Table.ASIDE,
        ALL_FROM,
        ALL_TO,
        (_, _) -> {
          chunks[0]++;
          return true;
        });
    return chunks[0] == 0
        ? Optional.empty()
        : Optional.of("chunks were set aside as corrupt: count=" + chunks[0]);
  }

  /// The highest number that any pages were given, whether they count or not.
  int highestLayer(NavigableMap<Long, PartitionRecord> records) {
    // A version without layers left at most one generation that does not count.
    int old = records.values().stream().mapToInt(r -> r.old().generation() + 1).max().orElse(0);
    return pages
        .get(Table.META, Keys.LAYERS)
        .map(row -> Math.toIntExact(Keys.number(row)))
        .orElse(old);
  }

  NavigableMap<Long, PartitionRecord> load(PositionRow row) {
    NavigableMap<Long, PartitionRecord> records = records();
    FutureTask<List<PartitionIndex>> indexes = openIndexes(records);
    try {
      loadCatalogue(row);
      pages.scan(
          Table.LASTS,
          ALL_FROM,
          ALL_TO,
          (_, value) -> {
            Rows.lasts(value, engine.head::restoreLast);
            return true;
          });
      opened(indexes).forEach(engine.partitions::restore);
    } catch (RuntimeException e) {
      closeAfter(e, indexes);
      throw e;
    }
    return records;
  }

  private NavigableMap<Long, PartitionRecord> records() {
    NavigableMap<Long, PartitionRecord> records = new TreeMap<>();
    pages.scan(
        Table.META,
        Keys.PARTITIONS_FROM,
        Keys.PARTITIONS_TO,
        (key, value) -> {
          if (key.length == 9) { // else the row `position`
            long partition = ByteBuffer.wrap(key).getLong(1) ^ Long.MIN_VALUE;
            records.put(partition, PartitionRecord.decode(value));
          }
          return true;
        });
    return records;
  }

  /// Opens the partitions' indexes; where they are files, beside the catalogue: one reads and looks
  /// up while the other loads classes and maps files.
  private FutureTask<List<PartitionIndex>> openIndexes(Map<Long, PartitionRecord> records) {
    FutureTask<List<PartitionIndex>> task =
        new FutureTask<>(
            () ->
                records.entrySet().stream()
                    .map(record -> openIndex(record.getKey(), record.getValue()))
                    .toList());
    if (engine.config.indexDirectory().isPresent()) {
      Thread.ofPlatform().name("open-indexes").start(task);
    } else {
      task.run();
    }
    return task;
  }

  private static void closeAfter(RuntimeException e, Future<List<PartitionIndex>> indexes) {
    try {
      opened(indexes).forEach(PartitionIndex::close);
    } catch (RuntimeException another) {
      if (another != e) {
        e.addSuppressed(another);
      }
    }
  }

  private static List<PartitionIndex> opened(Future<List<PartitionIndex>> indexes) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return indexes.get();
        } catch (InterruptedException e) {
          interrupted = true; // it ends by itself, and nothing may be left open
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("series indexes do not open", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void loadCatalogue(PositionRow row) {
    Head head = engine.head;
    List<byte[]> blocks = new ArrayList<>();
    Long2ObjectMap<Labels> old = new Long2ObjectLinkedOpenHashMap<>();
    pages.scan(
        Table.CATALOGUE,
        ALL_FROM,
        Keys.retiredFloor(), // what is behind is read when somebody asks
        (key, value) -> {
          if (Keys.isBlock(key)) {
            blocks.add(value);
          } else {
            old.put(Keys.number(key), Rows.labels(value));
          }
          return true;
        });
    int series = old.size() + blocks.stream().mapToInt(CatalogueBlock::series).sum();
    head.restoreState(row.lastRef(), row.cutoffMs(), series);
    old.forEach(
        (ref, labels) -> {
          head.restore(ref, labels);
          oldBlocks.add(ref >>> Keys.PAGE_SHIFT);
        });
    IntoHead target = new IntoHead(head.byLabels());
    for (byte[] block : blocks) {
      CatalogueBlock.read(block, target);
    }
  }

  private record IntoHead(SlotsByLabels slots) implements CatalogueBlock.Target {
    @Override
    public int symbol(String text) {
      return slots.symbol(text);
    }

    @Override
    public int shape(String... names) {
      return slots.shape(names);
    }

    @Override
    public void series(long ref, int shape, int[] values) {
      slots.add(ref, shape, values);
    }
  }

  /// The blocks of the catalogue whose series an older version wrote, each in a row of its own.
  LongSet oldBlocks() {
    return oldBlocks;
  }

  private PartitionIndex openIndex(long partition, PartitionRecord record) {
    return PartitionIndex.restore(
        partition,
        engine.partitions.home(),
        record.members(),
        record.memberHash(),
        () -> Rows.members(pages, partition));
  }
}
