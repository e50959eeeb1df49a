package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// What is deleted, while an entry changes it. Owned by the thread that applies the log.
public final class Deleting {
  private final int mostRanges;
  private Tombstones settled = Tombstones.NONE;

  /// Changes of this entry: late samples come one by one, and a copy for each would cost much.
  private Tombstones.@Nullable Builder open;

  /// @param mostRanges of all series, and times that came back
  Deleting(int mostRanges) {
    this.mostRanges = mostRanges;
  }

  public void restore(Tombstones saved) {
    settled = saved;
    open = null;
  }

  /// All changes so far.
  public Tombstones settle() {
    if (open != null) {
      settled = open.build();
      open = null;
    }
    return settled;
  }

  /// Hides the samples of some series that are there now; what is appended later stands above.
  ///
  /// @param lasts the newest timestamp of each series, [Head#NONE] if it is not there
  /// @param fromMs inclusive, not below the cut-off
  /// @param toMs inclusive
  /// @return false if that would be more than [Tombstones#MOST_RANGES]; nothing was changed then
  public boolean delete(LongList refs, LongUnaryOperator lasts, long fromMs, long toMs) {
    Tombstones.Builder builder = settle().toBuilder();
    for (int i = 0; i < refs.size(); i++) {
      long lastMs = lasts.applyAsLong(refs.getLong(i));
      if (lastMs != Head.NONE && fromMs <= Math.min(toMs, lastMs)) {
        builder.add(refs.getLong(i), fromMs, Math.min(toMs, lastMs));
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
