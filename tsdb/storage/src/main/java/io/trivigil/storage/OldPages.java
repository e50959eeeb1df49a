package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.column.CorruptPageException;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Optional;

/// Reads the generation of pages that a partition had before there were layers, with its table of
/// every series. Thread-safe.
final class OldPages {
  private final PageCache cache;

  OldPages(PageCache cache) {
    this.cache = cache;
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
    void row(PageReader reader, Page page, int row);
  }

  private void look(PageView view, long partition, int generation, long ref, Use use) {
    int place = table(view, partition, generation).find(ref);
    if (place == PageTable.NONE) {
      return;
    }
    int number = PageTable.page(place);
    Optional<Page> found = cache.page(view, partition, generation, number);
    if (found.isEmpty()) {
      return;
    }
    Page page = found.get();
    int row = PageTable.row(place);
    cache.read(
        partition,
        generation,
        number,
        reader -> {
          if (row >= page.series() || page.ref(row) != ref) {
            throw new CorruptPageException(
                "page row is of another series: row=%d expected=%d".formatted(row, ref));
          }
          use.row(reader, page, row);
        });
  }

  private PageTable table(PageView view, long partition, int generation) {
    Object table =
        cache.directory(
            partition,
            generation,
            new PageCache.Loader() {
              @Override
              public Object load() {
                return loadTable(view, partition, generation);
              }

              @Override
              public int sizeBytes(Object loaded) {
                return ((PageTable) loaded).sizeBytes();
              }
            });
    return (PageTable) table;
  }

  private PageTable loadTable(PageView view, long partition, int generation) {
    Optional<byte[]> row = view.get(Table.PAGES, Keys.pageTable(partition, generation));
    try {
      if (row.isPresent()) {
        return PageTable.decode(row.get());
      }
      throw new MalformedBytesException("page table: missing");
    } catch (MalformedBytesException e) {
      // Every page names its series, so the table can be had from them.
      cache.broken(partition, generation, PageCache.DIRECTORY, e);
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
}
