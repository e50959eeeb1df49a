package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.column.CorruptPageException;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageEnds;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;

/// Reads the samples of a series from the layers of a partition. Thread-safe.
final class LayerReads {
  private final PageCache cache;
  private final LongFunction<OptionalLong> hashes;

  /// @param hashes the [MetricHash] of a series that has not left; asked only to make up for a
  ///   damaged directory. Who reads has entered an epoch
  LayerReads(PageCache cache, LongFunction<OptionalLong> hashes) {
    this.cache = cache;
    this.hashes = hashes;
  }

  /// Where the series before was found in each layer: the next one is its neighbour as a rule. Of
  /// one querier; any of its threads, which go through different pages side by side.
  static final class Spots {
    private static final int PLACES = 128; // two of one place drive each other out at each series
    private static final int THREADS = 4; // apart

    private final AtomicReferenceArray<Spot> spots = new AtomicReferenceArray<>(PLACES * THREADS);
    private final AtomicReferenceArray<EndsSpot> ends =
        new AtomicReferenceArray<>(PLACES * THREADS);

    private static int place(Layer layer) {
      int thread = (int) Thread.currentThread().threadId() & (THREADS - 1);
      return thread * PLACES + (layer.number() & (PLACES - 1));
    }
  }

  private record Spot(
      long partition, int layer, LayerDirectory directory, int group, Optional<Page> page) {
    boolean holds(long ofPartition, Layer of, long hash, long ref) {
      return layer == of.number() && partition == ofPartition && directory.covers(group, hash, ref);
    }
  }

  private record EndsSpot(
      long partition, int layer, LayerDirectory directory, int group, Optional<PageEnds> ends) {
    boolean holds(long ofPartition, Layer of, long hash, long ref) {
      return layer == of.number() && partition == ofPartition && directory.covers(group, hash, ref);
    }
  }

  /// As [#read], but samples may be left out: see `Querier.Series.readEnds`.
  void readEnds(
      PageView view,
      Spots spots,
      long partition,
      Layer layer,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    if (!layer.overlaps(fromMs, toMs)) {
      return;
    }
    int place = Spots.place(layer);
    EndsSpot spot = spots.ends.get(place);
    if (spot == null || spot.ends().isEmpty() || !spot.holds(partition, layer, hash, ref)) {
      LayerDirectory directory = directory(view, partition, layer);
      int group = directory.find(hash, ref);
      if (group == LayerDirectory.NONE) {
        return;
      }
      Optional<PageEnds> known = cache.ends(partition, layer.number(), directory.page(group));
      spot = new EndsSpot(partition, layer.number(), directory, group, known);
      spots.ends.set(place, spot);
    }
    if (spot.ends().isPresent()) {
      PageEnds ends = spot.ends().get();
      int from = spot.directory().row(spot.group());
      int row = ends.row(ref, from, from + spot.directory().size(spot.group()));
      if (row < 0 || ends.read(row, fromMs, toMs, out)) {
        return;
      }
    }
    int number = spot.directory().page(spot.group());
    look(
        view,
        spots,
        partition,
        layer,
        hash,
        ref,
        (reader, page, row) -> {
          int start = out.size();
          reader.read(page, row, fromMs, toMs, out);
          cache.ends(partition, layer.number(), number, page).learn(row, out, start);
        });
  }

  /// Appends the samples with `fromMs <= t <= toMs`, oldest first; a corrupt page is told of and
  /// left out.
  ///
  /// @param hash the series' [MetricHash]
  void read(
      PageView view,
      Spots spots,
      long partition,
      Layer layer,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    if (layer.overlaps(fromMs, toMs)) {
      look(
          view,
          spots,
          partition,
          layer,
          hash,
          ref,
          (reader, page, row) -> reader.read(page, row, fromMs, toMs, out));
    }
  }

  /// Appends the newest sample with `fromMs <= t <= toMs`, if there is one.
  void readLast(
      PageView view,
      Spots spots,
      long partition,
      Layer layer,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    if (layer.overlaps(fromMs, toMs)) {
      look(
          view,
          spots,
          partition,
          layer,
          hash,
          ref,
          (reader, page, row) -> reader.readLast(page, row, fromMs, toMs, out));
    }
  }

  private interface Use {
    void row(PageReader reader, Page page, int row);
  }

  private void look(
      PageView view, Spots spots, long partition, Layer layer, long hash, long ref, Use use) {
    int place = Spots.place(layer);
    Spot spot = spots.spots.get(place);
    if (spot == null || !spot.holds(partition, layer, hash, ref)) {
      LayerDirectory directory = directory(view, partition, layer);
      int group = directory.find(hash, ref);
      if (group == LayerDirectory.NONE) {
        return;
      }
      Optional<Page> page = cache.page(view, partition, layer.number(), directory.page(group));
      spot = new Spot(partition, layer.number(), directory, group, page);
      spots.spots.set(place, spot);
    }
    if (spot.page().isEmpty()) {
      return;
    }
    Page page = spot.page().get();
    int from = spot.directory().row(spot.group());
    int to = from + spot.directory().size(spot.group());
    cache.read(
        partition,
        layer.number(),
        spot.directory().page(spot.group()),
        reader -> {
          int row = page.row(ref, from, to);
          if (row >= 0) {
            use.row(reader, page, row);
          }
        });
  }

  /// Where the series of the layer stand.
  LayerDirectory directory(PageView view, long partition, Layer layer) {
    Object directory =
        cache.directory(
            partition,
            layer.number(),
            new PageCache.Loader() {
              @Override
              public Object load() {
                return loadDirectory(view, partition, layer);
              }

              @Override
              public int sizeBytes(Object loaded) {
                return ((LayerDirectory) loaded).sizeBytes();
              }
            });
    return (LayerDirectory) directory;
  }

  private LayerDirectory loadDirectory(PageView view, long partition, Layer layer) {
    Optional<byte[]> row = view.get(Table.PAGES, Keys.pageTable(partition, layer.number()));
    try {
      if (row.isPresent()) {
        return LayerDirectory.decode(row.get());
      }
      throw new MalformedBytesException("page directory: missing");
    } catch (MalformedBytesException e) {
      cache.broken(partition, layer.number(), PageCache.DIRECTORY, e);
      return rebuild(view, partition, layer);
    }
  }

  /// Every page names its series, so the directory can be had from them; but for series that have
  /// left, whose metric nobody knows and whose samples nobody can ask for.
  private LayerDirectory rebuild(PageView view, long partition, Layer layer) {
    LayerDirectory.Builder rows = new LayerDirectory.Builder();
    for (int number = 0; number < layer.pages(); number++) {
      Optional<byte[]> bytes = view.get(Table.PAGES, Keys.page(partition, layer.number(), number));
      try {
        if (bytes.isPresent()) {
          addRows(rows, number, Page.open(bytes.get()));
        }
      } catch (CorruptPageException e) {
        cache.broken(partition, layer.number(), number, e); // its series can not be known
      }
    }
    return rows.build();
  }

  private void addRows(LayerDirectory.Builder rows, int number, Page page) {
    for (int row = 0; row < page.series(); row++) {
      long ref = page.ref(row);
      OptionalLong hash = hashes.apply(ref);
      if (hash.isPresent() && rows.isNext(hash.getAsLong(), ref)) {
        rows.add(number, row, hash.getAsLong(), ref);
      }
    }
  }
}
