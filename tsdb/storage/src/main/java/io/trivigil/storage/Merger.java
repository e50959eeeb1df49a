package io.trivigil.storage;

import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.Table;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/// Brings partitions into their final form: all samples in pages, corrupt chunks set aside, the
/// series index as one segment. One merge runs at a time.
final class Merger {
  private final Engine engine;

  Merger(Engine engine) {
    this.engine = engine;
  }

  /// The partitions that ended long enough ago in log time, and are not in their final form.
  private List<Long> sealed() {
    long sealedBelowMs =
        engine.durablePosition().logTimeMs() - engine.config.sealAfter().toMillis();
    return engine.records().entrySet().stream()
        .filter(entry -> !entry.getValue().merged() && entry.getValue().worthMerging())
        .map(Map.Entry::getKey)
        .filter(partition -> engine.partitions.endMs(partition) < sealedBelowMs)
        .sorted()
        .toList();
  }

  boolean hasSealed() {
    return !sealed().isEmpty();
  }

  /// Brings the sealed partitions into their final form; nothing if a merge is running, since the
  /// next snapshot asks again.
  void mergeSealed() {
    // Not waited for: whoever calls may hold the lock that the running merge needs.
    if (engine.mergeLock.tryLock()) {
      try {
        sealed().forEach(partition -> merge(partition, true));
      } finally {
        engine.mergeLock.unlock();
      }
    }
  }

  /// Merges all partitions.
  void mergeAll() {
    engine.mergeLock.lock();
    try {
      for (long partition : List.copyOf(engine.records().keySet())) {
        merge(partition, false);
      }
    } finally {
      engine.mergeLock.unlock();
    }
    engine.pages.compact();
  }

  private void merge(long partition, boolean sealed) {
    try {
      PartitionRecord record = engine.records().get(partition);
      if (record == null) {
        return; // dropped meanwhile
      }
      if (record.chunks() > 0) {
        new PageMerge(engine, partition).run();
        engine.metrics.compactions.inc();
      }
      if (sealed) {
        markMerged(partition);
        engine.sealIndex(partition);
      }
    } catch (RuntimeException e) {
      engine.metrics.compactionsFailed.inc();
      throw e;
    }
  }

  private void markMerged(long partition) {
    synchronized (engine.writeLock) {
      engine.requireOpen();
      NavigableMap<Long, PartitionRecord> records = engine.recordsToChange();
      PartitionRecord record = records.get(partition);
      if (record == null || record.chunks() > 0) {
        return; // dropped, or something came late: the next time
      }
      PartitionRecord merged = record.withMerged(true);
      try (PageBatch batch = engine.pages.begin()) {
        batch.put(Table.META, Keys.partitionRecord(partition), merged.encode());
        batch.commit();
      }
      records.put(partition, merged);
      engine.changeRecords(records);
      engine.pages.flush();
    }
  }
}
