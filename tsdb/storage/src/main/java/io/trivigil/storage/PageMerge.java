package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.chunk.ChunkCodec;
import io.trivigil.storage.chunk.CorruptChunkException;
import io.trivigil.storage.column.PageWriter;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// Writes all samples of one partition, from pages and chunks, as the next generation of its pages;
/// without those that are deleted as of the durable position. Used once.
///
/// The pages are written in small batches that nobody reads yet. One last batch makes the
/// generation count, and takes away its chunks and the pages of before. A crash in between leaves
/// pages that do not count; the next merge of the partition removes them. Chunks that a snapshot
/// writes meanwhile stay: they are newer than everything in the pages.
final class PageMerge {
  private static final int BYTES_PER_BATCH = 1 << 20;

  private final Engine engine;
  private final long partition;
  private final PageWriter writer = new PageWriter();
  private final PageTable.Builder table = new PageTable.Builder();
  private final SampleBuffer samples = new SampleBuffer();
  private Tombstones deleted = Tombstones.NONE;
  private final List<byte[]> pages = new ArrayList<>(); // not written yet
  private final List<byte[]> asideKeys = new ArrayList<>();
  private final List<byte[]> asideChunks = new ArrayList<>();
  private long[] bits = new long[512];
  private int pagesWritten;
  private long bytesWaiting;
  private long pageBytes;
  private long samplesWritten;
  private int generation;

  PageMerge(Engine engine, long partition) {
    this.engine = engine;
    this.partition = partition;
  }

  /// Merges; nothing if the partition is dropped meanwhile.
  ///
  /// @throws IllegalStateException if the store is closed or replaced meanwhile
  void run() {
    PageView view;
    PartitionRecord before;
    synchronized (engine.writeLock) {
      engine.requireOpen();
      PartitionRecord record = engine.records().get(partition);
      if (record == null) {
        return;
      }
      before = record;
      generation = before.generation() + 1;
      removeUncounted();
      engine.mergeWatch.begin(partition);
      view = engine.pages.view();
      deleted = engine.durableDeletions().tombstones();
    }
    try (view) {
      for (Row row : rows(view)) {
        gather(view, before, row.ref());
        if (!samples.isEmpty()) {
          add(row.ref());
        }
      }
      endPage();
      writePages();
      publish(before);
    } finally {
      synchronized (engine.writeLock) {
        engine.mergeWatch.end();
      }
    }
  }

  /// What a merge that did not come to its end left behind.
  private void removeUncounted() {
    try (PageBatch batch = engine.pages.begin()) {
      removeGeneration(batch, generation);
      batch.commit();
    }
  }

  private void removeGeneration(PageBatch batch, int which) {
    batch.deleteRange(
        Table.PAGES, Keys.page(partition, which, 0), Keys.page(partition, which + 1, 0));
  }

  /// A series of the partition; without labels where it has left already.
  private record Row(long ref, @Nullable Labels labels) {
    private static final Comparator<Row> ORDER =
        Comparator.comparing((Row row) -> row.labels() == null ? "" : row.labels().metricName())
            .thenComparing(Row::labels, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparingLong(Row::ref);
  }

  /// The series in the order of the pages: neighbours are queried together.
  private List<Row> rows(PageView view) {
    LongList members = Rows.members(view, partition);
    List<Row> rows = new ArrayList<>(members.size());
    Epochs.Epoch epoch = engine.epochs.enter(); // or slots could be recycled under the labels
    try {
      members.forEach((long ref) -> rows.add(new Row(ref, engine.head.labelsOrNull(ref))));
    } finally {
      engine.epochs.leave(epoch);
    }
    rows.sort(Row.ORDER);
    return rows;
  }

  private void gather(PageView view, PartitionRecord before, long ref) {
    samples.clear();
    if (before.pages() > 0) {
      engine.pageReads.read(
          view, partition, before.generation(), ref, Long.MIN_VALUE, Long.MAX_VALUE, samples);
    }
    view.scan(
        Table.CHUNKS,
        Keys.chunk(partition, ref, Long.MIN_VALUE),
        Keys.chunk(partition, ref + 1, Long.MIN_VALUE),
        (key, chunk) -> {
          try {
            ChunkCodec.decode(chunk, Long.MIN_VALUE, Long.MAX_VALUE, samples);
          } catch (CorruptChunkException e) {
            engine.corrupt.found(key, e);
            asideKeys.add(key);
            asideChunks.add(chunk);
          }
          return true;
        });
    leaveOutDeleted(deleted.of(ref));
  }

  private void leaveOutDeleted(long[] ranges) {
    if (ranges.length == 0) {
      return;
    }
    SampleBuffer all = new SampleBuffer(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      all.addFrom(samples, i);
    }
    samples.clear();
    int range = 0;
    for (int i = 0; i < all.size(); i++) {
      while (range < ranges.length && ranges[range + 1] < all.timestampMs(i)) {
        range += 2;
      }
      if (range == ranges.length || all.timestampMs(i) < ranges[range]) {
        samples.addFrom(all, i);
      }
    }
  }

  private void add(long ref) {
    int count = samples.size();
    if (bits.length < count) {
      bits = new long[Math.max(count, bits.length * 2)];
    }
    for (int i = 0; i < count; i++) {
      bits[i] = Double.doubleToRawLongBits(samples.value(i));
    }
    writer.add(ref, samples.timestampsMs(), bits, count);
    samplesWritten += count;
    if (writer.isFull()) {
      endPage();
    }
  }

  private void endPage() {
    if (writer.isEmpty()) {
      return;
    }
    table.add(writer.refs());
    byte[] page = writer.finish();
    pages.add(page);
    bytesWaiting += page.length;
    pageBytes += page.length;
    if (bytesWaiting >= BYTES_PER_BATCH) {
      writePages();
    }
  }

  private void writePages() {
    synchronized (engine.writeLock) {
      engine.requireOpen();
      try (PageBatch batch = engine.pages.begin()) {
        for (byte[] page : pages) {
          batch.put(Table.PAGES, Keys.page(partition, generation, pagesWritten++), page);
        }
        batch.commit();
      }
    }
    pages.clear();
    bytesWaiting = 0;
  }

  private void setBrokenPagesAside(PageView view, PageBatch batch, int which) {
    for (int number : engine.pageReads.broken(partition, which)) {
      byte[] key = Keys.page(partition, which, number);
      view.get(Table.PAGES, key).ifPresent(page -> batch.put(Table.ASIDE, key, page));
    }
  }

  private void publish(PartitionRecord before) {
    synchronized (engine.writeLock) {
      engine.requireOpen();
      List<byte[]> newer = engine.mergeWatch.end();
      NavigableMap<Long, PartitionRecord> records = engine.recordsToChange();
      PartitionRecord now = records.get(partition);
      if (now == null) {
        removeUncounted();
        return;
      }
      try (PageView view = engine.pages.view();
          PageBatch batch = engine.pages.begin()) {
        batch.deleteRange(
            Table.CHUNKS, Keys.partitionFloor(partition), Keys.partitionFloor(partition + 1));
        PartitionRecord next =
            now.plus(samplesWritten - before.samples(), -now.chunks(), -now.chunkBytes())
                .withPages(generation, pagesWritten, pageBytes);
        for (byte[] key : newer) {
          byte[] chunk = view.get(Table.CHUNKS, key).orElse(null);
          if (chunk != null) { // else its batch failed
            batch.put(Table.CHUNKS, key, chunk);
            next = next.plus(0, 1, chunk.length);
          }
        }
        for (int i = 0; i < asideKeys.size(); i++) {
          batch.put(Table.ASIDE, asideKeys.get(i), asideChunks.get(i));
        }
        setBrokenPagesAside(view, batch, before.generation());
        removeGeneration(batch, before.generation());
        batch.put(Table.PAGES, Keys.pageTable(partition, generation), table.encode());
        batch.put(Table.META, Keys.partitionRecord(partition), next.encode());
        batch.commit();
        records.put(partition, next);
        engine.changeRecords(records);
      }
      engine.pages.flush();
      // New readers need not hold the chunks of before, which take room as long as a view shows
      // them.
      engine.epochs.advance(engine.pages.view());
    }
  }
}
