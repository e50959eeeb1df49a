package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;

/// The live series by their labels, and how many there are of what. Owned by the thread that
/// applies the log; before any reader, by whoever restores.
final class SlotsByLabels {
  private final Symbols symbols = new Symbols();
  private final SeriesCounts counts = new SeriesCounts();
  private final Object2IntOpenHashMap<Labels> slots = new Object2IntOpenHashMap<>();
  private int removedSinceRebuild;

  SlotsByLabels() {
    slots.defaultReturnValue(Head.NO_SLOT);
  }

  /// The same labels, made of the strings that other series have too.
  Labels intern(Labels labels) {
    return symbols.intern(labels);
  }

  String shared(String text) {
    return symbols.intern(text);
  }

  /// Makes room for so many, so that the table does not grow step by step.
  void expect(int series) {
    slots.ensureCapacity(series);
  }

  /// Puts a series in place.
  ///
  /// @param labels as [#intern] gave them
  void add(Labels labels, int slot) {
    slots.put(labels, slot);
    counts.add(labels);
  }

  void remove(Labels labels) {
    slots.removeInt(labels);
    counts.remove(labels);
    removedSinceRebuild++;
  }

  /// Forgets the strings of series that left, once they are many.
  void tidy() {
    if (removedSinceRebuild > 1000 && removedSinceRebuild > size()) {
      symbols.rebuild(slots.keySet());
      removedSinceRebuild = 0;
    }
  }

  /// The slot of live labels, or [Head#NO_SLOT].
  int find(Labels labels) {
    return slots.getInt(labels);
  }

  int size() {
    return slots.size();
  }

  SeriesCounts counts() {
    return counts;
  }

  int symbols() {
    return symbols.size();
  }
}
