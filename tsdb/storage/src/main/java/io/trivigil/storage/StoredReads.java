package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.page.PageView;
import java.util.List;

/// Reads what is stored of series, from one view of the pages: first what older versions left, then
/// one layer after the other. What is deleted is read as well. Thread-safe.
final class StoredReads {
  private final Engine engine;
  private final PageView pages;
  private final Tombstones tombstones;
  private final LayerReads.Spots spots = new LayerReads.Spots();
  private final FloorGuesses guesses = new FloorGuesses();

  /// @param tombstones what was deleted, for the times at which late samples came back
  StoredReads(Engine engine, PageView pages, Tombstones tombstones) {
    this.engine = engine;
    this.pages = pages;
    this.tombstones = tombstones;
  }

  /// Appends the samples of one partition with `fromMs <= t <= toMs`, oldest first.
  ///
  /// @param record that of the partition as the view has it
  /// @param hash the series' [MetricHash]
  void read(
      long partition,
      PartitionRecord record,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    int start = out.size();
    PartitionRecord.Old old = record.old();
    if (old.pages() > 0) {
      engine.oldPages.read(pages, partition, old.generation(), ref, fromMs, toMs, out);
    }
    if (old.chunks() > 0) { // newer than what the pages hold
      engine.reads.read(pages, guesses, partition, ref, fromMs, toMs, out);
    }
    LayerReads.Wanted wanted = wanted(partition, hash, ref, fromMs, toMs, out);
    for (Layer layer : record.layers()) {
      engine.layerReads.read(layer, wanted);
    }
    if (record.hasLate()) {
      LateOrder.settle(out, start, tombstones.revived(ref));
    }
  }

  /// As [#read], but samples may be left out: see `Querier.Series.readEnds`.
  void readEnds(
      long partition,
      PartitionRecord record,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    PartitionRecord.Old old = record.old();
    if (record.hasLate() || old.pages() > 0 || old.chunks() > 0) {
      read(partition, record, hash, ref, fromMs, toMs, out);
      return;
    }
    LayerReads.Wanted wanted = wanted(partition, hash, ref, fromMs, toMs, out);
    for (Layer layer : record.layers()) {
      engine.layerReads.readEnds(layer, wanted);
    }
  }

  /// Finds the newest sample of one partition with `fromMs <= t <= toMs`, if there is one: the last
  /// of what is in the buffer, which was empty before.
  void readLast(
      long partition,
      PartitionRecord record,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer found) {
    if (record.hasLate()) {
      readLastOfAll(partition, record, hash, ref, fromMs, toMs, found);
      return;
    }
    LayerReads.Wanted wanted = wanted(partition, hash, ref, fromMs, toMs, found);
    List<Layer> layers = record.layers();
    for (int i = layers.size() - 1; i >= 0 && found.isEmpty(); i--) {
      engine.layerReads.readLast(layers.get(i), wanted);
    }
    PartitionRecord.Old old = record.old();
    if (found.isEmpty() && old.chunks() > 0) {
      // Only the chunk that holds the newest sample at or before the end need be decoded.
      engine.reads.readFloor(pages, guesses, partition, ref, fromMs, toMs, found);
    }
    if (found.isEmpty() && old.pages() > 0) {
      engine.oldPages.readLast(pages, partition, old.generation(), ref, fromMs, toMs, found);
    }
  }

  /// The newest sample may be in any layer: asks all, older ones first.
  private void readLastOfAll(
      long partition,
      PartitionRecord record,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer found) {
    PartitionRecord.Old old = record.old();
    if (old.chunks() > 0) { // first, since it looks further where nothing was found
      engine.reads.readFloor(pages, guesses, partition, ref, fromMs, toMs, found);
    }
    if (old.pages() > 0) {
      engine.oldPages.readLast(pages, partition, old.generation(), ref, fromMs, toMs, found);
    }
    LayerReads.Wanted wanted = wanted(partition, hash, ref, fromMs, toMs, found);
    for (Layer layer : record.layers()) {
      engine.layerReads.readLast(layer, wanted);
    }
    LateOrder.settle(found, 0, tombstones.revived(ref));
  }

  private LayerReads.Wanted wanted(
      long partition, long hash, long ref, long fromMs, long toMs, SampleBuffer out) {
    return new LayerReads.Wanted(pages, spots, partition, hash, ref, fromMs, toMs, out);
  }
}
