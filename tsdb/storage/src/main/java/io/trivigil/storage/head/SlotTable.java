package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2ObjectLinkedOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectMap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One slot per live series in flat arrays, a thousand slots to a page so that growing copies
/// nothing; and the way from a reference to its slot. One writer; readers may race with it on
/// everything but a slot's reference and labels, which do not change before no reader can hold it.
final class SlotTable {
  /// Where there is no slot.
  static final int NONE = -1;

  /// Of a series that is still there.
  static final long NEVER = Long.MAX_VALUE;

  private static final int SHIFT = 10;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle REF_PAGES = MethodHandles.arrayElementVarHandle(int[][].class);

  private static final class Page {
    private final long[] refs = new long[PAGE];
    private final @Nullable Labels[] labels = new Labels[PAGE];
    private final long[] lastMs = new long[PAGE];
    private final long[] lastBits = new long[PAGE];
    private final long[] removedIndex = new long[PAGE];
    private final long[] newest = new long[PAGE]; // position in the sample log, 0: none
    private final long[] mark = new long[PAGE]; // the writer's scratch: which batch, which sample
    private final int[] markSample = new int[PAGE];
    private long @Nullable [] histograms; // a bit for each slot; only once there is one
  }

  private volatile Page[] pages = new Page[0];
  private volatile int[][] slotsByRef = new int[0][]; // slot + 1; a page without series is empty
  private int[] liveByRefPage = new int[0];
  private final IntArrayList free = new IntArrayList();
  private int slots; // handed out so far, free ones included

  private Page page(int slot) {
    return pages[slot >>> SHIFT];
  }

  /// The slot of a series, [#NONE] if there is none.
  int find(long ref) {
    int[][] all = slotsByRef;
    long pageNumber = ref >>> SHIFT;
    if (ref <= 0 || pageNumber >= all.length) {
      return NONE;
    }
    int[] refPage = (int[]) REF_PAGES.getAcquire(all, (int) pageNumber);
    return refPage.length == 0 ? NONE : (int) INTS.getAcquire(refPage, (int) ref & MASK) - 1;
  }

  int add(long ref, Labels labels) {
    int slot = free.isEmpty() ? slots++ : free.popInt();
    if (slot >>> SHIFT == pages.length) {
      Page[] grown = Arrays.copyOf(pages, pages.length + 1);
      grown[grown.length - 1] = new Page();
      pages = grown;
    }
    Page page = page(slot);
    int at = slot & MASK;
    page.refs[at] = ref;
    page.labels[at] = labels;
    page.lastMs[at] = Head.NONE;
    page.lastBits[at] = 0;
    page.newest[at] = 0;
    page.mark[at] = 0;
    if (page.histograms != null) {
      page.histograms[at >>> 6] &= ~(1L << at);
    }
    // Last: who sees that this series has not left sees its reference, too, and that it is new.
    LONGS.setRelease(page.removedIndex, at, NEVER);
    link(ref, slot);
    return slot;
  }

  private void link(long ref, int slot) {
    int pageNumber = Math.toIntExact(ref >>> SHIFT);
    if (pageNumber >= slotsByRef.length) {
      int length = Math.max(pageNumber + 1, slotsByRef.length + slotsByRef.length / 4);
      int[][] grown = Arrays.copyOf(slotsByRef, length);
      Arrays.fill(grown, slotsByRef.length, length, new int[0]);
      liveByRefPage = Arrays.copyOf(liveByRefPage, length);
      slotsByRef = grown;
    }
    if (slotsByRef[pageNumber].length == 0) {
      REF_PAGES.setRelease(slotsByRef, pageNumber, new int[PAGE]);
    }
    liveByRefPage[pageNumber]++;
    INTS.setRelease(slotsByRef[pageNumber], (int) ref & MASK, slot + 1);
  }

  /// Gives a slot back. Only when no reader can hold it.
  void recycle(int slot) {
    long ref = ref(slot);
    int pageNumber = Math.toIntExact(ref >>> SHIFT);
    INTS.setRelease(slotsByRef[pageNumber], (int) ref & MASK, 0);
    if (--liveByRefPage[pageNumber] == 0) {
      REF_PAGES.setRelease(slotsByRef, pageNumber, new int[0]);
    }
    page(slot).labels[slot & MASK] = null;
    free.add(slot);
  }

  /// One more than the highest slot in use.
  int slots() {
    return slots;
  }

  long ref(int slot) {
    return page(slot).refs[slot & MASK];
  }

  boolean inUse(int slot) {
    return page(slot).labels[slot & MASK] != null;
  }

  /// The series that have not left, for the writer's thread or a quiet store.
  Long2ObjectMap<Labels> live() {
    Long2ObjectMap<Labels> live = new Long2ObjectLinkedOpenHashMap<>();
    for (int slot = 0; slot < slots(); slot++) {
      if (inUse(slot) && removedIndex(slot) == NEVER) {
        live.put(ref(slot), labels(slot));
      }
    }
    return live;
  }

  /// The labels, or null in a free slot (read once: it may become free at any moment).
  @Nullable Labels labelsOrNull(int slot) {
    return page(slot).labels[slot & MASK];
  }

  Labels labels(int slot) {
    return Objects.requireNonNull(page(slot).labels[slot & MASK]);
  }

  long removedIndex(int slot) {
    return (long) LONGS.getAcquire(page(slot).removedIndex, slot & MASK);
  }

  void setRemoved(int slot, long index) {
    LONGS.setRelease(page(slot).removedIndex, slot & MASK, index);
  }

  long lastMs(int slot) {
    return (long) LONGS.getAcquire(page(slot).lastMs, slot & MASK);
  }

  long lastBits(int slot) {
    return (long) LONGS.getAcquire(page(slot).lastBits, slot & MASK);
  }

  void setLast(int slot, long timestampMs, long bits) {
    Page page = page(slot);
    LONGS.setRelease(page.lastMs, slot & MASK, timestampMs);
    LONGS.setRelease(page.lastBits, slot & MASK, bits);
  }

  long newest(int slot) {
    return (long) LONGS.getAcquire(page(slot).newest, slot & MASK);
  }

  void setNewest(int slot, long position) {
    LONGS.setRelease(page(slot).newest, slot & MASK, position);
  }

  /// Whether there ever was a histogram among the samples in memory of this slot's series.
  boolean hasHistograms(int slot) {
    long[] bits = page(slot).histograms;
    return bits != null && (bits[(slot & MASK) >>> 6] & (1L << slot)) != 0;
  }

  /// Notes that there is one; before the sample is published.
  void noteHistogram(int slot) {
    Page page = page(slot);
    long[] bits = page.histograms;
    if (bits == null) {
      bits = new long[PAGE / Long.SIZE];
      page.histograms = bits;
    }
    bits[(slot & MASK) >>> 6] |= 1L << slot;
  }

  /// Which sample of batch `batch` came last for this slot, -1 if none did.
  int marked(int slot, long batch) {
    Page page = page(slot);
    return page.mark[slot & MASK] == batch ? page.markSample[slot & MASK] : -1;
  }

  void mark(int slot, long batch, int sample) {
    Page page = page(slot);
    page.mark[slot & MASK] = batch;
    page.markSample[slot & MASK] = sample;
  }
}
