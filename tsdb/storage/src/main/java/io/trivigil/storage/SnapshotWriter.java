package io.trivigil.storage;

import io.trivigil.storage.chunk.ChunkCodec;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadDelta;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongRBTreeSet;
import it.unimi.dsi.fastutil.longs.LongSortedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Turns what changed since the last snapshot into one batch. Used once, by the thread that writes.
final class SnapshotWriter {

  /// One generation with the members that it brought.
  record Change(HeadDelta head, NavigableMap<Long, PartitionIndex.Fresh> members) {}

  private final Head head;
  private final long floor;
  private final Partitions partitions;
  private final PageBatch batch;
  private final NavigableMap<Long, PartitionRecord> records;
  private final MergeWatch merges;
  private final LongSortedSet lastPages = new LongRBTreeSet();
  private final List<Long> dropped = new ArrayList<>();
  private long cutoffMs = Long.MIN_VALUE;
  private long lastRef;
  private long end;
  private long bytes;

  /// `floor` is where the snapshot before ended. `records` are copied; [#records] gives them as
  /// they are after the batch.
  SnapshotWriter(
      Head head,
      long floor,
      Partitions partitions,
      PageBatch batch,
      NavigableMap<Long, PartitionRecord> records,
      MergeWatch merges) {
    this.head = head;
    this.floor = floor;
    this.end = floor;
    this.partitions = partitions;
    this.batch = batch;
    this.records = new TreeMap<>(records);
    this.merges = merges;
  }

  void write(List<Change> changes, PositionRow row) {
    cutoffMs = row.cutoffMs();
    for (Change change : changes) {
      lastRef = change.head().lastRef();
      end = change.head().to();
      writeSeries(change.head());
      change.members().forEach(this::writeMembers);
      head.tell(change.head(), this::writeSamples);
    }
    dropPartitions();
    lastPages.forEach((long page) -> writeLasts(page, row.position().index()));
    records.forEach(
        (partition, record) -> put(Table.META, Keys.partitionRecord(partition), record.encode()));
    put(Table.META, Keys.POSITION, row.encode());
  }

  private void put(Table table, byte[] key, byte[] value) {
    batch.put(table, key, value);
    bytes += key.length + value.length;
  }

  private void writeSeries(HeadDelta delta) {
    delta
        .created()
        .forEach(
            (ref, labels) -> {
              put(Table.CATALOGUE, Keys.number(ref), Rows.labels(labels));
              lastPages.add(ref >>> Keys.LASTS_SHIFT);
            });
    delta
        .removed()
        .forEach(
            (long ref) -> {
              batch.delete(Table.CATALOGUE, Keys.number(ref));
              lastPages.add(ref >>> Keys.LASTS_SHIFT);
            });
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

  /// Cuts a series' samples at the partitions' borders.
  private void writeSamples(long ref, long[] data, int first, int size) {
    lastPages.add(ref >>> Keys.LASTS_SHIFT);
    int from = first;
    while (from < size) {
      long partition = partitions.of(data[2 * from]);
      long endMs = partitions.endMs(partition);
      int to = from + 1;
      while (to < size && to - from < ChunkCodec.MAX_SAMPLES && data[2 * to] <= endMs) {
        to++;
      }
      if (!partitions.dropped(partition, cutoffMs)) {
        byte[] chunk = ChunkCodec.encode(data, from, to - from);
        byte[] key = Keys.chunk(partition, ref, data[2 * from]);
        put(Table.CHUNKS, key, chunk);
        merges.written(partition, key);
        PartitionRecord old = records.getOrDefault(partition, PartitionRecord.EMPTY);
        records.put(partition, old.plus(to - from, 1, chunk.length).withMerged(false));
      }
      from = to;
    }
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

  private void writeLasts(long page, long index) {
    Rows.LastsWriter row = new Rows.LastsWriter();
    long first = page << Keys.LASTS_SHIFT;
    for (long ref = first; ref < first + (1 << Keys.LASTS_SHIFT) && ref <= lastRef; ref++) {
      int slot = head.find(ref);
      if (slot != Head.NO_SLOT && !head.removedBy(slot, index)) {
        long of = ref;
        head.lastAt(slot, end, floor, (timestampMs, bits) -> row.add(of, timestampMs, bits));
      }
    }
    if (row.isEmpty()) {
      batch.delete(Table.LASTS, Keys.number(page));
    } else {
      put(Table.LASTS, Keys.number(page), row.toBytes());
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
