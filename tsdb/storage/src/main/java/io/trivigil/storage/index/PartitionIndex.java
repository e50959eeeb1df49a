package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.NotAtHandException;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.lucene.index.DirectoryReader;
import org.jspecify.annotations.Nullable;

/// The series of one partition: the older members in Lucene, the newest in an overlay that is
/// searched one by one. Members are only ever added.
///
/// Thread-safe: `lock` guards the overlay and which reader goes with it, and is held for a few
/// instructions; `writing` serialises everything that writes to Lucene.
public final class PartitionIndex implements AutoCloseable {
  private final long partition;
  private final Object lock = new Object();
  private final Object writing = new Object();
  private final @Nullable LuceneSegment lucene; // null: without a directory the overlay holds all

  private long[] overlay = new long[16];
  private int overlaySize;
  private long newestCovered;
  private boolean closed;

  // Owned by the thread that adds:
  private LongArrayList fresh = new LongArrayList();
  private int members;
  private long hash = MemberHash.EMPTY;

  private PartitionIndex(long partition, @Nullable LuceneSegment lucene) {
    this.partition = partition;
    this.lucene = lucene;
  }

  /// Members that were not handed over yet, and what the list is with them.
  public record Fresh(int before, LongList refs, int members, long hash) {}

  /// An empty partition, over whatever an earlier life left in the directory.
  public static PartitionIndex create(long partition, Optional<IndexHome> home) {
    PartitionIndex index = new PartitionIndex(partition, open(partition, home));
    index.adopt(LongList.of(), 0, MemberHash.EMPTY);
    return index;
  }

  /// A partition with the members that the page store holds. They are loaded only if Lucene does
  /// not hold exactly these already.
  public static PartitionIndex restore(
      long partition, Optional<IndexHome> home, int members, long hash, Supplier<LongList> load) {
    PartitionIndex index = new PartitionIndex(partition, open(partition, home));
    LuceneSegment lucene = index.lucene;
    boolean same = lucene != null && lucene.covered() == members && lucene.hash() == hash;
    index.adopt(same ? LongList.of() : load.get(), members, hash);
    return index;
  }

  private static @Nullable LuceneSegment open(long partition, Optional<IndexHome> home) {
    return home.map(in -> LuceneSegment.open(in, partition)).orElse(null);
  }

  private void adopt(LongList all, int count, long countHash) {
    members = count;
    hash = countHash;
    LuceneSegment segment = lucene;
    if (segment == null) {
      all.forEach(this::addToOverlay);
      return;
    }
    if (segment.covered() == count && segment.hash() == countHash) {
      newestCovered = segment.newestRef();
      return;
    }
    int from = 0;
    long prefix = MemberHash.EMPTY;
    while (from < Math.min(segment.covered(), all.size())) {
      prefix = MemberHash.add(prefix, all.getLong(from++));
    }
    if (from != segment.covered() || prefix != segment.hash()) {
      // Ahead of the page store, or of another history: begin again.
      try {
        segment.clear();
      } catch (IOException e) {
        throw new UncheckedIOException("can not clear series index: " + segment.path(), e);
      }
      from = 0;
    }
    newestCovered = segment.newestRef();
    for (int i = from; i < all.size(); i++) {
      addToOverlay(all.getLong(i));
    }
  }

  public long partition() {
    return partition;
  }

  /// Memory of new series that are being written into the index, bytes.
  public long writeBufferBytes() {
    LuceneSegment segment = lucene;
    return segment == null ? 0 : segment.writeBufferBytes();
  }

  /// Adds a member, which may be one already; the adding thread alone.
  public void add(long ref) {
    fresh.add(ref);
    members++;
    hash = MemberHash.add(hash, ref);
    addToOverlay(ref);
  }

  private void addToOverlay(long ref) {
    synchronized (lock) {
      if (overlaySize == overlay.length) {
        overlay = Arrays.copyOf(overlay, overlaySize * 2);
      }
      overlay[overlaySize++] = ref;
    }
  }

  /// Hands over the members since the last time; the adding thread alone.
  public Fresh takeFresh() {
    Fresh taken = new Fresh(members - fresh.size(), fresh, members, hash);
    fresh = new LongArrayList();
    return taken;
  }

  public int overlaySize() {
    synchronized (lock) {
      return overlaySize;
    }
  }

  /// One consistent pair: what Lucene holds, and the rest.
  private record Moment(
      LuceneSegment.@Nullable Reader reader, long[] overlay, int size, long newestCovered) {}

  private Moment moment() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the series index was closed or replaced: " + partition);
      }
      LuceneSegment.Reader reader = lucene == null ? null : lucene.reader().orElse(null);
      return new Moment(reader, overlay, overlaySize, newestCovered);
    }
  }

  /// Appends the references of the members that pass all matchers, in any order; twice of one that
  /// was added twice. Some may have left, and some may be newer than the caller's view.
  ///
  /// @param labels those of the caller's view: in the newest state a series may have left already
  public void search(List<Matcher> matchers, SeriesLabels labels, LongArrayList out) {
    Moment moment = moment();
    try (LuceneSegment.Reader reader = moment.reader()) {
      if (reader != null) {
        reader.search(matchers, labels, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("series index failed: partition=" + partition, e);
    }
    searchOverlay(moment, matchers, labels, out);
  }

  /// As [#search], from what was found before and at most so many members besides.
  ///
  /// @throws NotAtHandException where that is not enough
  public void searchAtHand(
      List<Matcher> matchers, SeriesLabels labels, int most, LongArrayList out) {
    Moment moment = moment();
    try (LuceneSegment.Reader reader = moment.reader()) {
      if (moment.size() > most) {
        throw new NotAtHandException();
      }
      if (reader != null) {
        long[] refs = reader.searchAtHand(matchers, most).orElseThrow(NotAtHandException::new);
        out.addElements(out.size(), refs);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("series index failed: partition=" + partition, e);
    }
    searchOverlay(moment, matchers, labels, out);
  }

  private static void searchOverlay(
      Moment moment, List<Matcher> matchers, SeriesLabels labels, LongArrayList out) {
    for (int i = 0; i < moment.size(); i++) {
      Labels found = labels.labels(moment.overlay()[i]);
      if (found != null && passes(found, matchers)) {
        out.add(moment.overlay()[i]);
      }
    }
  }

  private static boolean passes(Labels labels, List<Matcher> matchers) {
    for (Matcher matcher : matchers) {
      if (!matcher.test(labels)) {
        return false;
      }
    }
    return true;
  }

  /// Returns the label names (or one label's values) of what Lucene holds straight from its terms,
  /// sorted, and appends the members that remain to be looked at to `rest`. Only where every member
  /// up to `lastRef` is still there; empty, and nothing appended, where terms might say too much.
  public Optional<List<String>> terms(Optional<String> label, long lastRef, LongArrayList rest) {
    List<String> terms = List.of();
    Moment moment = moment();
    try (LuceneSegment.Reader reader = moment.reader()) {
      if (reader != null) {
        if (moment.newestCovered() > lastRef || reader.hasOdd()) {
          return Optional.empty();
        }
        terms = reader.terms(label);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("series index failed: partition=" + partition, e);
    }
    for (int i = 0; i < moment.size(); i++) {
      rest.add(moment.overlay()[i]);
    }
    return Optional.of(terms);
  }

  /// As [#terms], from what was found before.
  ///
  /// @param mostTerms so many at most
  /// @param mostRest members to be looked at besides, at most
  ///
  /// @throws NotAtHandException where that is not enough
  public Optional<List<String>> termsAtHand(
      Optional<String> label, long lastRef, int mostTerms, int mostRest, LongArrayList rest) {
    Moment moment = moment();
    List<String> terms = List.of();
    try (LuceneSegment.Reader reader = moment.reader()) {
      if (moment.size() > mostRest) {
        throw new NotAtHandException();
      }
      if (reader != null) {
        if (moment.newestCovered() > lastRef || reader.hasOdd()) {
          return Optional.empty();
        }
        terms = reader.termsAtHand(label, mostTerms).orElseThrow(NotAtHandException::new);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("series index failed: partition=" + partition, e);
    }
    rest.addElements(rest.size(), moment.overlay(), 0, moment.size());
    return Optional.of(terms);
  }

  /// Moves members from the overlay into Lucene where there are at least `atLeast`, and commits if
  /// Lucene then holds no more than the `durable` members of the page store: so that the commit is
  /// never ahead of what a crash leaves.
  ///
  /// @param series knows the labels of all members that have not left
  public void flush(int atLeast, int durable, SeriesLabels series) {
    LuceneSegment into = lucene;
    if (into == null) {
      return;
    }
    synchronized (writing) {
      try {
        long[] from;
        int size;
        synchronized (lock) {
          if (closed) {
            return;
          }
          from = overlay;
          size = overlaySize;
        }
        if (size > 0 && size >= atLeast) {
          move(into, LongArrayList.wrap(Arrays.copyOf(from, size)), series);
        }
        if (into.uncommitted() && into.covered() <= durable) {
          into.commit();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("series index failed: " + into.path(), e);
      }
    }
  }

  private void move(LuceneSegment into, LongArrayList refs, SeriesLabels series)
      throws IOException {
    // Some may have been written by an attempt that failed afterwards.
    into.write(refs.subList(into.unseen(), refs.size()), series);
    DirectoryReader fresh = into.fresh();
    // The reader and the overlay change together, or a search would see a member twice or never.
    synchronized (lock) {
      into.show(fresh);
      overlaySize -= refs.size();
      overlay =
          Arrays.copyOfRange(overlay, refs.size(), Math.max(refs.size() + 16, overlay.length));
      newestCovered = into.newestRef();
    }
  }

  /// Brings a partition that gets no new members into its final form: one segment, no writer.
  ///
  /// @param series as of [#flush]
  public void seal(int durable, SeriesLabels series) {
    flush(1, durable, series);
    LuceneSegment into = lucene;
    if (into == null) {
      return;
    }
    synchronized (writing) {
      try {
        if (closed || into.covered() != durable || into.covered() == 0 || into.sealed()) {
          return;
        }
        into.merge();
        DirectoryReader fresh = into.freshSealed();
        synchronized (lock) {
          into.show(fresh);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("series index failed: " + into.path(), e);
      }
    }
  }

  public long bytes() {
    synchronized (writing) {
      return lucene == null || closed ? 0 : lucene.bytes();
    }
  }

  /// Members in memory, for stats.
  public int covered() {
    synchronized (lock) {
      return lucene == null ? 0 : lucene.covered();
    }
  }

  @Override
  public void close() {
    synchronized (writing) {
      synchronized (lock) {
        if (closed) {
          return;
        }
        closed = true;
        try {
          if (lucene != null) {
            lucene.close();
          }
        } catch (IOException e) {
          throw new UncheckedIOException("series index does not close: " + partition, e);
        }
      }
    }
  }
}
