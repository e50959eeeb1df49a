package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.storage.chunk.ChunkEncoder;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageStore;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Writes a store again as the version before layers would have written it. The store is not open.
final class OldStore {
  private final PageView view;
  private final PageBatch batch;
  private final boolean withPages;

  private OldStore(PageView view, PageBatch batch, boolean withPages) {
    this.view = view;
    this.batch = batch;
    this.withPages = withPages;
  }

  /// Nothing if the store has layers of late samples, which that version can not have had.
  ///
  /// @param withPages whether the oldest layer becomes a merged generation; else all are chunks
  static void rewrite(PageStore pages, boolean withPages) {
    try (PageView view = pages.view();
        PageBatch batch = pages.begin()) {
      if (hasLate(view)) {
        return;
      }
      OldStore old = new OldStore(view, batch, withPages);
      view.scan(
          Table.META,
          Keys.PARTITIONS_FROM,
          Keys.PARTITIONS_TO,
          (key, row) -> {
            if (key.length == 9) { // else the row `position`
              long partition = ByteBuffer.wrap(key).getLong(1) ^ Long.MIN_VALUE;
              old.rewrite(partition, PartitionRecord.decode(row));
            }
            return true;
          });
      old.rewriteCatalogue();
      batch.delete(Table.META, Keys.LAYERS);
      batch.commit();
    }
    pages.flush();
  }

  private void rewriteCatalogue() {
    view.scan(
        Table.CATALOGUE,
        Keys.blocksFloor(),
        Keys.block(Long.MAX_VALUE),
        (_, row) -> {
          CatalogueBlock.read(
              row,
              new BlockLabels(
                  (ref, labels) ->
                      batch.put(
                          Table.CATALOGUE,
                          Keys.number(ref),
                          new ByteWriter().u8(1).labels(labels).toBytes())));
          return true;
        });
    batch.deleteRange(Table.CATALOGUE, Keys.blocksFloor(), Keys.block(Long.MAX_VALUE));
  }

  private static boolean hasLate(PageView view) {
    boolean[] late = {false};
    view.scan(
        Table.META,
        Keys.PARTITIONS_FROM,
        Keys.PARTITIONS_TO,
        (key, row) -> {
          late[0] |= key.length == 9 && PartitionRecord.decode(row).hasLate();
          return true;
        });
    return late[0];
  }

  private void rewrite(long partition, PartitionRecord record) {
    List<Layer> layers = new ArrayList<>(record.layers());
    int generation = record.old().generation();
    int pages = record.old().pages();
    long pageBytes = record.old().pageBytes();
    if (withPages && record.old().isEmpty() && !layers.isEmpty()) {
      Layer first = layers.removeFirst();
      generation = first.number();
      pages = first.pages();
      pageBytes = first.bytes();
      writeTable(partition, first);
    }
    long chunks = record.old().chunks();
    long chunkBytes = record.old().chunkBytes();
    for (Layer layer : layers) {
      for (int number = 0; number < layer.pages(); number++) {
        Page page = page(partition, layer, number);
        for (int row = 0; row < page.series(); row++) {
          chunkBytes += writeChunk(partition, page, row);
          chunks++;
        }
      }
      batch.deleteRange(
          Table.PAGES,
          Keys.page(partition, layer.number(), 0),
          Keys.page(partition, layer.number() + 1, 0));
    }
    batch.put(
        Table.META,
        Keys.partitionRecord(partition),
        new ByteWriter()
            .u8(2)
            .varint(record.members())
            .fixed64(record.memberHash())
            .varint(record.samples())
            .varint(chunks)
            .varint(chunkBytes)
            .bool(record.merged() && record.layers().isEmpty())
            .varint(generation)
            .varint(pages)
            .varint(pageBytes)
            .toBytes());
  }

  private Page page(long partition, Layer layer, int number) {
    return Page.open(
        view.get(Table.PAGES, Keys.page(partition, layer.number(), number)).orElseThrow());
  }

  private void writeTable(long partition, Layer layer) {
    PageTable.Builder table = new PageTable.Builder();
    for (int number = 0; number < layer.pages(); number++) {
      Page page = page(partition, layer, number);
      LongArrayList refs = new LongArrayList();
      for (int row = 0; row < page.series(); row++) {
        refs.add(page.ref(row));
      }
      table.add(refs);
    }
    batch.put(Table.PAGES, Keys.pageTable(partition, layer.number()), table.encode());
  }

  private int writeChunk(long partition, Page page, int row) {
    SampleBuffer samples = new SampleBuffer();
    new PageReader().read(page, row, Long.MIN_VALUE, Long.MAX_VALUE, samples);
    long[] data = new long[2 * samples.size()];
    for (int i = 0; i < samples.size(); i++) {
      data[2 * i] = samples.timestampMs(i);
      data[2 * i + 1] = Double.doubleToRawLongBits(samples.value(i));
    }
    byte[] chunk = ChunkEncoder.encode(data, 0, samples.size());
    batch.put(Table.CHUNKS, Keys.chunk(partition, page.ref(row), data[0]), chunk);
    return chunk.length;
  }
}
