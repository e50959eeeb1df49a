package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.chunk.ChunkCodec;
import io.trivigil.storage.chunk.CorruptChunkException;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrays;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.List;

/// Goes through what an older version left of a partition, pages and then chunks, for a merge that
/// makes a layer of it. Owned by one thread.
final class OldSource implements MergeSource {
  private final Engine engine;
  private final PageView view;
  private final long partition;
  private final PartitionRecord.Old old;
  private final long[] hashes;
  private final long[] refs;
  private final List<byte[]> asideKeys = new ArrayList<>();
  private final List<byte[]> asideChunks = new ArrayList<>();
  private int at = -1;

  OldSource(Engine engine, PageView view, long partition, PartitionRecord.Old old) {
    this.engine = engine;
    this.view = view;
    this.partition = partition;
    this.old = old;
    // Some may be members twice.
    this.refs = new LongOpenHashSet(Rows.members(view, partition)).toLongArray();
    this.hashes = new long[refs.length];
    Epochs.Epoch epoch = engine.epochs.enter(); // or slots could be recycled under the labels
    try {
      for (int i = 0; i < refs.length; i++) {
        // A series that has left is asked for by nobody: it may stand anywhere.
        Labels labels = engine.retired.labels(refs[i]);
        hashes[i] = labels == null ? 0 : MetricHash.of(labels.metricName());
      }
    } finally {
      engine.epochs.leave(epoch);
    }
    LongArrays.radixSort(hashes, refs);
  }

  @Override
  public boolean next() {
    return ++at < refs.length;
  }

  @Override
  public long hash() {
    return hashes[at];
  }

  @Override
  public long ref() {
    return refs[at];
  }

  @Override
  public void read(SampleBuffer out) {
    long ref = ref();
    if (old.pages() > 0) {
      engine.oldPages.read(
          view, partition, old.generation(), ref, Long.MIN_VALUE, Long.MAX_VALUE, out);
    }
    view.scan(
        Table.CHUNKS,
        Keys.chunk(partition, ref, Long.MIN_VALUE),
        Keys.chunk(partition, ref + 1, Long.MIN_VALUE),
        (key, chunk) -> {
          try {
            ChunkCodec.decode(chunk, Long.MIN_VALUE, Long.MAX_VALUE, out);
          } catch (CorruptChunkException e) {
            engine.corrupt.found(key, e);
            asideKeys.add(key);
            asideChunks.add(chunk);
          }
          return true;
        });
  }

  /// Sets what was corrupt aside, and takes the rest away.
  void remove(PageBatch batch) {
    for (int i = 0; i < asideKeys.size(); i++) {
      batch.put(Table.ASIDE, asideKeys.get(i), asideChunks.get(i));
    }
    batch.deleteRange(
        Table.CHUNKS, Keys.partitionFloor(partition), Keys.partitionFloor(partition + 1));
  }
}
