package io.trivigil.storage;

import io.trivigil.storage.head.Head;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/// Takes slots of series that left on their way back: of those that retention took once no reader
/// from before the snapshot is left, of those that are retired one snapshot later, since until then
/// they were found. Thread-safe; for whom is what says so.
final class SlotReturns {
  private final Head head;
  private final RecentLabels recentLabels;
  private final LastTimes lastTimes;
  private final ReentrantLock changing = new ReentrantLock(); // what leads to slots
  private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();
  private final Queue<IntList> shelved = new ConcurrentLinkedQueue<>();
  private final Queue<IntList> recyclable = new ConcurrentLinkedQueue<>();

  private record Retired(LongList refs, long durableIndex) {}

  SlotReturns(Head head, RecentLabels recentLabels, LastTimes lastTimes) {
    this.head = head;
    this.recentLabels = recentLabels;
    this.lastTimes = lastTimes;
  }

  /// Nothing comes back while this is held: for who goes from references to slots without an epoch
  /// that holds them.
  ReentrantLock hold() {
    return changing;
  }

  /// Slots to which nothing leads any more; of who begins an epoch, before that. They may be
  /// [given][#give] once all readers from before it have left.
  List<IntList> takeShelved() {
    List<IntList> taken = new ArrayList<>();
    for (IntList slots = shelved.poll(); slots != null; slots = shelved.poll()) {
      taken.add(slots);
    }
    return taken;
  }

  /// Slots that nobody can hold any more.
  void give(IntList slots) {
    if (!slots.isEmpty()) {
      recyclable.add(slots);
    }
  }

  /// Series with turns in a durable snapshot, when nobody reads pages from before it.
  void giveRetired(LongList refs, long durableIndex) {
    if (!refs.isEmpty()) {
      retired.add(new Retired(refs, durableIndex));
    }
  }

  /// Takes back what was given; on the thread that applies. Another time while somebody holds.
  void turn() {
    if ((recyclable.isEmpty() && retired.isEmpty()) || !changing.tryLock()) {
      return;
    }
    try {
      for (IntList slots = recyclable.poll(); slots != null; slots = recyclable.poll()) {
        head.recycle(slots);
        slots.forEach(recentLabels::forget);
      }
      for (Retired gone = retired.poll(); gone != null; gone = retired.poll()) {
        noteLast(gone.refs()); // before nothing leads to its slot
        IntList slots = head.retiring().shelve(gone.refs(), gone.durableIndex());
        if (!slots.isEmpty()) {
          shelved.add(slots);
        }
      }
    } finally {
      changing.unlock();
    }
  }

  private void noteLast(LongList refs) {
    for (int i = 0; i < refs.size(); i++) {
      int slot = head.find(refs.getLong(i));
      if (slot != Head.NO_SLOT && head.findLive(refs.getLong(i)) == Head.NO_SLOT) {
        lastTimes.note(refs.getLong(i), head.lastMs(slot));
      }
    }
  }
}
