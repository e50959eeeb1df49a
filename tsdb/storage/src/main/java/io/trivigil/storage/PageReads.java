package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.column.CorruptPageException;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Reads the samples of a series from the pages of a partition, through a bounded cache of opened
/// pages and page tables. Thread-safe.
///
/// Pages of one generation never change, so what is cached needs no invalidation: it goes when it
/// was not used for long.
final class PageReads {
  /// The most memory that opened pages and tables take.
  static final long CACHE_BYTES = 16L << 20;

  private static final int TABLE = -1; // stands where a page has its number
  private static final int MISSING_BYTES = 64;

  private final CorruptChunks corrupt;
  private final Queue<PageReader> idle = new ConcurrentLinkedQueue<>();
  private final Map<Key, Optional<Object>> cache = new LinkedHashMap<>(64, 0.75f, true); // its lock
  private final Set<Key> broken = ConcurrentHashMap.newKeySet();
  private long cachedBytes; // guarded by cache

  /// A page, or the table where `number` says so.
  private record Key(long partition, int generation, int number) {}

  PageReads(CorruptChunks corrupt) {
    this.corrupt = corrupt;
  }

  /// Memory that the cache takes now.
  long cachedBytes() {
    synchronized (cache) {
      return cachedBytes;
    }
  }

  /// Appends the samples with `fromMs <= t <= toMs`, oldest first; a corrupt page is told of and
  /// left out.
  void read(
      PageView view,
      long partition,
      int generation,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    look(view, partition, generation, ref, (r, page, row) -> r.read(page, row, fromMs, toMs, out));
  }

  /// Appends the newest sample with `fromMs <= t <= toMs`, if there is one.
  void readLast(
      PageView view,
      long partition,
      int generation,
      long ref,
      long fromMs,
      long toMs,
      SampleBuffer out) {
    look(
        view,
        partition,
        generation,
        ref,
        (r, page, row) -> r.readLast(page, row, fromMs, toMs, out));
  }

  private interface Use {
    // Called at most once.
    void row(PageReader reader, Page page, int row);
  }

  private void look(PageView view, long partition, int generation, long ref, Use use) {
    int place = place(view, partition, generation, ref);
    if (place == PageTable.NONE) {
      return;
    }
    int number = PageTable.page(place);
    Optional<Page> found = page(view, partition, generation, number);
    if (found.isEmpty()) {
      return;
    }
    Page page = found.get();
    int row = PageTable.row(place);
    PageReader pooled = idle.poll();
    PageReader reader = pooled == null ? new PageReader() : pooled;
    try {
      if (row >= page.series() || page.ref(row) != ref) {
        throw new CorruptPageException(
            "page row is of another series: row=%d expected=%d".formatted(row, ref));
      }
      use.row(reader, page, row);
    } catch (CorruptPageException e) {
      broken(partition, generation, number, e);
    } finally {
      idle.add(reader);
    }
  }

  /// Where a series stands among the pages, rising in their order; [PageTable#NONE] if it has none.
  int place(PageView view, long partition, int generation, long ref) {
    Optional<PageTable> table = table(view, partition, generation);
    return table.isPresent() ? table.get().find(ref) : PageTable.NONE;
  }

  private Optional<PageTable> table(PageView view, long partition, int generation) {
    Key key = new Key(partition, generation, TABLE);
    Optional<Optional<Object>> known = cached(key);
    if (known.isEmpty()) {
      PageTable table = loadTable(view, partition, generation);
      known = Optional.of(keep(key, Optional.of(table), table.sizeBytes()));
    }
    return known.get().map(PageTable.class::cast);
  }

  private PageTable loadTable(PageView view, long partition, int generation) {
    byte[] key = Keys.pageTable(partition, generation);
    Optional<byte[]> row = view.get(Table.PAGES, key);
    try {
      if (row.isPresent()) {
        return PageTable.decode(row.get());
      }
      throw new MalformedBytesException("page table: missing");
    } catch (MalformedBytesException e) {
      // Every page names its series, so the table can be had from them.
      corrupt.foundPage(partition, TABLE, e);
      return rebuild(view, partition, generation);
    }
  }

  private static PageTable rebuild(PageView view, long partition, int generation) {
    PageTable.Builder pages = new PageTable.Builder();
    view.scan(
        Table.PAGES,
        Keys.page(partition, generation, 0),
        Keys.pageTable(partition, generation),
        (key, bytes) -> {
          LongArrayList refs = new LongArrayList();
          while (pages.pages() < Keys.pageNumber(key)) {
            pages.add(refs); // a page is missing: its number stays empty
          }
          try {
            Page page = Page.open(bytes);
            for (int row = 0; row < page.series(); row++) {
              refs.add(page.ref(row));
            }
          } catch (CorruptPageException e) {
            refs.clear(); // told of when it is read; here its series can not be known
          }
          pages.add(refs);
          return true;
        });
    return PageTable.decode(pages.encode());
  }

  private Optional<Page> page(PageView view, long partition, int generation, int number) {
    Key key = new Key(partition, generation, number);
    Optional<Optional<Object>> known = cached(key);
    if (known.isEmpty()) {
      Optional<Page> page = loadPage(view, partition, generation, number);
      known = Optional.of(keep(key, page.map(p -> p), page.map(Page::sizeBytes).orElse(0)));
    }
    return known.get().map(Page.class::cast);
  }

  private Optional<Page> loadPage(PageView view, long partition, int generation, int number) {
    try {
      return Optional.of(
          Page.open(
              view.get(Table.PAGES, Keys.page(partition, generation, number))
                  .orElseThrow(() -> new CorruptPageException("page is missing"))));
    } catch (CorruptPageException e) {
      broken(partition, generation, number, e);
      return Optional.empty();
    }
  }

  private void broken(long partition, int generation, int number, CorruptPageException reason) {
    broken.add(new Key(partition, generation, number));
    corrupt.foundPage(partition, number, reason);
  }

  /// The pages of a generation that were found corrupt so far.
  List<Integer> broken(long partition, int generation) {
    return broken.stream()
        .filter(key -> key.partition() == partition && key.generation() == generation)
        .map(Key::number)
        .sorted()
        .toList();
  }

  private Optional<Optional<Object>> cached(Key key) {
    synchronized (cache) {
      return Optional.ofNullable(cache.get(key));
    }
  }

  private Optional<Object> keep(Key key, Optional<Object> what, int bytes) {
    synchronized (cache) {
      if (cache.putIfAbsent(key, what) == null) {
        cachedBytes += MISSING_BYTES + bytes;
      }
      Iterator<Map.Entry<Key, Optional<Object>>> oldest = cache.entrySet().iterator();
      while (cachedBytes > CACHE_BYTES && cache.size() > 2) {
        cachedBytes -= MISSING_BYTES + sizeBytes(oldest.next().getValue());
        oldest.remove();
      }
    }
    return what;
  }

  private static int sizeBytes(Optional<Object> cached) {
    return cached
        .map(what -> what instanceof Page page ? page.sizeBytes() : tableBytes(what))
        .orElse(0);
  }

  private static int tableBytes(Object what) {
    return what instanceof PageTable table ? table.sizeBytes() : 0;
  }
}
