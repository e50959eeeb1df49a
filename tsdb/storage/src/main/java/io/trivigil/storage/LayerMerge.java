package io.trivigil.storage;

import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import it.unimi.dsi.fastutil.ints.IntSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes one layer of neighbouring layers of one partition, or of all of it; without samples that
/// are deleted as of the durable position. Used once.
///
/// The pages are written in small batches under a number that nobody reads yet. One last batch
/// makes the layer count, and takes away those of which it is made. A crash in between leaves pages
/// that do not count; the next merge of the partition removes them. Layers that snapshots add
/// meanwhile stay: they are newer.
final class LayerMerge {
  private static final int BYTES_PER_BATCH = 1 << 20;

  /// What an older version merged is large: it counts as a layer that was merged so often.
  private static final int OLD_LEVEL = 2;

  private final Engine engine;
  private final long partition;
  private final LayerWriter writer = new LayerWriter(this::collect);
  private final SampleBuffer samples = new SampleBuffer();
  private final List<byte[]> pages = new ArrayList<>(); // not written yet
  private List<Layer> gone = List.of();
  private Optional<OldSource> old = Optional.empty();
  private Tombstones deleted = Tombstones.NONE;
  private long[] bits = new long[512];
  private int number;
  private int pagesWritten;
  private long bytesWaiting;

  LayerMerge(Engine engine, long partition) {
    this.engine = engine;
    this.partition = partition;
  }

  /// Which layers of a partition are merged.
  interface Choice {
    List<Layer> of(PartitionRecord record);
  }

  /// Merges everything.
  void all(boolean sealed) {
    run(PartitionRecord::layers, true, sealed ? Layer.SEALED : 0);
  }

  /// Merges the layers of one tier, if there is one.
  void tier() {
    run(record -> record.tier(engine.config.mergeLayers()), false, 1);
  }

  /// Nothing if the partition is dropped, now or meanwhile, or if there is nothing to merge.
  ///
  /// @param rise how much the level of the new layer is above those of which it is made
  /// @throws IllegalStateException if the store is closed or replaced meanwhile
  private void run(Choice choice, boolean whole, int rise) {
    PageView view;
    PartitionRecord before;
    synchronized (engine.writeLock) {
      engine.requireMergeable();
      PartitionRecord record = engine.records().get(partition);
      if (record == null) {
        return;
      }
      before = record;
      gone = List.copyOf(choice.of(record));
      if (gone.isEmpty() && (!whole || record.old().isEmpty())) {
        return;
      }
      number = engine.nextLayer();
      removeUncounted(record);
      view = engine.pages.view();
      deleted = engine.durableDeletions().tombstones();
    }
    try (view) {
      merge(sources(view, before, whole));
      boolean first = gone.isEmpty() || gone.getFirst().equals(before.layers().getFirst());
      boolean alone = first && (whole || before.old().isEmpty());
      boolean late = !alone && gone.stream().anyMatch(Layer::late);
      Optional<Layer> layer = writer.finish(number, level(rise)).map(made -> made.withLate(late));
      writePages();
      publish(view, before, layer);
    }
  }

  private int level(int rise) {
    int highest = gone.stream().mapToInt(Layer::level).max().orElse(0);
    highest = old.isPresent() ? Math.max(highest, OLD_LEVEL) : highest;
    return Math.min(Layer.SEALED, highest + rise);
  }

  /// What merges that did not come to their end, and snapshots that failed, left behind.
  private void removeUncounted(PartitionRecord record) {
    List<Integer> counted = new ArrayList<>(record.layers().stream().map(Layer::number).toList());
    if (record.old().pages() > 0) {
      counted.add(record.old().generation());
    }
    try (PageView view = engine.pages.view();
        PageBatch batch = engine.pages.begin()) {
      for (int found : LayerNumbers.of(view, partition)) {
        if (!counted.contains(found)) {
          remove(batch, found);
        }
      }
      batch.put(Table.META, Keys.LAYERS, Keys.number(number)); // before the first page
      batch.commit();
    }
  }

  private void remove(PageBatch batch, int which) {
    batch.deleteRange(
        Table.PAGES, Keys.page(partition, which, 0), Keys.page(partition, which + 1, 0));
  }

  private List<MergeSource> sources(PageView view, PartitionRecord before, boolean whole) {
    List<MergeSource> sources = new ArrayList<>();
    if (whole && !before.old().isEmpty()) {
      OldSource source = new OldSource(engine, view, partition, before.old());
      old = Optional.of(source);
      sources.add(source);
    }
    Epochs.Epoch epoch = engine.epochs.enter(); // for a directory that has to be made again
    try {
      for (Layer layer : gone) {
        LayerDirectory directory = engine.layerReads.directory(view, partition, layer);
        sources.add(new LayerSource(engine.pageCache, view, partition, layer.number(), directory));
      }
    } finally {
      engine.epochs.leave(epoch);
    }
    return sources;
  }

  /// Takes the first series of all sources again and again; the oldest source first.
  private void merge(List<MergeSource> sources) {
    sources.removeIf(source -> !source.next());
    while (!sources.isEmpty()) {
      MergeSource first = sources.getFirst();
      for (MergeSource source : sources) {
        if (MetricHash.compare(source.hash(), source.ref(), first.hash(), first.ref()) < 0) {
          first = source;
        }
      }
      long hash = first.hash();
      long ref = first.ref();
      samples.clear();
      for (MergeSource source : sources) {
        if (source.ref() == ref && source.hash() == hash) {
          source.read(samples);
        }
      }
      sources.removeIf(source -> source.ref() == ref && source.hash() == hash && !source.next());
      LateOrder.settle(samples, 0, deleted.revived(ref)); // nothing to do where no layer is late
      leaveOutDeleted(deleted.of(ref));
      add(hash, ref);
    }
  }

  private void leaveOutDeleted(long[] ranges) {
    if (ranges.length == 0) {
      return;
    }
    SampleBuffer all = new SampleBuffer(samples.size());
    for (int i = 0; i < samples.size(); i++) {
      all.addFrom(samples, i);
    }
    samples.clear();
    int range = 0;
    for (int i = 0; i < all.size(); i++) {
      while (range < ranges.length && ranges[range + 1] < all.timestampMs(i)) {
        range += 2;
      }
      if (range == ranges.length || all.timestampMs(i) < ranges[range]) {
        samples.addFrom(all, i);
      }
    }
  }

  private void add(long hash, long ref) {
    int count = samples.size();
    if (count == 0) {
      return;
    }
    if (bits.length < count) {
      bits = new long[Math.max(count, bits.length * 2)];
    }
    for (int i = 0; i < count; i++) {
      bits[i] = Double.doubleToRawLongBits(samples.value(i));
    }
    if (samples.hasHistograms()) {
      @Nullable NativeHistogram[] histograms = new NativeHistogram[count];
      Arrays.setAll(histograms, samples::stored);
      writer.add(hash, ref, samples.timestampsMs(), bits, histograms, count);
    } else {
      writer.add(hash, ref, samples.timestampsMs(), bits, count);
    }
  }

  private void collect(int page, byte[] bytes) {
    pages.add(bytes);
    bytesWaiting += bytes.length;
    if (bytesWaiting >= BYTES_PER_BATCH) {
      writePages();
    }
  }

  private void writePages() {
    synchronized (engine.writeLock) {
      engine.requireMergeable();
      try (PageBatch batch = engine.pages.begin()) {
        for (byte[] page : pages) {
          batch.put(Table.PAGES, Keys.page(partition, number, pagesWritten++), page);
        }
        batch.commit();
      }
    }
    pages.clear();
    bytesWaiting = 0;
  }

  private void publish(PageView view, PartitionRecord before, Optional<Layer> layer) {
    synchronized (engine.writeLock) {
      engine.requireMergeable();
      PartitionRecord now = engine.records().get(partition);
      if (now == null) {
        removeUncounted(PartitionRecord.EMPTY);
        return;
      }
      PartitionRecord next = now.replace(gone, old.isPresent(), layer);
      IntSet removed = new IntOpenHashSet();
      gone.forEach(one -> removed.add(one.number()));
      if (old.isPresent() && before.old().pages() > 0) {
        removed.add(before.old().generation());
      }
      try (PageBatch batch = engine.pages.begin()) {
        old.ifPresent(source -> source.remove(batch));
        removed.forEach((int one) -> removeRead(view, batch, one));
        layer.ifPresent(
            _ -> batch.put(Table.PAGES, Keys.pageTable(partition, number), writer.directory()));
        batch.put(Table.META, Keys.partitionRecord(partition), next.encode());
        batch.commit();
      } finally {
        engine.rereadRecord(partition); // whatever became of a commit that failed
      }
      engine.pages.flush();
      // New readers need not hold what was there before, which takes room as long as a view shows
      // it, and what was opened of it.
      engine.epochs.advance(engine.pages.view(), () -> engine.pageCache.forget(partition, removed));
    }
  }

  /// Takes pages away; those that were found corrupt are set aside.
  private void removeRead(PageView view, PageBatch batch, int which) {
    for (int broken : engine.pageCache.broken(partition, which)) {
      byte[] key = Keys.page(partition, which, broken);
      view.get(Table.PAGES, key).ifPresent(page -> batch.put(Table.ASIDE, key, page));
    }
    remove(batch, which);
  }
}
