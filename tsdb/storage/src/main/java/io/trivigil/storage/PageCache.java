package io.trivigil.storage;

import io.trivigil.storage.column.CorruptPageException;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageEnds;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.ints.IntSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/// A bounded cache of opened pages and of what says where series stand in them, and which pages
/// were found corrupt. Thread-safe.
///
/// Pages under one number never change, so what is cached needs no invalidation: it goes when it
/// was not used for long, or when its layer was merged away or dropped. Once the cache is full,
/// only some of the pages that are loaded come in: a query that goes through more than there is
/// room for would else drive out each page just before it is wanted again, and every page would
/// grow old on the heap first.
final class PageCache {
  /// Stands where a page has its number.
  static final int DIRECTORY = -1;

  /// What is known of the ends of page 0; that of others stands below.
  private static final int ENDS = -2;

  /// Of so many pages that are loaded while the cache is full one comes in.
  static final int ADMIT_EVERY = 8;

  private static final int MISSING_BYTES = 64;

  private final long mostBytes;
  private final CorruptChunks corrupt;
  private final Queue<PageReader> idle = new ConcurrentLinkedQueue<>();
  private final Map<Key, Cached> cache = new LinkedHashMap<>(64, 0.75f, true); // its lock
  private final Set<Key> broken = ConcurrentHashMap.newKeySet();
  private long cachedBytes; // guarded by cache, as is the next
  private int refused; // since one came in

  /// A page, or the directory or the ends of a page where `number` says so.
  private record Key(long partition, int generation, int number) {}

  private record Cached(Optional<Object> what, int bytes) {}

  /// @param mostBytes the most memory that opened pages and directories take
  PageCache(long mostBytes, CorruptChunks corrupt) {
    this.mostBytes = mostBytes;
    this.corrupt = corrupt;
  }

  /// Memory that the cache takes now.
  long cachedBytes() {
    synchronized (cache) {
      return cachedBytes;
    }
  }

  /// The opened page; empty if it is corrupt or missing, which is told of.
  Optional<Page> page(PageView view, long partition, int generation, int number) {
    Key key = new Key(partition, generation, number);
    Optional<Cached> known = cached(key);
    if (known.isPresent()) {
      return known.get().what().map(Page.class::cast);
    }
    Optional<Page> page = load(view, partition, generation, number);
    keep(key, new Cached(page.map(p -> p), page.map(Page::sizeBytes).orElse(0)));
    return page;
  }

  /// As [#page], past the cache: for who goes through all pages once.
  Optional<Page> load(PageView view, long partition, int generation, int number) {
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

  /// Loads what says where the series of some pages stand.
  interface Loader {
    Object load();

    int sizeBytes(Object loaded);
  }

  /// The cached directory of a generation.
  Object directory(long partition, int generation, Loader loader) {
    Key key = new Key(partition, generation, DIRECTORY);
    Optional<Cached> known = cached(key);
    if (known.isPresent()) {
      return known.get().what().orElseThrow();
    }
    Object loaded = loader.load();
    keep(key, new Cached(Optional.of(loaded), loader.sizeBytes(loaded)));
    return loaded;
  }

  /// What is known of a page's ends, if anything.
  Optional<PageEnds> ends(long partition, int generation, int number) {
    return cached(new Key(partition, generation, ENDS - number))
        .flatMap(Cached::what)
        .map(PageEnds.class::cast);
  }

  /// The same, and where there is nothing, a place for it.
  PageEnds ends(long partition, int generation, int number, Page page) {
    Optional<PageEnds> known = ends(partition, generation, number);
    if (known.isPresent()) {
      return known.get();
    }
    PageEnds ends = new PageEnds(page);
    keep(
        new Key(partition, generation, ENDS - number),
        new Cached(Optional.of(ends), ends.sizeBytes()));
    return ends; // of two that are made at once one is forgotten
  }

  /// Decodes a row.
  interface Use {
    // Called once.
    void of(PageReader reader);
  }

  /// Reads with a spare reader; what it finds corrupt is told of.
  void read(long partition, int generation, int number, Use use) {
    PageReader pooled = idle.poll();
    PageReader reader = pooled == null ? new PageReader() : pooled;
    try {
      use.of(reader);
    } catch (CorruptPageException e) {
      broken(partition, generation, number, e);
    } finally {
      idle.add(reader);
    }
  }

  void broken(long partition, int generation, int number, RuntimeException reason) {
    if (number != DIRECTORY) {
      broken.add(new Key(partition, generation, number));
    }
    corrupt.foundPage(partition, generation, number, reason);
  }

  /// The pages of a generation that were found corrupt so far.
  List<Integer> broken(long partition, int generation) {
    return broken.stream()
        .filter(key -> key.partition() == partition && key.generation() == generation)
        .map(Key::number)
        .sorted()
        .toList();
  }

  /// Forgets what is cached of some generations of a partition, which nobody reads any more.
  void forget(long partition, IntSet generations) {
    forget(key -> key.partition() == partition && generations.contains(key.generation()));
  }

  /// Forgets what is cached of a partition, which nobody reads any more.
  void forget(long partition) {
    forget(key -> key.partition() == partition);
  }

  private void forget(Predicate<Key> which) {
    synchronized (cache) {
      Iterator<Map.Entry<Key, Cached>> entries = cache.entrySet().iterator();
      while (entries.hasNext()) {
        Map.Entry<Key, Cached> entry = entries.next();
        if (which.test(entry.getKey())) {
          cachedBytes -= MISSING_BYTES + entry.getValue().bytes();
          entries.remove();
        }
      }
    }
  }

  private Optional<Cached> cached(Key key) {
    synchronized (cache) {
      return Optional.ofNullable(cache.get(key));
    }
  }

  private void keep(Key key, Cached what) {
    synchronized (cache) {
      if (!isAdmitted(key, what)) {
        return;
      }
      if (cache.putIfAbsent(key, what) == null) {
        cachedBytes += MISSING_BYTES + what.bytes();
      }
      Iterator<Map.Entry<Key, Cached>> oldest = cache.entrySet().iterator();
      while (cachedBytes > mostBytes && cache.size() > 2) {
        cachedBytes -= MISSING_BYTES + oldest.next().getValue().bytes();
        oldest.remove();
      }
    }
  }

  private boolean isAdmitted(Key key, Cached what) {
    boolean fits = cachedBytes + MISSING_BYTES + what.bytes() <= mostBytes;
    if (fits || key.number() < 0 || what.what().isEmpty()) {
      return true;
    }
    refused = (refused + 1) % ADMIT_EVERY;
    return refused == 0;
  }
}
