package io.trivigil.storage.head;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The samples of all series in blocks of four of one series. A position is a place in a block,
/// blocks are numbered in the order in which they were begun, and no number is used again (some
/// stay unused). Each block links to the sample before it of its series, so a series is read from
/// its newest sample back.
///
/// One writer. A reader gets a position of a series' newest entry, then [#pages]; both are
/// published in the opposite order, so every position at or above the last [#trim] is found there.
final class SampleLog {
  /// A block has 2^2 samples.
  static final int BLOCK_SHIFT = 2;

  /// The first position; below is none.
  static final long START = SamplePage.BLOCK;

  private final int shift;
  private final boolean offHeap;

  /// Guarded by this object's monitor for changes.
  private volatile Pages pages = new Pages(0, new SamplePage[0], 0);

  private volatile long bytes;
  // Guarded by this object's monitor:
  private boolean closed;
  private long kept = START;

  // The writer's:
  private Pages own = pages; // with all that the writer goes to; none once it was closed
  private long next = START;
  private @Nullable SamplePage current;

  /// @param shift a page has 2^shift positions
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

  /// Where the next block may stand at the earliest; the writer's.
  long end() {
    return next;
  }

  /// Begins a block for a sample of this time and moment. The writer's.
  ///
  /// @return the place of the block's first sample, which [#put] fills
  long begin(long timestampMs, long moment) {
    SamplePage page = current;
    if (page == null || (next & mask()) == 0) {
      page = open(timestampMs, moment, false);
    } else if (!page.fits(timestampMs) || !page.takes(moment)) {
      boolean wide = !page.fits(timestampMs);
      next = ((next >>> shift) + 1) << shift;
      page = open(timestampMs, moment, wide);
    }
    long position = next;
    page.begin((int) position & mask(), moment);
    next += SamplePage.BLOCK;
    return position;
  }

  /// Fills the place that [#begin] gave for this time and moment.
  ///
  /// @param link the way to the sample before; see [Walk]
  void put(long position, int link, long timestampMs, long moment, long bits) {
    Pages all = own;
    all.of(position).put(all.in(position), link, timestampMs, moment, bits);
  }

  /// Puts a sample behind the last of a block, if there is room and the block takes its time and
  /// moment. The writer's, who has begun the block and not passed it by [#keep] since.
  ///
  /// @return its place, else 0
  long putAfter(long position, long timestampMs, long moment, long bits) {
    Pages all = own;
    return all.of(position).putAfter(all.in(position), timestampMs, moment, bits)
        ? position + 1
        : 0;
  }

  private int mask() {
    return (1 << shift) - 1;
  }

  private synchronized SamplePage open(long timestampMs, long moment, boolean wide) {
    if (closed) {
      throw new IllegalStateException("the head was closed");
    }
    int blocks = 1 << (shift - BLOCK_SHIFT);
    SamplePage page = new SamplePage(blocks, offHeap, timestampMs, moment, wide);
    current = page;
    Pages old = pages;
    SamplePage[] list = Arrays.copyOf(old.list(), old.list().length + 1);
    list[list.length - 1] = page;
    long first = old.list().length == 0 ? next >>> shift : old.first();
    bytes += page.bytes();
    own = new Pages(first, list, shift);
    pages = own;
    return page;
  }

  /// Keeps what is at or above the position from [#trim]: the writer puts samples into blocks
  /// there, and no more into those below. Never below what it was before.
  synchronized void keep(long from) {
    kept = from;
  }

  /// Gives pages back that lie wholly below the position. Only when no reader goes there any more.
  void trim(long floor) {
    SamplePage[] gone;
    synchronized (this) {
      if (closed) {
        return; // who closed gives everything back
      }
      Pages old = pages;
      long below = Math.min(floor, kept);
      int count = Math.clamp((below >>> shift) - old.first(), 0, old.list().length);
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

  /// Gives all memory back; using the log afterwards throws. Not while the writer writes.
  void close() {
    SamplePage[] left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = pages.list();
      own = new Pages(0, new SamplePage[0], shift);
      current = null;
    }
    for (SamplePage page : left) {
      page.free();
    }
  }
}
