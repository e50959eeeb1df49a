package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.storage.column.SeriesEncoder;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadDelta;
import io.trivigil.storage.head.LastSink;
import io.trivigil.storage.head.SlotSet;
import io.trivigil.storage.head.Teller;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns what changed since the last snapshot into one batch. Used once, by the thread that writes.
final class SnapshotWriter {

  /// One generation with the members that it brought.
  record Change(HeadDelta head, NavigableMap<Long, PartitionIndex.Fresh> members) {}

  private final Head head;
  private final Teller teller;
  private final long floor;
  private final Partitions partitions;
  private final PageBatch batch;
  private final NavigableMap<Long, PartitionRecord> records;
  private final IntSupplier numbers;
  private final Tombstones deleted;
  private final NavigableMap<Long, Open> open = new TreeMap<>();
  private final NavigableMap<Long, Open> late = new TreeMap<>();
  private @Nullable Open lastOpen;
  private final Arena memory = Arena.ofConfined(); // of the layers' rows
  private final LongSet oldBlocks;
  private final LongOpenHashSet blocks = new LongOpenHashSet();
  private final LongOpenHashSet lastPages = new LongOpenHashSet();
  private final Object2LongOpenHashMap<String> metricHashes = new Object2LongOpenHashMap<>();
  private final List<Long> dropped = new ArrayList<>();
  private long[] timesMs = new long[128];
  private long[] bits = new long[128];
  private @Nullable NativeHistogram[] histograms = new NativeHistogram[0]; // of a mixed series
  private long cutoffMs = Long.MIN_VALUE;
  private long lastRef;
  private long end;
  private long bytes;

  /// `floor` is where the snapshot before ended. `records` are copied; [#records] gives them as
  /// they are after the batch. `numbers` gives a new number for each layer. `oldBlocks` are the
  /// blocks of the catalogue whose series stand in rows of their own, which go. `deleted` is as of
  /// the position that is written.
  SnapshotWriter(
      Head head,
      long floor,
      Partitions partitions,
      PageBatch batch,
      NavigableMap<Long, PartitionRecord> records,
      LongSet oldBlocks,
      IntSupplier numbers,
      Tombstones deleted) {
    this.head = head;
    this.teller = head.teller();
    this.oldBlocks = oldBlocks;
    this.floor = floor;
    this.end = floor;
    this.partitions = partitions;
    this.batch = batch;
    this.records = new TreeMap<>(records);
    this.numbers = numbers;
    this.deleted = deleted;
  }

  /// @param before a view of what is there so far
  void write(List<Change> changes, PositionRow row, PageView before) {
    cutoffMs = row.cutoffMs();
    lastRef = row.lastRef();
    for (Change change : changes) {
      end = change.head().to();
      writeSeries(change.head());
      change.members().forEach(this::writeMembers);
    }
    try (memory) {
      writeLayers(changes);
    }
    writeRetired(changes, row.position().index(), before);
    dropPartitions();
    lastPages.addAll(blocks);
    lastPages.forEach((long page) -> writeLasts(page, row.position().index()));
    if (!oldBlocks.isEmpty()) {
      batch.deleteRange(Table.CATALOGUE, Keys.number(0), Keys.blocksFloor());
      blocks.addAll(oldBlocks);
    }
    blocks.forEach((long page) -> writeBlock(page, row.position().index()));
    records.forEach(
        (partition, record) -> put(Table.META, Keys.partitionRecord(partition), record.encode()));
    put(Table.META, Keys.POSITION, row.encode());
  }

  private void put(Table table, byte[] key, byte[] value) {
    batch.put(table, key, value);
    bytes += key.length + value.length;
  }

  /// Series that are retired at the snapshot's entry; those of blocks that were written before.
  private void writeRetired(List<Change> changes, long index, PageView before) {
    RetiredSeries.HashRows hashes = new RetiredSeries.HashRows(before);
    LongOpenHashSet told = new LongOpenHashSet();
    for (Change change : changes) {
      for (long ref : change.head().turned()) {
        int slot = head.find(ref);
        if (told.add(ref)
            && slot != Head.NO_SLOT
            && !head.removedBy(slot, index)
            && !head.retiring().isIn(ref, index)) {
          Labels labels = head.labels(slot);
          head.lastAt(
              slot,
              end,
              floor,
              (timestampMs, last) ->
                  put(
                      Table.CATALOGUE,
                      Keys.retired(ref),
                      new RetiredRows.Row(labels, timestampMs, last).encode()));
          hashes.add(RetiredRows.hash(labels), ref);
        }
      }
    }
    hashes.write(batch);
  }

  private void writeSeries(HeadDelta delta) {
    if (delta.firstRef() <= delta.lastRef()) {
      long last = delta.lastRef() >>> Keys.PAGE_SHIFT;
      for (long page = delta.firstRef() >>> Keys.PAGE_SHIFT; page <= last; page++) {
        blocks.add(page);
      }
    }
    delta.removed().forEach((long ref) -> blocks.add(ref >>> Keys.PAGE_SHIFT));
    delta.turned().forEach((long ref) -> blocks.add(ref >>> Keys.PAGE_SHIFT));
  }

  private void writeMembers(long partition, PartitionIndex.Fresh fresh) {
    if (partitions.dropped(partition, cutoffMs)) {
      return;
    }
    put(Table.MEMBERS, Keys.members(partition, fresh.before()), Rows.members(fresh.refs()));
    records.merge(
        partition,
        PartitionRecord.EMPTY.withMembers(fresh.members(), fresh.hash()),
        (old, now) -> old.withMembers(now.members(), now.memberHash()));
  }

  /// A layer that is being written. Series are encoded in the order in which they stand in the
  /// head, where neighbours share timestamps and lines of memory, and then sorted.
  private final class Open {
    private final long partition;
    private final boolean cameLate;
    private final int number = numbers.getAsInt();
    private final SeriesEncoder rows;
    private final LayerOrder order;

    Open(long partition, boolean cameLate, Arena memory) {
      this.partition = partition;
      this.cameLate = cameLate;
      this.rows = SeriesEncoder.of(true, memory);
      this.order = new LayerOrder(rows);
    }

    private void add(long hash, long ref, int count, boolean mixed) {
      long note = order.before(hash, ref);
      int row =
          mixed
              ? rows.add(timesMs, bits, histograms, count, note)
              : rows.add(timesMs, bits, count, note);
      order.add(ref, row);
    }

    private void finish() {
      LayerWriter writer =
          new LayerWriter(
              (page, content) -> put(Table.PAGES, Keys.page(partition, number, page), content));
      order.forEach((hash, ref, row) -> writer.add(hash, ref, rows, row));
      Layer layer = writer.finish(number, 0).orElseThrow().withLate(cameLate);
      put(Table.PAGES, Keys.pageTable(partition, number), writer.directory());
      PartitionRecord old = records.getOrDefault(partition, PartitionRecord.EMPTY);
      records.put(partition, old.plus(layer));
    }
  }

  /// Writes the samples of all changes together: in the head they stand one behind the other.
  private void writeLayers(List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    long from = changes.getFirst().head().from();
    eachTouched(
        changes,
        HeadDelta::touched,
        slot ->
            teller.tell(
                slot, from, end, (ref, data, a, b) -> writeSamples(ref, data, a, b, false)));
    eachTouched(
        changes, HeadDelta::lateTouched, slot -> teller.tellLate(slot, from, end, this::writeLate));
    open.values().forEach(Open::finish);
    late.values().forEach(Open::finish); // behind the others: what came in order came first
    Stream.concat(open.values().stream(), late.values().stream())
        .mapToInt(layer -> layer.number)
        .max()
        .ifPresent(highest -> put(Table.META, Keys.LAYERS, Keys.number(highest)));
  }

  /// Tells each slot once, although a series may be touched by several changes.
  private void eachTouched(
      List<Change> changes, Function<HeadDelta, SlotSet> touched, IntConsumer slots) {
    LongOpenHashSet told = new LongOpenHashSet();
    for (Change change : changes) {
      touched
          .apply(change.head())
          .forEach(
              slot -> {
                if (changes.size() == 1 || told.add(head.ref(slot))) {
                  slots.accept(slot);
                }
              });
    }
  }

  private void writeLate(long ref, long[] data, int first, int size) {
    int kept = LateOrder.settle(data, first, size, deleted.revived(ref));
    writeSamples(ref, data, first, first + kept, true);
  }

  /// Cuts a series' samples at the partitions' borders.
  private void writeSamples(long ref, long[] data, int first, int size, boolean cameLate) {
    int slot = head.find(ref);
    String metric = head.metricName(slot);
    long hash = metricHashes.getLong(metric);
    if (hash == 0) {
      hash = MetricHash.of(metric);
      metricHashes.put(metric, hash);
    }
    lastPages.add(ref >>> Keys.PAGE_SHIFT);
    int from = first;
    while (from < size) {
      long partition = partitions.of(data[2 * from]);
      long endMs = partitions.endMs(partition);
      int to = from;
      while (to < size && data[2 * to] <= endMs) {
        take(to - from, data[2 * to], data[2 * to + 1]);
        to++;
      }
      if (!partitions.dropped(partition, cutoffMs)) {
        boolean mixed = head.hasHistograms(slot) && untag(to - from);
        layer(partition, cameLate).add(hash, ref, to - from, mixed);
      }
      from = to;
    }
  }

  /// The layer that is being written; nearly always that of the series before.
  private Open layer(long partition, boolean cameLate) {
    Open layer = lastOpen;
    if (layer == null || layer.partition != partition || layer.cameLate != cameLate) {
      layer =
          (cameLate ? late : open).computeIfAbsent(partition, of -> new Open(of, cameLate, memory));
      lastOpen = layer;
    }
    return layer;
  }

  private void take(int at, long timestampMs, long valueBits) {
    if (at == timesMs.length) {
      timesMs = Arrays.copyOf(timesMs, at * 2);
      bits = Arrays.copyOf(bits, at * 2);
    }
    timesMs[at] = timestampMs;
    bits[at] = valueBits;
  }

  /// Makes what they stand for of tagged bits; whether there are histograms.
  private boolean untag(int count) {
    if (histograms.length < count) {
      histograms = new NativeHistogram[bits.length];
    }
    boolean found = false;
    for (int i = 0; i < count; i++) {
      NativeHistogram histogram = null;
      if (Teller.isTagged(bits[i])) {
        histogram = teller.histogram(bits[i]);
        bits[i] = histogram == null ? teller.bits() : 0;
      }
      histograms[i] = histogram;
      found |= histogram != null;
    }
    return found;
  }

  private void dropPartitions() {
    while (!records.isEmpty() && partitions.dropped(records.firstKey(), cutoffMs)) {
      long partition = records.firstKey();
      records.remove(partition);
      dropped.add(partition);
      byte[] from = Keys.partitionFloor(partition);
      byte[] to = Keys.partitionFloor(partition + 1);
      batch.deleteRange(Table.CHUNKS, from, to);
      batch.deleteRange(Table.PAGES, from, to);
      batch.deleteRange(Table.MEMBERS, from, to);
      batch.deleteRange(Table.ASIDE, from, to);
      batch.delete(Table.META, Keys.partitionRecord(partition));
    }
  }

  /// Takes a series that is there at the snapshot's entry.
  private interface Live {
    void take(long ref, int slot);
  }

  private void live(long page, long index, Live each) {
    long first = page << Keys.PAGE_SHIFT;
    for (long ref = first; ref < first + (1 << Keys.PAGE_SHIFT) && ref <= lastRef; ref++) {
      int slot = head.find(ref);
      if (slot != Head.NO_SLOT
          && !head.removedBy(slot, index)
          && head.retiring().isIn(ref, index)) {
        each.take(ref, slot);
      }
    }
  }

  private void writeBlock(long page, long index) {
    CatalogueBlock.Writer block = new CatalogueBlock.Writer();
    live(page, index, (ref, slot) -> block.add(ref, head.labels(slot)));
    if (block.isEmpty()) {
      batch.delete(Table.CATALOGUE, Keys.block(page));
    } else {
      put(Table.CATALOGUE, Keys.block(page), block.toBytes());
    }
  }

  private void writeLasts(long page, long index) {
    Rows.LastsWriter row = new Rows.LastsWriter();
    live(page, index, new Lasts(row));
    if (row.isEmpty()) {
      batch.delete(Table.LASTS, Keys.number(page));
    } else {
      put(Table.LASTS, Keys.number(page), row.toBytes());
    }
  }

  /// Adds each series' last sample to a row. One object for all of them: they are a million.
  private final class Lasts implements Live, LastSink {
    private final Rows.LastsWriter row;
    private long ref;

    Lasts(Rows.LastsWriter row) {
      this.row = row;
    }

    @Override
    public void take(long ref, int slot) {
      this.ref = ref;
      head.lastAt(slot, end, floor, this);
    }

    @Override
    public void accept(long timestampMs, long bits) {
      row.add(ref, timestampMs, bits);
    }
  }

  NavigableMap<Long, PartitionRecord> records() {
    return records;
  }

  /// The head's position below which everything is written.
  long end() {
    return end;
  }

  /// Partitions that the cut-off took away.
  List<Long> dropped() {
    return dropped;
  }

  long bytes() {
    return bytes;
  }
}
