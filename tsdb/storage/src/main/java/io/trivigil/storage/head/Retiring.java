package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import org.jspecify.annotations.Nullable;

/// Series that nobody writes to any more leave the head, and may come back.
///
/// A series is retired at an entry: from there on it counts for no limit and writers do not find
/// it, while its slot stays as it is for readers. Once a snapshot holds that and nobody reads pages
/// from before it, the slot is [shelved][#shelve]: nothing leads to it. When those have left who
/// came to it before, it is recycled.
///
/// Owned by the thread that applies the log; for any thread is what says so.
public final class Retiring {
  private final SlotTable table;
  private final SlotsByLabels slots;
  private final Turns turns = new Turns();
  private volatile long retired; // ever
  private volatile long returned; // ever

  Retiring(SlotTable table, SlotsByLabels slots) {
    this.table = table;
    this.slots = slots;
  }

  /// How often a series was retired, on every node alike. Any thread.
  public long retired() {
    return retired;
  }

  /// How often one came back. Any thread.
  public long returned() {
    return returned;
  }

  /// Turns that are not in a durable snapshot yet. Any thread.
  public int unsettled() {
    return turns.size();
  }

  public void restore(long everRetired, long everReturned) {
    retired = everRetired;
    returned = everReturned;
  }

  /// Retires series whose last sample is older than `beforeMs`.
  ///
  /// @param most so many at the most, those with the lowest references: that is equal on all nodes
  public void retire(long beforeMs, int most, long entryIndex) {
    LongArrayList refs = new LongArrayList();
    for (int slot = 0; slot < table.slots(); slot++) {
      if (table.isThere(slot)
          && !table.isRetired(slot)
          && table.lastMs(slot) != Head.NONE
          && table.lastMs(slot) < beforeMs) {
        refs.add(table.ref(slot));
      }
    }
    if (refs.size() > most) {
      refs.sort(null);
      refs.size(most);
    }
    for (int i = 0; i < refs.size(); i++) {
      int slot = table.find(refs.getLong(i));
      turns.add(refs.getLong(i), entryIndex, false);
      table.setRetired(slot, true);
      slots.count(slot, -1);
    }
    long before = retired;
    retired = before + refs.size();
    slots.tidy();
  }

  /// The retired series of these labels that still has its slot, else null. (Hot path: no box.)
  public @Nullable Sleeping find(Labels labels) {
    int slot = retired == returned ? Head.NO_SLOT : slots.find(labels);
    return slot == Head.NO_SLOT || !table.isRetired(slot)
        ? null
        : new Sleeping(table.ref(slot), slot, table.lastMs(slot), table.lastBits(slot));
  }

  /// Takes a series back; tells its slot.
  public int wake(Sleeping series, Labels labels, long entryIndex) {
    turns.add(series.ref(), entryIndex, true); // before anybody can find it
    long before = returned;
    returned = before + 1;
    if (series.slot() == Head.NO_SLOT) {
      return slots.add(series.ref(), labels, series.lastMs(), series.lastBits());
    }
    table.setRetired(series.slot(), false);
    slots.count(series.slot(), 1);
    return series.slot();
  }

  /// A series leaves for good.
  void forget(int slot) {
    if (!table.isRetired(slot)) {
      slots.count(slot, -1);
    }
    slots.remove(slot);
  }

  /// The series that were retired or came back since the last time; some may stand there twice.
  LongList takeTurned() {
    return turns.takeTurned();
  }

  /// Takes the way to their slots from series that are retired in a durable snapshot. Only when
  /// nobody reads pages from before it.
  ///
  /// @param refs with turns in that snapshot
  /// @return slots to [Head#recycle] when nobody is left who may have found them
  public IntList shelve(LongList refs, long durableIndex) {
    IntArrayList shelved = new IntArrayList();
    for (int i = 0; i < refs.size(); i++) {
      long ref = refs.getLong(i);
      int slot = turns.settle(ref, durableIndex) ? table.find(ref) : Head.NO_SLOT;
      if (slot != Head.NO_SLOT && table.removedIndex(slot) == SlotTable.NEVER) {
        slots.remove(slot);
        table.shelve(slot);
        shelved.add(slot);
      }
    }
    return shelved;
  }

  /// Whether a series with a slot was not retired behind this entry, which is not below the last
  /// durable one. Any thread that keeps [#shelve] away.
  public boolean isIn(long ref, long entryIndex) {
    return turns.isIn(ref, entryIndex);
  }
}
