package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One slot per live series in pages of memory beside the Java heap, so that growing copies
/// nothing; and the way from a reference to its slot. A slot is one piece of memory, for an append
/// wants most of it:
///
/// ```
/// u64 reference │ u64 last timestamp │ u64 bits of the last value │ u64 position of the newest sample
///   │ u32 record of the labels │ u32 mark of the writer
/// ```
///
/// One writer; readers may race with it on everything but a slot's reference and record, which do
/// not change before no reader can hold it. What they may race on the writer publishes in order and
/// they acquire; the writer itself reads without ([Bare]).
final class SlotTable {
  /// Where there is no slot.
  static final int NONE = -1;

  private static final byte IN = 0;
  private static final byte RETIRED = 1;
  private static final byte SHELVED = 2;

  /// Of a series that is still there.
  static final long NEVER = Long.MAX_VALUE;

  private static final int SHIFT = 10;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle REF_PAGES = MethodHandles.arrayElementVarHandle(int[][].class);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ORDER);
  private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ORDER);
  private static final int REF = 0;
  private static final int LAST_MS = 8;
  private static final int LAST_BITS = 16;
  private static final int NEWEST = 24; // position in the sample log, 0: none
  private static final int RECORD = 32; // where its labels stand
  private static final int MARK = 36; // the writer's scratch, see mark
  private static final int SLOT_BYTES = 40;
  private static final int LINE = 64; // of the processor's cache, bytes

  private static final class Page {
    private final ByteBuffer memory;
    private final long address; // of the same, for the writer
    private volatile long @Nullable [] removedIndex; // only once a series has left
    private long @Nullable [] histograms; // a bit for each slot; only once there is one
    private byte @Nullable [] states; // the writer's; only once a series was retired
    private boolean allLive = true; // the writer's: no series was ever retired here or has left

    Page(Arena arena) {
      MemorySegment room = arena.allocate((long) SLOT_BYTES * PAGE, LINE);
      memory = room.asByteBuffer().order(ORDER); // which keeps the room
      address = room.address();
    }
  }

  private final Arena arena;
  private final boolean closes; // else the garbage collector does
  private volatile Page[] pages = new Page[0];
  private volatile int[][] slotsByRef = new int[0][]; // slot + 1; a page without series is empty

  // The writer's:
  private Page[] ownPages = pages; // none once the memory is given back
  private int[][] ownSlotsByRef = slotsByRef;
  private int[] liveByRefPage = new int[0];
  private final IntArrayList free = new IntArrayList();
  private int slots; // handed out so far, free ones included
  private int firstMark = 1; // of this batch; what is below is of an earlier one
  private int endMark = 1; // of this batch

  /// @param closes whether [#close] gives the memory back, else the garbage collector does
  SlotTable(boolean closes) {
    this.closes = closes;
    this.arena = closes ? Arena.ofShared() : Arena.ofAuto();
  }

  private Page page(int slot) {
    return pages[slot >>> SHIFT];
  }

  private Page ownPage(int slot) {
    Page[] all = ownPages;
    int number = slot >>> SHIFT;
    if (number >= all.length) {
      throw new IllegalStateException("the head was closed, or has no such slot: slot=" + slot);
    }
    return all[number];
  }

  /// The address of a slot, for the writer alone.
  private long row(int slot) {
    return ownPage(slot).address + at(slot, 0);
  }

  private static int at(int slot, int field) {
    return (slot & MASK) * SLOT_BYTES + field;
  }

  private long getLong(int slot, int field) {
    return (long) LONG.getAcquire(page(slot).memory, at(slot, field));
  }

  private void setLong(int slot, int field, long value) {
    LONG.setRelease(page(slot).memory, at(slot, field), value);
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

  /// The slot of a series that has not left and is not retired, [#NONE] if there is none.
  int findLive(long ref) {
    int slot = find(ref);
    return slot != NONE && isLive(slot) ? slot : NONE;
  }

  /// The same for the writer alone.
  int findToAppend(long ref) {
    int[][] all = ownSlotsByRef;
    long pageNumber = ref >>> SHIFT;
    if (ref <= 0 || pageNumber >= all.length) {
      return NONE;
    }
    int[] refPage = all[(int) pageNumber];
    int slot = refPage.length == 0 ? NONE : refPage[(int) ref & MASK] - 1;
    return slot == NONE || ownPage(slot).allLive || isLive(slot) ? slot : NONE;
  }

  private boolean isLive(int slot) {
    return removedIndex(slot) == NEVER && !isRetired(slot);
  }

  /// Puts a series in place.
  ///
  /// @param record where its labels stand
  /// @param lastMs the time of its last sample, which is in pages; [Head#NONE] if there is none
  int add(long ref, int record, long lastMs, long lastBits) {
    int slot = free.isEmpty() ? slots++ : free.popInt();
    if (slot >>> SHIFT == pages.length) {
      Page[] grown = Arrays.copyOf(pages, pages.length + 1);
      grown[grown.length - 1] = new Page(arena);
      ownPages = grown;
      pages = grown;
    }
    Page page = page(slot);
    int at = slot & MASK;
    LONG.set(page.memory, at(slot, REF), ref);
    INT.setRelease(page.memory, at(slot, RECORD), record);
    LONG.set(page.memory, at(slot, LAST_MS), lastMs);
    LONG.set(page.memory, at(slot, LAST_BITS), lastBits);
    LONG.set(page.memory, at(slot, NEWEST), 0L);
    INT.set(page.memory, at(slot, MARK), 0);
    if (page.histograms != null) {
      page.histograms[at >>> 6] &= ~(1L << at);
    }
    if (page.states != null) {
      page.states[at] = IN;
    }
    long[] removed = page.removedIndex;
    if (removed != null) {
      // Last: who sees that this series has not left sees its reference, too, and that it is new.
      LONGS.setRelease(removed, at, NEVER);
    }
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
      ownSlotsByRef = grown;
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
    if (find(ref(slot)) == slot) { // else it was shelved, and may have come back in another
      unlink(ref(slot));
    }
    VarHandle.fullFence(); // who still finds the series in the slot has read nothing of the next
    INT.setRelease(page(slot).memory, at(slot, RECORD), LabelRecords.NONE);
    free.add(slot);
  }

  private void unlink(long ref) {
    int pageNumber = Math.toIntExact(ref >>> SHIFT);
    INTS.setRelease(slotsByRef[pageNumber], (int) ref & MASK, 0);
    if (--liveByRefPage[pageNumber] == 0) {
      REF_PAGES.setRelease(slotsByRef, pageNumber, new int[0]);
    }
  }

  private byte state(int slot) {
    byte[] states = page(slot).states;
    return states == null ? IN : states[slot & MASK];
  }

  /// Whether the series in this slot is retired; the writer's, as all around it.
  boolean isRetired(int slot) {
    return state(slot) != IN;
  }

  void setRetired(int slot, boolean retired) {
    setState(slot, retired ? RETIRED : IN);
  }

  private void setState(int slot, byte state) {
    Page page = page(slot);
    page.allLive = false;
    byte[] states = page.states;
    if (states == null) {
      states = new byte[PAGE];
      page.states = states;
    }
    states[slot & MASK] = state;
  }

  /// Takes the way from its reference to a slot away; who came that way may still read there.
  void shelve(int slot) {
    unlink(ref(slot));
    setState(slot, SHELVED);
  }

  /// One more than the highest slot in use.
  int slots() {
    return slots;
  }

  long ref(int slot) {
    return (long) LONG.get(page(slot).memory, at(slot, REF));
  }

  boolean inUse(int slot) {
    return record(slot) != LabelRecords.NONE;
  }

  /// Whether there is a series that has not left, retired or not.
  boolean isThere(int slot) {
    return inUse(slot) && removedIndex(slot) == NEVER && state(slot) != SHELVED;
  }

  /// Where its labels stand, [LabelRecords#NONE] in a free slot (which it may become at any moment,
  /// unless the reader holds it).
  int record(int slot) {
    return (int) INT.getAcquire(page(slot).memory, at(slot, RECORD));
  }

  long removedIndex(int slot) {
    long[] removed = page(slot).removedIndex;
    return removed == null ? NEVER : (long) LONGS.getAcquire(removed, slot & MASK);
  }

  void setRemoved(int slot, long index) {
    Page page = page(slot);
    page.allLive = false;
    long[] removed = page.removedIndex;
    if (removed == null) {
      removed = new long[PAGE];
      Arrays.fill(removed, NEVER);
      page.removedIndex = removed;
    }
    LONGS.setRelease(removed, slot & MASK, index);
  }

  long lastMs(int slot) {
    return getLong(slot, LAST_MS);
  }

  long lastBits(int slot) {
    return getLong(slot, LAST_BITS);
  }

  void setLast(int slot, long timestampMs, long bits) {
    setLong(slot, LAST_MS, timestampMs);
    setLong(slot, LAST_BITS, bits);
  }

  long newest(int slot) {
    return getLong(slot, NEWEST);
  }

  /// As [#lastMs], for the writer alone.
  long ownLastMs(int slot) {
    return Bare.getLong(row(slot) + LAST_MS);
  }

  /// As [#newest], for the writer alone.
  long ownNewest(int slot) {
    return Bare.getLong(row(slot) + NEWEST);
  }

  /// Publishes a sample that was put into the log before. A reader that sees the position sees what
  /// stands there, and one that sees the new last sees the position.
  void publish(int slot, long position, long timestampMs, long bits) {
    long row = row(slot);
    VarHandle.releaseFence();
    Bare.putLong(row + NEWEST, position);
    VarHandle.releaseFence();
    Bare.putLong(row + LAST_MS, timestampMs);
    Bare.putLong(row + LAST_BITS, bits);
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

  /// Begins a batch of so many samples: nothing is marked.
  void beginBatch(int samples) {
    if (endMark > Integer.MAX_VALUE - samples) {
      for (int slot = 0; slot < slots; slot++) {
        INT.set(page(slot).memory, at(slot, MARK), 0);
      }
      endMark = 1;
    }
    firstMark = endMark;
    endMark += samples;
  }

  /// Which sample of this batch came last for this slot, -1 if none did.
  int marked(int slot) {
    return Math.max(Bare.getInt(row(slot) + MARK) - firstMark, -1);
  }

  void mark(int slot, int sample) {
    Bare.putInt(row(slot) + MARK, firstMark + sample);
  }

  /// Memory of all slots. Any thread.
  long bytes() {
    return (long) pages.length * SLOT_BYTES * PAGE;
  }

  /// Gives the memory back; using it afterwards throws. Not while the writer writes.
  synchronized void close() {
    ownPages = new Page[0];
    if (closes && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
