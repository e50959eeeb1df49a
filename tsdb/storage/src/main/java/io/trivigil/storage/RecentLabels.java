package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.head.Head;
import org.jspecify.annotations.Nullable;

/// Labels that queries had made for them lately, a place for each slot up to a bound: dashboards
/// and rules ask for the same series again. Thread-safe without locks: who finds another series in
/// a place, or nothing, has labels made.
final class RecentLabels {
  /// The most that are kept; a query of more series keeps none, or it would only push out others.
  static final int MOST = 1 << 17;

  private static final int SHIFT = 10;
  private static final int PAGE = 1 << SHIFT;

  private final Head head;
  private final @Nullable Page[] pages = new Page[MOST >>> SHIFT];

  RecentLabels(Head head) {
    this.head = head;
  }

  private record Made(long ref, Labels labels) {}

  private static final class Page {
    private final @Nullable Made[] made = new Made[PAGE];
  }

  /// The labels of a series whose slot the reader holds.
  Labels of(int slot, long ref) {
    int number = slot >>> SHIFT & (pages.length - 1);
    Page page = pages[number];
    if (page == null) {
      page = new Page(); // of two that are made at once one is forgotten
      pages[number] = page;
    }
    Made known = page.made[slot & (PAGE - 1)];
    if (known != null && known.ref() == ref) {
      return known.labels();
    }
    Labels labels = head.labels(slot);
    page.made[slot & (PAGE - 1)] = new Made(ref, labels);
    return labels;
  }

  /// A slot is another series' from now on.
  void forget(int slot) {
    Page page = pages[slot >>> SHIFT & (pages.length - 1)];
    if (page != null) {
      page.made[slot & (PAGE - 1)] = null;
    }
  }

  /// How many are kept.
  int size() {
    int size = 0;
    for (Page page : pages) {
      if (page != null) {
        for (Made made : page.made) {
          size += made == null ? 0 : 1;
        }
      }
    }
    return size;
  }
}
