package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/// Keeps the layers of each partition few, and brings partitions that ended into their final form:
/// one layer, corrupt pages set aside, the series index as one segment. What is deleted goes for
/// good, by the way or when it is asked for. One merge runs at a time.
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
        .filter(entry -> !entry.getValue().merged() && entry.getValue().worthSealing())
        .map(Map.Entry::getKey)
        .filter(partition -> engine.partitions.endMs(partition) < sealedBelowMs)
        .sorted()
        .toList();
  }

  private boolean wantsCleaning() {
    return engine.durableDeletions().cleanIndex() > engine.cleanedIndex;
  }

  /// The partitions with enough layers of one level.
  private List<Long> tiered() {
    return engine.records().entrySet().stream()
        .filter(entry -> !entry.getValue().tier(engine.config.mergeLayers()).isEmpty())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  boolean hasWork() {
    return wantsCleaning() || !sealed().isEmpty() || !tiered().isEmpty();
  }

  /// What a snapshot leaves to be done in the background.
  void mergeAndClean() {
    if (!engine.mergeable()) {
      return; // a snapshot failed: the next one asks again
    }
    mergeSealed();
    if (wantsCleaning() && engine.mergeLock.tryLock()) {
      try {
        cleanLocked();
      } finally {
        engine.mergeLock.unlock();
      }
    }
  }

  /// Writes partitions again that hold what is deleted durably.
  void clean() {
    engine.mergeLock.lock();
    try {
      cleanLocked();
    } finally {
      engine.mergeLock.unlock();
    }
  }

  private void cleanLocked() {
    Deletions deletions = engine.durableDeletions();
    for (long partition : List.copyOf(engine.records().keySet())) {
      if (holdsDeleted(partition, deletions.tombstones())) {
        try {
          new LayerMerge(engine, partition).all(false);
          engine.metrics.cleanings.inc();
        } catch (RuntimeException e) {
          engine.metrics.compactionsFailed.inc();
          throw e;
        }
      }
    }
    engine.cleanedIndex = Math.max(engine.cleanedIndex, deletions.cleanIndex());
  }

  private boolean holdsDeleted(long partition, Tombstones deleted) {
    PageView view;
    PartitionRecord record;
    synchronized (engine.writeLock) { // or the partition could be dropped in between
      engine.requireOpen();
      PartitionRecord now = engine.records().get(partition);
      if (now == null) {
        return false;
      }
      record = now;
      view = engine.pages.view();
    }
    Epochs.Epoch epoch = engine.epochs.enter(); // or slots could be recycled under the labels
    try (view) {
      StoredReads reads = new StoredReads(engine, view, deleted);
      for (long ref : deleted.refs()) {
        Labels labels = engine.retired.labels(ref);
        if (labels != null && holds(reads, partition, record, labels, ref, deleted.of(ref))) {
          return true;
        }
      }
    } finally {
      engine.epochs.leave(epoch);
    }
    return false;
  }

  private boolean holds(
      StoredReads reads,
      long partition,
      PartitionRecord record,
      Labels labels,
      long ref,
      long[] ranges) {
    long startMs = engine.partitions.startMs(partition);
    long endMs = engine.partitions.endMs(partition);
    long hash = MetricHash.of(labels.metricName());
    SampleBuffer found = new SampleBuffer(16);
    for (int i = 0; i < ranges.length && ranges[i] <= endMs; i += 2) {
      if (ranges[i + 1] >= startMs) {
        long fromMs = Math.max(ranges[i], startMs);
        reads.readLast(partition, record, hash, ref, fromMs, Math.min(ranges[i + 1], endMs), found);
        if (!found.isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  /// Brings the sealed partitions into their final form, and makes fewer layers of many in the
  /// others; nothing if a merge is running, since the next snapshot asks again.
  void mergeSealed() {
    // Not waited for: whoever calls may hold the lock that the running merge needs.
    if (engine.mergeLock.tryLock()) {
      try {
        sealed().forEach(partition -> merge(partition, true));
        for (List<Long> tiered = tiered(); !tiered.isEmpty(); tiered = tiered()) {
          tiered.forEach(this::mergeTier);
        }
      } finally {
        engine.mergeLock.unlock();
      }
    }
  }

  /// Merges all partitions; of those it merged, what was there before leaves the disk.
  void mergeAll() {
    List<Long> merged;
    engine.mergeLock.lock();
    try {
      merged =
          List.copyOf(engine.records().keySet()).stream()
              .filter(partition -> merge(partition, false))
              .toList();
    } finally {
      engine.mergeLock.unlock();
    }
    engine.pages.compact();
    for (long partition : merged) {
      byte[] from = Keys.partitionFloor(partition);
      byte[] to = Keys.partitionFloor(partition + 1);
      engine.pages.rewrite(Table.PAGES, from, to);
      engine.pages.rewrite(Table.CHUNKS, from, to);
    }
  }

  /// Whether there was anything to merge.
  private boolean merge(long partition, boolean sealed) {
    try {
      PartitionRecord record = engine.records().get(partition);
      if (record == null) {
        return false; // dropped meanwhile
      }
      boolean merges = !record.isWhole();
      if (merges) {
        new LayerMerge(engine, partition).all(sealed);
        engine.metrics.compactions.inc();
      }
      if (sealed) {
        markMerged(partition);
        engine.indexUpkeep.seal(partition);
      }
      return merges;
    } catch (RuntimeException e) {
      engine.metrics.compactionsFailed.inc();
      throw e;
    }
  }

  private void mergeTier(long partition) {
    try {
      new LayerMerge(engine, partition).tier();
      engine.metrics.layerMerges.inc();
    } catch (RuntimeException e) {
      engine.metrics.compactionsFailed.inc();
      throw e;
    }
  }

  private void markMerged(long partition) {
    synchronized (engine.writeLock) {
      engine.requireMergeable();
      NavigableMap<Long, PartitionRecord> records = engine.recordsToChange();
      PartitionRecord record = records.get(partition);
      if (record == null || !record.isWhole()) {
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
