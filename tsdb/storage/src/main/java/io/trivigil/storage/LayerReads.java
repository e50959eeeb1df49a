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

    private static int place(Layer layer) {
      int thread = (int) Thread.currentThread().threadId() & (THREADS - 1);
      return thread * PLACES + (layer.number() & (PLACES - 1));
    }
  }

  /// A group of series in one page. The page and what is known of its ends are fetched once, each
  /// when it is asked for; of two threads that do both get the same.
  private static final class Spot {
    final long partition;
    final int layer;
    final LayerDirectory directory;
    final int group;
    volatile Optional<Page> page = Optional.empty();
    volatile boolean isOpened;
    volatile Optional<PageEnds> ends = Optional.empty();

    Spot(long partition, int layer, LayerDirectory directory, int group) {
      this.partition = partition;
      this.layer = layer;
      this.directory = directory;
      this.group = group;
    }

    boolean holds(long ofPartition, Layer of, long hash, long ref) {
      return layer == of.number() && partition == ofPartition && directory.covers(group, hash, ref);
    }

    int number() {
      return directory.page(group);
    }

    int from() {
      return directory.row(group);
    }

    int to() {
      return from() + directory.size(group);
    }
  }

  /// What is wanted of a series: its samples with `fromMs <= t <= toMs`.
  ///
  /// @param spots of the querier that asks
  /// @param hash the series' [MetricHash]
  /// @param out where they go
  record Wanted(
      PageView view,
      Spots spots,
      long partition,
      long hash,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {}

  private Optional<Spot> spot(Layer layer, Wanted wanted) {
    if (!layer.overlaps(wanted.fromMs, wanted.toMs)) {
      return Optional.empty();
    }
    AtomicReferenceArray<Spot> spots = wanted.spots.spots;
    int place = Spots.place(layer);
    Spot before = spots.get(place);
    if (before != null && before.holds(wanted.partition, layer, wanted.hash, wanted.ref)) {
      return Optional.of(before);
    }
    LayerDirectory directory = directory(wanted.view, wanted.partition, layer);
    int group = directory.find(wanted.hash, wanted.ref);
    if (group == LayerDirectory.NONE) {
      return Optional.empty();
    }
    Spot spot = new Spot(wanted.partition, layer.number(), directory, group);
    spots.set(place, spot);
    return Optional.of(spot);
  }

  private Optional<Page> page(PageView view, Spot spot) {
    if (!spot.isOpened) {
      spot.page = cache.page(view, spot.partition, spot.layer, spot.number());
      spot.isOpened = true;
    }
    return spot.page;
  }

  private Optional<PageEnds> ends(Spot spot) {
    if (spot.ends.isEmpty()) {
      spot.ends = cache.ends(spot.partition, spot.layer, spot.number());
    }
    return spot.ends;
  }

  /// As [#read], but samples may be left out: see `Querier.Series.readEnds`.
  void readEnds(Layer layer, Wanted wanted) {
    Optional<Spot> found = spot(layer, wanted);
    if (found.isEmpty()) {
      return;
    }
    Spot spot = found.get();
    SampleBuffer out = wanted.out;
    Optional<PageEnds> known = ends(spot);
    if (known.isPresent()) {
      int row = known.get().row(wanted.ref, spot.from(), spot.to());
      if (row < 0 || known.get().read(row, wanted.fromMs, wanted.toMs, out)) {
        return;
      }
    }
    look(
        spot,
        wanted,
        (reader, page, row) -> {
          int start = out.size();
          reader.read(page, row, wanted.fromMs, wanted.toMs, out);
          if (spot.ends.isEmpty()) {
            spot.ends = Optional.of(cache.ends(spot.partition, spot.layer, spot.number(), page));
          }
          spot.ends.get().learn(row, out, start);
        });
  }

  /// Appends the samples, oldest first; a corrupt page is told of and left out.
  void read(Layer layer, Wanted wanted) {
    use(
        layer,
        wanted,
        (reader, page, row) -> reader.read(page, row, wanted.fromMs, wanted.toMs, wanted.out));
  }

  /// Appends the newest of the samples, if there is one.
  void readLast(Layer layer, Wanted wanted) {
    use(
        layer,
        wanted,
        (reader, page, row) -> reader.readLast(page, row, wanted.fromMs, wanted.toMs, wanted.out));
  }

  private interface Use {
    void row(PageReader reader, Page page, int row);
  }

  private void use(Layer layer, Wanted wanted, Use use) {
    spot(layer, wanted).ifPresent(spot -> look(spot, wanted, use));
  }

  private void look(Spot spot, Wanted wanted, Use use) {
    Optional<Page> found = page(wanted.view, spot);
    if (found.isEmpty()) {
      return;
    }
    Page page = found.get();
    cache.read(
        spot.partition,
        spot.layer,
        spot.number(),
        reader -> {
          int row = page.row(wanted.ref, spot.from(), spot.to());
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
