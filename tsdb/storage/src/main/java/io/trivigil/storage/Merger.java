package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.chunk.ChunkCodec;
import io.trivigil.storage.chunk.CorruptChunkException;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/// Brings partitions into their final form: the small chunks of each series become few large ones,
/// corrupt ones are set aside, the series index becomes one segment.
///
/// Only pages are read, so only what is durable is touched. A batch holds whole series and the
/// partition's record; a crash in between leaves some series merged, which nobody can tell.
final class Merger {
  private static final int SERIES_PER_BATCH = 512;

  private final Engine engine;

  Merger(Engine engine) {
    this.engine = engine;
  }

  /// The partitions that ended long enough ago in log time, and are not in their final form.
  private List<Long> sealed() {
    long sealedBelowMs =
        engine.durablePosition().logTimeMs() - engine.config.sealAfter().toMillis();
    return engine.records().entrySet().stream()
        .filter(entry -> !entry.getValue().merged())
        .map(Map.Entry::getKey)
        .filter(partition -> engine.partitions.endMs(partition) < sealedBelowMs)
        .sorted()
        .toList();
  }

  boolean hasSealed() {
    return !sealed().isEmpty();
  }

  /// Brings the sealed partitions into their final form.
  void mergeSealed() {
    sealed().forEach(partition -> merge(partition, true));
  }

  /// Merges all partitions.
  void mergeAll() {
    for (long partition : List.copyOf(engine.records().keySet())) {
      merge(partition, false);
    }
    engine.pages.compact();
  }

  private void merge(long partition, boolean sealed) {
    try {
      long after = 0;
      while (after >= 0) {
        after = mergeBatch(partition, after);
      }
      finish(partition, sealed);
      engine.metrics.compactions.inc();
    } catch (RuntimeException e) {
      engine.metrics.compactionsFailed.inc();
      throw e;
    }
  }

  /// One series' chunks as they are stored.
  private static final class Stored {
    private final long ref;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> chunks = new ArrayList<>();

    Stored(long ref) {
      this.ref = ref;
    }
  }

  /// Merges the next series above `afterRef`; the last one's reference, −1 if there are no more.
  private long mergeBatch(long partition, long afterRef) {
    // Under the lock from reading to writing: a snapshot must not come in between.
    synchronized (engine.writeLock) {
      engine.requireOpen();
      NavigableMap<Long, PartitionRecord> records = engine.recordsToChange();
      PartitionRecord record = records.get(partition);
      if (record == null) {
        return -1; // dropped meanwhile
      }
      List<Stored> series;
      try (PageView pages = engine.pages.view()) {
        series = load(pages, partition, afterRef);
      }
      if (series.isEmpty()) {
        return -1;
      }
      try (PageBatch batch = engine.pages.begin()) {
        PartitionRecord next = record;
        for (Stored stored : series) {
          next = rewrite(batch, partition, stored, next);
        }
        if (!next.equals(record)) {
          batch.put(Table.META, Keys.partitionRecord(partition), next.encode());
          batch.commit();
          records.put(partition, next);
          engine.changeRecords(records);
        }
      }
      return series.getLast().ref;
    }
  }

  private static List<Stored> load(PageView pages, long partition, long afterRef) {
    List<Stored> series = new ArrayList<>();
    pages.scan(
        Table.CHUNKS,
        Keys.chunk(partition, afterRef + 1, Long.MIN_VALUE),
        Keys.partitionFloor(partition + 1),
        (key, chunk) -> {
          long ref = Keys.chunkRef(key);
          if (series.isEmpty() || series.getLast().ref != ref) {
            if (series.size() == SERIES_PER_BATCH) {
              return false;
            }
            series.add(new Stored(ref));
          }
          series.getLast().keys.add(key);
          series.getLast().chunks.add(chunk);
          return true;
        });
    return series;
  }

  private PartitionRecord rewrite(
      PageBatch batch, long partition, Stored stored, PartitionRecord before) {
    SampleBuffer samples = new SampleBuffer();
    PartitionRecord record = before;
    boolean corrupt = false;
    for (int i = 0; i < stored.keys.size(); i++) {
      byte[] chunk = stored.chunks.get(i);
      try {
        ChunkCodec.decode(chunk, Long.MIN_VALUE, Long.MAX_VALUE, samples);
      } catch (CorruptChunkException e) {
        corrupt = true;
        engine.corrupt.found(stored.keys.get(i), e);
        batch.put(Table.ASIDE, stored.keys.get(i), chunk);
      }
    }
    int limit = engine.config.chunkSamples();
    boolean small = stored.keys.size() > (samples.size() + limit - 1) / limit;
    if (!small && !corrupt) {
      return record;
    }
    long samplesBefore = 0;
    for (int i = 0; i < stored.keys.size(); i++) {
      batch.delete(Table.CHUNKS, stored.keys.get(i));
      samplesBefore += countOf(stored.chunks.get(i));
      record = record.plus(0, -1, -stored.chunks.get(i).length);
    }
    record = record.plus(samples.size() - samplesBefore, 0, 0);
    for (int from = 0; from < samples.size(); from += limit) {
      int count = Math.min(limit, samples.size() - from);
      long[] data = new long[2 * count];
      for (int i = 0; i < count; i++) {
        data[2 * i] = samples.timestampMs(from + i);
        data[2 * i + 1] = Double.doubleToRawLongBits(samples.value(from + i));
      }
      byte[] chunk = ChunkCodec.encode(data, 0, count);
      batch.put(Table.CHUNKS, Keys.chunk(partition, stored.ref, data[0]), chunk);
      record = record.plus(0, 1, chunk.length);
    }
    return record;
  }

  /// What the header says; what a broken one said is not known.
  private static int countOf(byte[] chunk) {
    try {
      return ChunkCodec.header(chunk).count();
    } catch (CorruptChunkException e) {
      return 0;
    }
  }

  private void finish(long partition, boolean sealed) {
    synchronized (engine.writeLock) {
      engine.requireOpen();
      NavigableMap<Long, PartitionRecord> records = engine.recordsToChange();
      PartitionRecord record = records.get(partition);
      if (record == null) {
        return;
      }
      if (sealed) {
        PartitionRecord merged = record.withMerged(true);
        try (PageBatch batch = engine.pages.begin()) {
          batch.put(Table.META, Keys.partitionRecord(partition), merged.encode());
          batch.commit();
        }
        records.put(partition, merged);
        engine.changeRecords(records);
      }
      engine.pages.flush();
      // New readers need not hold the pages of before, which take room as long as a view shows
      // them.
      engine.epochs.advance(engine.pages.view(), () -> {});
    }
    if (sealed) {
      engine.sealIndex(partition);
    }
  }
}
