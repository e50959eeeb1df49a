package io.trivigil.storage.head;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labels;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The labels of the series in the slots, and the live series by their labels. Labels stand as
/// numbers beside the heap and are made when somebody asks for them.
///
/// The way from labels to a slot is a table with open addressing, at most half full. A place holds
/// slot + 1 in as many bits as number the places, and bits of the hash above them: what differs
/// there need not be looked at. Equal is only whose numbers are.
///
/// Owned by the thread that applies the log, before any reader by whoever restores; for any thread
/// is what says so.
public final class SlotsByLabels {
  private static final int LEAST_BITS = 6;
  private static final int MOST_BITS = 30;

  private final SlotTable table;
  private final boolean offHeap;
  private final Symbols symbols = new Symbols();
  private final Shapes shapes = new Shapes(symbols);
  private final LabelRecords records;
  private final SeriesCounts counts = new SeriesCounts(symbols);

  private Ints places;
  private int bits = LEAST_BITS; // 2^bits places
  private int size;
  private int removedSinceTidied;
  private volatile long bytes; // of the places
  private int[] values = new int[32]; // of the labels that were looked up last
  private boolean closed; // guarded by this object's monitor

  SlotsByLabels(SlotTable table, boolean offHeap) {
    this.table = table;
    this.offHeap = offHeap;
    this.records = new LabelRecords(offHeap);
    this.places = new Ints(1 << bits, offHeap);
    this.bytes = places.bytes();
  }

  // ---- any thread ----

  /// The labels in a record, null if they are gone. (Hot path: no box.)
  @Nullable Labels labels(int record) {
    Ints page = records.page(record);
    int at = records.at(record);
    Shapes.Shape shape = shapes.get(page.get(at));
    if (shape == null || !LabelRecords.has(page, at, shape.size())) {
      return null;
    }
    String[] room = shape.names().room();
    for (int i = 1; i < room.length; i += 2) {
      String value = symbols.text(page.get(++at));
      if (value == null) {
        return null;
      }
      room[i] = value;
    }
    return shape.names().kept(room);
  }

  /// The metric's name in a record, empty if it has none, null if it is gone. (Hot path: no box.)
  @Nullable String metricName(int record) {
    Ints page = records.page(record);
    int at = records.at(record);
    Shapes.Shape shape = shapes.get(page.get(at));
    if (shape == null || !LabelRecords.has(page, at, shape.size())) {
      return null;
    }
    return shape.metricAt() < 0 ? "" : symbols.text(page.get(at + 1 + shape.metricAt()));
  }

  /// The labels of a series whose slot the reader holds, as numbers; they hold as long.
  public void number(int slot, LabelNumbers out) {
    int record = table.record(slot);
    Ints page = records.page(record);
    int at = records.at(record);
    int names = page.get(at);
    Shapes.Shape shape = Objects.requireNonNull(shapes.get(names));
    out.begin(names, shape.size(), shape.metricAt());
    for (int i = 0; i < shape.size(); i++) {
      out.set(i, page.get(++at));
    }
  }

  /// The value of label `i`, in the order of names, of a series whose slot the reader holds.
  public String value(int slot, int i) {
    int record = table.record(slot);
    return Objects.requireNonNull(
        symbols.text(records.page(record).get(records.at(record) + 1 + i)));
  }

  /// The labels of a series that has not been recycled, else null.
  @Nullable Labels labelsOrNull(long ref) {
    int slot = table.find(ref);
    int record = slot == Head.NO_SLOT ? LabelRecords.NONE : table.record(slot);
    Labels labels = record == LabelRecords.NONE ? null : labels(record);
    // What was read is of another series if the slot was recycled before it was read.
    VarHandle.acquireFence();
    return table.find(ref) == slot ? labels : null;
  }

  /// Label names and values that are kept, each once.
  public int symbols() {
    return symbols.size();
  }

  /// Memory beside the heap: labels, and the way from them to their series.
  long bytes() {
    return records.bytes() + bytes;
  }

  // ---- the writer ----

  /// The number of a text, for [#add].
  public int symbol(String text) {
    return symbols.number(text);
  }

  /// The number of a list of names, for [#add].
  ///
  /// @throws IllegalArgumentException if they are not sorted and unique
  public int shape(String... names) {
    return shapes.number(names);
  }

  /// Makes room for so many, so that the table does not grow step by step.
  void expect(int series) {
    while (bits < MOST_BITS && series >= 1 << (bits - 1)) {
      bits++;
    }
    refill();
  }

  /// Puts a series in place; tells its slot.
  ///
  /// @param lastMs the time of its last sample, which is in pages; [Head#NONE] if there is none
  int add(long ref, Labels labels, long lastMs, long lastBits) {
    int shape = shapes.find(labels);
    shape = shape == Shapes.NONE ? shapes.number(Shapes.names(labels)) : shape;
    reserve(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      values[i] = symbols.number(labels.value(i));
    }
    return add(ref, shape, values, lastMs, lastBits);
  }

  /// Puts a series in place; tells its slot.
  ///
  /// @param ofValues a [symbol][#symbol] for each name of the [shape][#shape], none of an empty
  ///   text; more may stand behind them
  public int add(long ref, int shape, int[] ofValues) {
    return add(ref, shape, ofValues, Head.NONE, 0);
  }

  private int add(long ref, int shape, int[] ofValues, long lastMs, long lastBits) {
    int record = records.add(shape, ofValues, sizeOf(shape));
    int slot = table.add(ref, record, lastMs, lastBits);
    count(slot, 1);
    if (table.slots() >= 1 << (bits - 1)) {
      if (bits == MOST_BITS) {
        throw new IllegalStateException("too many series: slots=" + table.slots());
      }
      bits++;
      refill();
    } else {
      put(slot);
    }
    return slot;
  }

  private int sizeOf(int shape) {
    Shapes.Shape known = shapes.get(shape);
    if (known == null) {
      throw new IllegalStateException("labels of an unknown shape: " + shape);
    }
    return known.size();
  }

  private void reserve(int count) {
    if (values.length < count) {
      values = new int[count];
    }
  }

  /// The slot of labels that have not left, retired or not, or [Head#NO_SLOT].
  int find(Labels labels) {
    int shape = shapes.find(labels);
    if (shape == Shapes.NONE) {
      return Head.NO_SLOT;
    }
    reserve(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      values[i] = symbols.find(labels.value(i));
      if (values[i] == Symbols.NONE) {
        return Head.NO_SLOT;
      }
    }
    return find(shape, labels.size());
  }

  private int find(int shape, int count) {
    int hash = shape;
    for (int i = 0; i < count; i++) {
      hash = mix(hash, values[i]);
    }
    hash = last(hash);
    int mask = (1 << bits) - 1;
    for (int at = hash & mask; ; at = (at + 1) & mask) {
      int place = places.get(at);
      if (place == 0) {
        return Head.NO_SLOT;
      }
      if ((place ^ hash) >>> bits == 0 && isFound(table.record((place & mask) - 1), shape, count)) {
        return (place & mask) - 1;
      }
    }
  }

  private boolean isFound(int record, int shape, int count) {
    Ints page = records.page(record);
    int at = records.at(record);
    if (page.get(at) != shape) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (page.get(at + 1 + i) != values[i]) {
        return false;
      }
    }
    return true;
  }

  private static int mix(int hash, int value) {
    return Integer.rotateLeft(hash ^ value * 0xCC9E2D51, 13) * 0x1B873593;
  }

  /// Both ends of a hash count: its low bits are a place, its high bits stand there.
  private static int last(int hash) {
    int mixed = (hash ^ hash >>> 16) * 0x85EBCA6B;
    mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
    return mixed ^ mixed >>> 16;
  }

  private int hash(int record) {
    Ints page = records.page(record);
    int at = records.at(record);
    int shape = page.get(at);
    int hash = shape;
    for (int left = sizeOf(shape); left > 0; left--) {
      hash = mix(hash, page.get(++at));
    }
    return last(hash);
  }

  private void put(int slot) {
    int mask = (1 << bits) - 1;
    int hash = hash(table.record(slot));
    int at = hash & mask;
    while (places.get(at) != 0) {
      at = (at + 1) & mask;
    }
    places.put(at, (hash & ~mask) | (slot + 1));
  }

  /// Fills a table of another size. Slot by slot: then the records come in the order of memory.
  private void refill() {
    Ints old = places;
    places = new Ints(1 << bits, offHeap);
    bytes = places.bytes();
    old.free();
    for (int slot = 0; slot < table.slots(); slot++) {
      if (table.isThere(slot)) {
        put(slot);
      }
    }
  }

  /// Forgets the way to a series that left; its labels stay until [#recycle].
  void remove(int slot) {
    int mask = (1 << bits) - 1;
    int hole = hash(table.record(slot)) & mask;
    while ((places.get(hole) & mask) - 1 != slot) {
      if (places.get(hole) == 0) {
        throw new IllegalStateException("no way leads to this series: ref=" + table.ref(slot));
      }
      hole = (hole + 1) & mask;
    }
    // What stands behind the hole moves up, unless it is at its place or behind it already.
    for (int at = (hole + 1) & mask; places.get(at) != 0; at = (at + 1) & mask) {
      int home = hash(table.record((places.get(at) & mask) - 1)) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        places.put(hole, places.get(at));
        hole = at;
      }
    }
    places.put(hole, 0);
  }

  /// Counts a series among those that are there, or no more.
  ///
  /// @param change 1 or −1
  void count(int slot, int change) {
    size += change;
    int record = table.record(slot);
    Ints page = records.page(record);
    int at = records.at(record);
    Shapes.Shape shape = shapes.get(page.get(at));
    if (shape != null) {
      counts.add(
          shape.metricAt() < 0 ? Symbols.NONE : page.get(at + 1 + shape.metricAt()),
          shape.jobAt() < 0 ? Symbols.NONE : page.get(at + 1 + shape.jobAt()),
          change);
    }
  }

  /// Gives a slot back, with its labels. Only when no reader can hold it.
  void recycle(int slot) {
    int record = table.record(slot);
    int count = sizeOf(records.page(record).get(records.at(record)));
    table.recycle(slot);
    records.remove(record, count);
    removedSinceTidied++;
  }

  /// Forgets the strings of series that left, once they are many.
  void tidy() {
    if (removedSinceTidied <= 1000 || removedSinceTidied <= size) {
      return;
    }
    removedSinceTidied = 0;
    BitSet usedSymbols = new BitSet();
    BitSet usedShapes = new BitSet();
    for (int slot = 0; slot < table.slots(); slot++) {
      if (table.inUse(slot)) { // who left may still be read
        int record = table.record(slot);
        Ints page = records.page(record);
        int at = records.at(record);
        int shape = page.get(at);
        usedShapes.set(shape);
        for (int left = sizeOf(shape); left > 0; left--) {
          usedSymbols.set(page.get(++at));
        }
      }
    }
    shapes.keep(usedShapes, usedSymbols);
    symbols.keep(usedSymbols);
  }

  /// Series that [#count].
  int size() {
    return size;
  }

  /// Live series by metric and by job.
  public SeriesCounts counts() {
    return counts;
  }

  /// Gives all memory back; using it afterwards throws. Any thread, while nobody adds or finds.
  synchronized void close() {
    if (!closed) {
      closed = true;
      records.close();
      places.free();
    }
  }
}
