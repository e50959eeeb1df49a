package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.longs.LongList;
import org.jspecify.annotations.Nullable;

/// What is deleted, while an entry changes it. Owned by the thread that applies the log.
final class Deleting {
  private final int mostRanges;
  private Tombstones settled = Tombstones.NONE;

  /// Changes of this entry: late samples come one by one, and a copy for each would cost much.
  private Tombstones.@Nullable Builder open;

  /// @param mostRanges of all series, and times that came back
  Deleting(int mostRanges) {
    this.mostRanges = mostRanges;
  }

  void restore(Tombstones saved) {
    settled = saved;
    open = null;
  }

  /// All changes so far.
  Tombstones settle() {
    if (open != null) {
      settled = open.build();
      open = null;
    }
    return settled;
  }

  /// Hides samples of some series; as [Head#delete].
  boolean delete(Head head, LongList refs, long fromMs, long toMs) {
    Tombstones.Builder builder = settle().toBuilder();
    for (int i = 0; i < refs.size(); i++) {
      int slot = head.findLive(refs.getLong(i));
      long lastMs = slot == Head.NO_SLOT ? Head.NONE : head.lastMs(slot);
      long from = Math.max(fromMs, head.cutoffMs());
      if (lastMs != Head.NONE && from <= Math.min(toMs, lastMs)) {
        builder.add(refs.getLong(i), from, Math.min(toMs, lastMs));
      }
    }
    if (builder.count() > mostRanges) {
      return false;
    }
    settled = builder.build();
    return true;
  }

  void retain(long cutoffMs) {
    settled = settle().from(cutoffMs);
  }

  /// Whether there is room for so many late samples at times that are deleted.
  boolean mayRevive(int samples) {
    int count = open == null ? settled.count() : open.count();
    return count + 2L * samples <= mostRanges;
  }

  /// Whether the time is deleted.
  boolean hides(long ref, long timestampMs) {
    return open == null
        ? settled.cover(ref, timestampMs, timestampMs)
        : open.covers(ref, timestampMs);
  }

  /// Notes that a late sample comes: if its time is deleted, it is shown from now on, in place of
  /// what stood there.
  ///
  /// @return false if a sample came back at this time already: this one changes nothing
  boolean take(long ref, long timestampMs) {
    if (hides(ref, timestampMs)) {
      if (open == null) {
        open = settled.toBuilder();
      }
      open.revive(ref, timestampMs);
      return true;
    }
    long[] revived = open == null ? settled.revived(ref) : open.revived(ref);
    return !Tombstones.contains(revived, timestampMs);
  }
}
