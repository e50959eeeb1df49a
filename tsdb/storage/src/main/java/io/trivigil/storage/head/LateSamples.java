package io.trivigil.storage.head;

import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The samples that came later than newer ones of their series: for each series one more chain of
/// blocks in the head's [SampleLog], in the order in which they came. They share its positions and
/// moments with all others, so floors, limits and trimming hold for them as well.
///
/// One writer; any thread reads. Pages of the table are there only where a series was ever late.
public final class LateSamples {
  private static final int SHIFT = 10;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private final SampleLog log;
  private final SlotTable table;
  private final HistogramLog histograms;
  private final Deleting deleting;

  /// By slot, the position of the newest one to come; 0: none. An empty page stands for zeros.
  private volatile long[][] newest = new long[0][];

  private SlotSet touched = new SlotSet(); // slots with late samples in this generation

  LateSamples(SampleLog log, SlotTable table, HistogramLog histograms, Deleting deleting) {
    this.log = log;
    this.table = table;
    this.histograms = histograms;
    this.deleting = deleting;
  }

  /// Whether one of so many samples below their series' last can be shown, deleted as its time is;
  /// the writer's.
  public boolean takes(long ref, long timestampMs, int samples) {
    return !deleting.hides(ref, timestampMs) || deleting.mayRevive(samples);
  }

  /// Appends a sample behind those of its series that came late before; see [Head#appendLate].
  ///
  /// @return false if that changes nothing, since one came back at its time after a deletion
  boolean append(
      int slot,
      long timestampMs,
      long moment,
      long bits,
      @Nullable NativeHistogram histogram,
      long generationStart) {
    if (!deleting.take(table.ref(slot), timestampMs)) {
      return false;
    }
    long kept = bits;
    if (histogram != null || HistogramLog.isTagged(bits)) {
      table.noteHistogram(slot);
      kept = histogram == null ? histograms.add(bits) : histograms.add(histogram);
    }
    put(slot, timestampMs, moment, kept, generationStart);
    return true;
  }

  private void put(int slot, long timestampMs, long moment, long bits, long generationStart) {
    long before = newest(slot);
    long position = 0;
    if (before < generationStart) {
      touched.add(slot);
    } else {
      position = log.putAfter(before, timestampMs, moment, bits);
    }
    if (position == 0) {
      position = log.begin(timestampMs, moment);
      log.put(position, link(position, before), timestampMs, moment, bits);
    }
    setNewest(slot, position); // after the sample: who sees it there can read it
  }

  /// What is further away than a link can say was given back long ago.
  private static int link(long position, long before) {
    long distance = position - before;
    boolean none = before < SampleLog.START || distance > Integer.MAX_VALUE;
    return none ? Walk.FIRST : (int) distance;
  }

  private long newest(int slot) {
    long[][] pages = newest;
    int page = slot >>> SHIFT;
    return page >= pages.length || pages[page].length == 0
        ? 0
        : (long) LONGS.getAcquire(pages[page], slot & MASK);
  }

  private void setNewest(int slot, long position) {
    int page = slot >>> SHIFT;
    long[][] pages = newest;
    if (page >= pages.length || pages[page].length == 0) {
      int length = Math.max(pages.length, page + 1);
      long[][] grown = Arrays.copyOf(pages, length);
      Arrays.fill(grown, pages.length, length, new long[0]);
      grown[page] = new long[PAGE];
      newest = grown;
      pages = grown;
    }
    LONGS.setRelease(pages[page], slot & MASK, position);
  }

  /// Forgets what a slot had. Only when no reader can hold it; the writer's.
  void recycle(int slot) {
    if (newest(slot) != 0) {
      setNewest(slot, 0);
    }
  }

  /// The slots with late samples since the last time; the writer's.
  SlotSet takeTouched() {
    SlotSet taken = touched;
    touched = new SlotSet();
    return taken;
  }

  int touched() {
    return touched.size();
  }

  /// Whether a view may contain any in memory. Any thread.
  ///
  /// @param floor that of the view's epoch
  public boolean mayHave(int slot, long floor) {
    return newest(slot) >= floor;
  }

  /// Appends those in memory that a view contains, in the order in which they came. Any thread.
  ///
  /// @param floor that of the view's epoch
  public void read(int slot, HeadView view, long floor, long fromMs, long toMs, SampleBuffer out) {
    long from = newest(slot);
    if (from >= floor) {
      int start = out.size();
      long limit = view.limit();
      Walk walk = new Walk(log.pages(), from, floor, Head.NONE, 0); // the pages after the position
      while (walk.back()) {
        if (walk.moment() < limit && walk.timestampMs() >= fromMs && walk.timestampMs() <= toMs) {
          out.add(walk.timestampMs(), Double.longBitsToDouble(walk.bits()));
        }
      }
      Walk.reverse(out, start);
      if (table.hasHistograms(slot)) {
        histograms.resolve(out, start);
      }
    }
  }

  /// Collects what stands from one position up to and without another.
  void collect(int slot, long from, long to, Backwards out) {
    long last = newest(slot);
    if (last >= from) {
      new Walk(log.pages(), last, from, Head.NONE, 0).collect(to, out);
    }
  }
}
