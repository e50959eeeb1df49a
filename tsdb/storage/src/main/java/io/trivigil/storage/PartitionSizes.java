package io.trivigil.storage;

import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.Table;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What each partition takes on disk: its samples and its series index; what a rewriting leaves
/// behind until it is tidied is not counted. Immutable.
///
/// @param shared bytes that belong to no partition: the catalogue and the lists of members
/// @param bytes of each partition that is durable
record PartitionSizes(long shared, NavigableMap<Long, Long> bytes) {
  static PartitionSizes of(Engine engine) {
    NavigableMap<Long, Long> bytes = new TreeMap<>();
    engine.records().forEach((partition, of) -> bytes.put(partition, of.bytes()));
    for (PartitionIndex index : engine.partitions.all()) {
      bytes.computeIfPresent(index.partition(), (_, samples) -> samples + index.bytes());
    }
    return new PartitionSizes(
        engine.pages.bytes(Table.CATALOGUE) + engine.pages.bytes(Table.MEMBERS), bytes);
  }

  long total() {
    return shared + bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The oldest partition that may stay if all together may take so much; empty if all may. The
  /// newest stays in any case.
  OptionalLong oldestWithin(long limit) {
    long sum = shared;
    long oldest = 0;
    for (Map.Entry<Long, Long> partition : bytes.descendingMap().entrySet()) {
      sum += partition.getValue();
      boolean newest = partition.getKey().equals(bytes.lastKey());
      if (sum > limit && !newest) {
        return OptionalLong.of(oldest);
      }
      oldest = partition.getKey();
    }
    return OptionalLong.empty();
  }
}
