package io.trivigil.storage.head;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The samples of all series in the order in which they were appended. A position is a sample's
/// number in that order (some numbers stay unused), and never used again. Each entry links to the
/// one before it of its series, so a series is read from its newest sample back.
///
/// One writer. A reader gets a position of a series' newest entry, then [#pages]; both are
/// published in the opposite order, so every position at or above the last [#trim] is found there.
final class SampleLog {
  /// The first position; below is none.
  static final long START = 1;

  private final int shift;
  private final boolean offHeap;

  /// Guarded by this object's monitor for changes.
  private volatile Pages pages = new Pages(0, new SamplePage[0], 0);

  private volatile long bytes;
  private boolean closed; // guarded by this object's monitor

  // The writer's:
  private long next = START;
  private @Nullable SamplePage current;

  /// @param shift a page has 2^shift entries
  SampleLog(int shift, boolean offHeap) {
    this.shift = shift;
    this.offHeap = offHeap;
  }

  /// The pages that are there, by number from `first` on. Immutable.
  record Pages(long first, SamplePage[] list, int shift) {
    SamplePage of(long position) {
      return list[(int) ((position >>> shift) - first)];
    }

    int in(long position) {
      return (int) position & ((1 << shift) - 1);
    }
  }

  Pages pages() {
    return pages;
  }

  /// Where the next entry may stand at the earliest; the writer's.
  long end() {
    return next;
  }

  /// The place of the next entry, which [#put] fills.
  long place(long timestampMs) {
    SamplePage page = current;
    boolean begins = (next & ((1L << shift) - 1)) == 0;
    if (page == null || begins) {
      open(timestampMs, false);
    } else if (!page.fits(timestampMs)) {
      next = ((next >>> shift) + 1) << shift;
      open(timestampMs, true);
    }
    return next;
  }

  /// Fills the place that [#place] gave for this time.
  ///
  /// @param link see [Walk]
  void put(long position, long timestampMs, int link, long bits) {
    SamplePage page = current;
    if (page == null || position != next) {
      throw new IllegalStateException("not the place of the next sample: position=" + position);
    }
    page.put((int) position & ((1 << shift) - 1), timestampMs, link, bits);
    next++;
  }

  private synchronized void open(long timestampMs, boolean wide) {
    if (closed) {
      throw new IllegalStateException("the head was closed");
    }
    SamplePage page = new SamplePage(1 << shift, offHeap, timestampMs, wide);
    current = page;
    Pages old = pages;
    SamplePage[] list = Arrays.copyOf(old.list(), old.list().length + 1);
    list[list.length - 1] = page;
    long first = old.list().length == 0 ? next >>> shift : old.first();
    bytes += page.bytes();
    pages = new Pages(first, list, shift);
  }

  /// Gives pages back that lie wholly below the position. Only when no reader goes there any more.
  void trim(long floor) {
    SamplePage[] gone;
    synchronized (this) {
      if (closed) {
        return; // who closed gives everything back
      }
      Pages old = pages;
      int count = Math.clamp((floor >>> shift) - old.first(), 0, old.list().length);
      gone = Arrays.copyOf(old.list(), count);
      pages =
          new Pages(
              old.first() + count, Arrays.copyOfRange(old.list(), count, old.list().length), shift);
      for (SamplePage page : gone) {
        bytes -= page.bytes();
      }
    }
    for (SamplePage page : gone) {
      page.free();
    }
  }

  /// Memory of all pages. Any thread.
  long bytes() {
    return bytes;
  }

  /// Gives all memory back; using the log afterwards throws.
  void close() {
    SamplePage[] left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = pages.list();
    }
    for (SamplePage page : left) {
      page.free();
    }
  }
}
