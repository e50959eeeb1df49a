package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Keeps each label name and value once in memory, by a number. Owned by the thread that applies
/// the log; [#text] and [#size] for any thread.
final class Symbols {
  /// Where there is no symbol.
  static final int NONE = -1;

  private static final int SHIFT = 10;
  private static final int PAGE = 1 << SHIFT;

  private Object2IntOpenHashMap<String> numbers = empty();
  private volatile Page[] pages = new Page[0];
  private volatile int size;
  private int next; // number that was never given
  private final IntArrayList free = new IntArrayList();

  private static final class Page {
    private final @Nullable String[] texts = new String[PAGE];
  }

  private static Object2IntOpenHashMap<String> empty() {
    Object2IntOpenHashMap<String> map = new Object2IntOpenHashMap<>();
    map.defaultReturnValue(NONE);
    return map;
  }

  /// The number of a text, [#NONE] if it has none.
  int find(String text) {
    return numbers.getInt(text);
  }

  /// The number of a text, which may be a new one.
  int number(String text) {
    int known = numbers.getInt(text);
    if (known != NONE) {
      return known;
    }
    int number = free.isEmpty() ? next++ : free.popInt();
    if (number >>> SHIFT == pages.length) {
      Page[] grown = Arrays.copyOf(pages, pages.length + 1);
      grown[grown.length - 1] = new Page();
      pages = grown;
    }
    pages[number >>> SHIFT].texts[number & (PAGE - 1)] = text;
    numbers.put(text, number);
    size = numbers.size();
    return number;
  }

  /// The text of a number, null where there is none (any more). (Hot path: no box.)
  @Nullable String text(int number) {
    Page[] all = pages;
    int page = number >>> SHIFT;
    return page < all.length ? all[page].texts[number & (PAGE - 1)] : null;
  }

  int size() {
    return size;
  }

  /// Forgets everything but these numbers.
  void keep(BitSet used) {
    Object2IntOpenHashMap<String> kept = empty();
    free.clear();
    for (int number = 0; number < next; number++) {
      String text = text(number);
      if (text != null && used.get(number)) {
        kept.put(text, number);
      } else {
        pages[number >>> SHIFT].texts[number & (PAGE - 1)] = null;
        free.add(number);
      }
    }
    numbers = kept;
    size = kept.size();
  }
}
