package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/// The labels of each series as numbers, one record a series, in pages of memory:
///
/// ```
/// shape (the names, see [Shapes]) │ of each value its symbol (see [Symbols])
/// ```
///
/// each a u16 in a record whose numbers all fit, which are those that came first and are shared by
/// most series; else each an i32. A page has records of one width.
///
/// What is removed makes room for what has as many values and the same width. One writer. A reader
/// who holds a record while it is removed may find another one there, or parts of it: he asks
/// [#has], and afterwards whether the series is still the same.
final class LabelRecords {
  /// Is no record.
  static final int NONE = 0;

  private static final int OFF_HEAP_SHIFT = 16; // 128 and 256 KiB
  private static final int ON_HEAP_SHIFT = 10;

  private final boolean offHeap;
  private final int shift;
  private volatile Ints[] pages = new Ints[0];
  private volatile long bytes;
  private volatile boolean closed;

  // The writer's:
  private final Room narrow = new Room(true);
  private final Room wide = new Room(false);

  /// Where records of one width go.
  private static final class Room {
    private final boolean narrow;
    private final Int2ObjectOpenHashMap<IntArrayList> gone = new Int2ObjectOpenHashMap<>();
    private int last = -1; // the page that is being filled
    private int next; // in it

    Room(boolean narrow) {
      this.narrow = narrow;
    }
  }

  LabelRecords(boolean offHeap) {
    this.offHeap = offHeap;
    this.shift = offHeap ? OFF_HEAP_SHIFT : ON_HEAP_SHIFT;
  }

  /// Writes a record of the first `count` values; tells its number, above [#NONE].
  int add(int shape, int[] values, int count) {
    int record = place(isNarrow(shape, values, count) ? narrow : wide, count);
    Ints page = page(record);
    int at = at(record);
    page.put(at, shape);
    for (int i = 0; i < count; i++) {
      page.put(at + 1 + i, values[i]);
    }
    return record;
  }

  private static boolean isNarrow(int shape, int[] values, int count) {
    int all = shape;
    for (int i = 0; i < count; i++) {
      all |= values[i];
    }
    return (all & ~Ints.MOST_NARROW) == 0;
  }

  private int place(Room room, int count) {
    IntArrayList gone = room.gone.get(count);
    if (gone != null && !gone.isEmpty()) {
      return gone.popInt();
    }
    int end = room.next + 1 + count;
    if (room.last < 0 || end > Math.min(pages[room.last].count(), 1 << shift)) {
      open(room, 1 + count);
    }
    int record = room.last << shift | room.next;
    room.next += 1 + count;
    return record;
  }

  /// A record that is longer than a page has a page of its own, which is as long.
  private synchronized void open(Room room, int least) {
    if (closed) {
      throw new IllegalStateException("the head was closed");
    }
    int number = pages.length;
    if (number >= 1 << (Integer.SIZE - 1 - shift)) {
      throw new IllegalStateException("no room for labels: bytes=" + bytes);
    }
    room.last = number;
    room.next = number == 0 ? 1 : 0; // the first number of all is NONE
    Ints page = new Ints(Math.max(1 << shift, room.next + least), room.narrow, offHeap);
    Ints[] grown = Arrays.copyOf(pages, number + 1);
    grown[number] = page;
    bytes += page.bytes();
    pages = grown;
  }

  /// Gives a record of so many values back. Only when no reader can hold it.
  void remove(int record, int count) {
    Room room = page(record).isNarrow() ? narrow : wide;
    room.gone.computeIfAbsent(count, _ -> new IntArrayList()).add(record);
  }

  /// The page in which a record stands, [at][#at] its place.
  Ints page(int record) {
    return pages[record >>> shift];
  }

  int at(int record) {
    return record & ((1 << shift) - 1);
  }

  /// Whether a record of so many values can stand at this place of this page.
  static boolean has(Ints page, int at, int count) {
    return at + count < page.count();
  }

  /// Memory of all pages. Any thread.
  long bytes() {
    return bytes;
  }

  /// Gives all memory back; reading or adding afterwards throws.
  synchronized void close() {
    if (!closed) {
      closed = true;
      for (Ints page : pages) {
        page.free();
      }
    }
  }
}
