package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.Table;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Figures for `status/storage` and `status/tsdb`. Counts and bytes are of this node.
///
/// @param samples stored samples, those in memory included
/// @param series live series
/// @param chunks pages, and chunks of older versions
/// @param chunkBytes bytes of samples in the pages
/// @param indexBytes bytes of the series index and the catalogue
/// @param minMs the oldest time that is kept, as far as partitions tell; 0 if there is nothing
/// @param maxMs the log time of the last entry
/// @param labelPairs distinct label pairs
/// @param seriesByMetric the metrics with most series
/// @param valuesByLabel the labels with most values
/// @param memoryByLabel the labels whose values take most bytes, each value once
/// @param seriesByPair the label pairs with most series
/// @param corruptChunks corrupt chunks that were found since the start
public record StorageStats(
    long samples,
    long series,
    long chunks,
    long chunkBytes,
    long indexBytes,
    long minMs,
    long maxMs,
    long labelPairs,
    List<Top> seriesByMetric,
    List<Top> valuesByLabel,
    List<Top> memoryByLabel,
    List<Top> seriesByPair,
    long corruptChunks) {

  /// One line of a list.
  public record Top(String name, long value) {}

  static StorageStats of(Storage storage, int limit) {
    Engine engine = storage.engine();
    Map<Long, PartitionRecord> records = engine.records();
    long samples = engine.samplesNotDurable();
    long chunks = 0;
    for (PartitionRecord record : records.values()) {
      samples += record.samples();
      chunks += record.parts();
    }
    long indexBytes = engine.pages.bytes(Table.CATALOGUE) + engine.pages.bytes(Table.MEMBERS);
    for (PartitionIndex index : engine.partitions.all()) {
      indexBytes += index.bytes();
    }
    long first = records.keySet().stream().min(Comparator.naturalOrder()).orElse(0L);
    Cardinality cardinality = new Cardinality();
    try (StorageQuerier querier = engine.open()) {
      querier.inHead(cardinality::add);
      return new StorageStats(
          samples,
          engine.head.publishedSeries(),
          chunks,
          engine.pages.bytes(Table.CHUNKS) + engine.pages.bytes(Table.PAGES),
          indexBytes,
          records.isEmpty()
              ? 0
              : Math.max(querier.view().cutoffMs(), engine.partitions.startMs(first)),
          querier.view().logTimeMs(),
          cardinality.seriesByPair.size(),
          top(cardinality.seriesByMetric, limit),
          top(cardinality.valuesByLabel(), limit),
          top(cardinality.memoryByLabel(), limit),
          top(cardinality.pairs(), limit),
          engine.corrupt.count());
    }
  }

  private static List<Top> top(Map<String, Long> counts, int limit) {
    return counts.entrySet().stream()
        .map(entry -> new Top(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Top::value).reversed().thenComparing(Top::name))
        .limit(limit)
        .toList();
  }

  private record Pair(String name, String value) {}

  private static final class Cardinality {
    private final Map<String, Long> seriesByMetric = new HashMap<>();
    private final Map<Pair, Long> seriesByPair = new HashMap<>();

    void add(Labels labels) {
      seriesByMetric.merge(labels.metricName(), 1L, Long::sum);
      labels.forEach((name, value) -> seriesByPair.merge(new Pair(name, value), 1L, Long::sum));
    }

    Map<String, Long> valuesByLabel() {
      Map<String, Long> values = new HashMap<>();
      seriesByPair.keySet().forEach(pair -> values.merge(pair.name(), 1L, Long::sum));
      return values;
    }

    Map<String, Long> memoryByLabel() {
      Map<String, Long> bytes = new HashMap<>();
      Set<Pair> pairs = new HashSet<>(seriesByPair.keySet());
      pairs.forEach(pair -> bytes.merge(pair.name(), (long) pair.value().length(), Long::sum));
      return bytes;
    }

    Map<String, Long> pairs() {
      Map<String, Long> pairs = new HashMap<>();
      seriesByPair.forEach((pair, count) -> pairs.put(pair.name() + "=" + pair.value(), count));
      return pairs;
    }
  }
}
