package io.trivigil.storage;

import io.trivigil.storage.head.Head;
import io.trivigil.storage.index.Answers;
import io.trivigil.storage.index.IndexHome;
import io.trivigil.storage.index.PartitionIndex;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// Time cut into partitions of one length, and the index of each. Partition `n` holds `[n × length,
/// (n + 1) × length)`.
///
/// [#note], [#grown] and [#takeFresh] belong to the thread that applies; the rest may be called
/// from any.
final class Partitions implements AutoCloseable {
  private final long lengthMs;
  private final Answers answers;
  private final Optional<IndexHome> home;
  private final ConcurrentNavigableMap<Long, PartitionIndex> indexes =
      new ConcurrentSkipListMap<>();

  /// So many partitions are remembered by whom they got late samples of.
  private static final int MOST_LATE = 8;

  private final List<PartitionIndex> grown = new ArrayList<>(2); // owned by who applies
  private final TreeMap<Long, LongOpenHashSet> lateMembers = new TreeMap<>(); // by who applies

  // The partition of the sample that was noted last, inclusive; owned by who applies.
  private long notedFromMs = 0;
  private long notedToMs = -1;

  Partitions(long lengthMs, StorageConfig config, Consumer<String> warn) {
    MemoryBudget memory = config.memory();
    this.lengthMs = lengthMs;
    this.answers = new Answers(memory.indexAnswersBytes());
    this.home =
        config
            .indexDirectory()
            .map(in -> new IndexHome(in, memory.indexWriteBytes(), answers, warn));
  }

  /// Where the indexes live; nowhere in a store that searches its series one by one.
  Optional<IndexHome> home() {
    return home;
  }

  /// Memory of new series on their way into the indexes, bytes.
  long indexWriteBytes() {
    return indexes.values().stream().mapToLong(PartitionIndex::writeBufferBytes).sum();
  }

  /// What searches found lately.
  Answers answers() {
    return answers;
  }

  long of(long timestampMs) {
    return Math.floorDiv(timestampMs, lengthMs);
  }

  /// The first millisecond, or the earliest there is.
  long startMs(long partition) {
    return partition <= Long.MIN_VALUE / lengthMs ? Long.MIN_VALUE : partition * lengthMs;
  }

  /// The last millisecond.
  long endMs(long partition) {
    return partition >= Long.MAX_VALUE / lengthMs ? Long.MAX_VALUE : (partition + 1) * lengthMs - 1;
  }

  /// Whether the cut-off leaves nothing of the partition.
  boolean dropped(long partition, long cutoffMs) {
    return endMs(partition) < cutoffMs;
  }

  /// Notes that a series gets a sample: a member of that sample's partition if it is the first.
  void note(long ref, long lastMs, long timestampMs) {
    if (timestampMs < notedFromMs || timestampMs > notedToMs) { // to divide costs half an append
      long partition = of(timestampMs);
      notedFromMs = startMs(partition);
      notedToMs = endMs(partition);
    }
    if (lastMs == Head.NONE || lastMs < notedFromMs || lastMs > notedToMs) {
      add(of(timestampMs), ref);
    }
  }

  /// Notes that a series gets a sample below its last. It may have been a member of that sample's
  /// partition before: then it is one twice, which costs a little room, where to know would take a
  /// look at the disk.
  void noteLate(long ref, long lastMs, long timestampMs) {
    long partition = of(timestampMs);
    if (of(lastMs) != partition
        && lateMembers.computeIfAbsent(partition, _ -> new LongOpenHashSet()).add(ref)) {
      add(partition, ref);
      if (lateMembers.size() > MOST_LATE) {
        lateMembers.pollFirstEntry();
      }
    }
  }

  private void add(long partition, long ref) {
    PartitionIndex index = index(partition);
    index.add(ref);
    if (!grown.contains(index)) {
      grown.add(index);
    }
  }

  private PartitionIndex index(long partition) {
    PartitionIndex known = indexes.get(partition);
    if (known == null) {
      known = PartitionIndex.create(partition, home);
      indexes.put(partition, known);
    }
    return known;
  }

  void restore(PartitionIndex index) {
    indexes.put(index.partition(), index);
  }

  /// The members that came since the last time, by partition.
  NavigableMap<Long, PartitionIndex.Fresh> takeFresh() {
    NavigableMap<Long, PartitionIndex.Fresh> fresh = new TreeMap<>();
    indexes.forEach(
        (partition, index) -> {
          PartitionIndex.Fresh taken = index.takeFresh();
          if (!taken.refs().isEmpty()) {
            fresh.put(partition, taken);
          }
        });
    return fresh;
  }

  /// The partitions that hold something of the inclusive range.
  Collection<PartitionIndex> between(long fromMs, long toMs) {
    return fromMs > toMs ? List.of() : indexes.subMap(of(fromMs), true, of(toMs), true).values();
  }

  Collection<PartitionIndex> all() {
    return indexes.values();
  }

  /// The partitions that got members since the last time.
  Collection<PartitionIndex> grown() {
    if (grown.isEmpty()) {
      return List.of();
    }
    List<PartitionIndex> taken = List.copyOf(grown);
    grown.clear();
    return taken;
  }

  Optional<PartitionIndex> find(long partition) {
    return Optional.ofNullable(indexes.get(partition));
  }

  /// Lets go of a partition's index. Only when no reader can want it.
  Optional<PartitionIndex> remove(long partition) {
    return Optional.ofNullable(indexes.remove(partition));
  }

  @Override
  public void close() {
    indexes.values().forEach(PartitionIndex::close);
  }
}
