package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.LongList;

/// What one generation changed; nothing in it changes any more once it is handed over.
///
/// @param generation its number
/// @param from the position of its first sample, at the least
/// @param to the position of the next generation's first sample, at the least
/// @param touched slots of the series with samples
/// @param lateTouched slots of the series with late samples
/// @param firstRef the first reference of its new series, if `lastRef` is not below it; some of
///   them may have left
/// @param removed references of the series that left
/// @param removedSlots slots of all series that left, to be recycled when no reader holds them
/// @param turned references of the series that were retired or came back; some stand there twice
/// @param lastRef the newest reference at its end
/// @param cutoffMs the cutoff at its end
/// @param samples how many samples it holds
/// @param histogramBytes what the histograms among them take
/// @param histogramsTo where the histograms of the next generation stand, at the least
public record HeadDelta(
    int generation,
    long from,
    long to,
    SlotSet touched,
    SlotSet lateTouched,
    long firstRef,
    LongList removed,
    IntList removedSlots,
    LongList turned,
    long lastRef,
    long cutoffMs,
    long samples,
    long histogramBytes,
    long histogramsTo) {
  /// A late sample is alone in its block as a rule, and a block takes as much as four samples.
  static final int LATE_WEIGHT = 3;

  /// How many series take room beside their samples, for an estimate of memory.
  public long weight() {
    return touched.size() + (long) LATE_WEIGHT * lateTouched.size();
  }
}
