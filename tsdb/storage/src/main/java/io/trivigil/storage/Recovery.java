package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.head.Head;
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
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

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
    loadCatalogue(row);
    pages.scan(
        Table.LASTS,
        ALL_FROM,
        ALL_TO,
        (_, value) -> {
          Rows.lasts(value, engine.head::restoreLast);
          return true;
        });
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
    records.forEach(this::restoreIndex);
    return records;
  }

  private void loadCatalogue(PositionRow row) {
    Head head = engine.head;
    List<byte[]> blocks = new ArrayList<>();
    Long2ObjectMap<Labels> old = new Long2ObjectLinkedOpenHashMap<>();
    pages.scan(
        Table.CATALOGUE,
        ALL_FROM,
        ALL_TO,
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
          head.restore(ref, labels, false);
          oldBlocks.add(ref >>> Keys.PAGE_SHIFT);
        });
    for (byte[] block : blocks) {
      CatalogueBlock.read(block, head::shared, (ref, labels) -> head.restore(ref, labels, true));
    }
  }

  /// The blocks of the catalogue whose series an older version wrote, each in a row of its own.
  LongSet oldBlocks() {
    return oldBlocks;
  }

  private void restoreIndex(long partition, PartitionRecord record) {
    engine.partitions.restore(
        PartitionIndex.restore(
            partition,
            engine.head::labelsOrNull,
            engine.config.indexDirectory(),
            record.members(),
            record.memberHash(),
            () -> Rows.members(pages, partition),
            engine.partitions.answers(),
            engine.warn));
  }
}
