package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.Long2ObjectLinkedOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All live series and their samples since the last durable snapshot.
///
/// A series' segments hang together from the newest to the oldest that is in memory. Because time
/// rises within a series, everything at or below the oldest segment's previous sample is in the
/// page store, and everything above is here: a reader never sees a sample twice.
///
/// The thread that applies the log calls what changes things; readers call [#read], [#readLast],
/// [#find], [#visible] and the plain accessors from any thread, with a view.
public final class Head {
  /// Where there is no slot.
  public static final int NO_SLOT = SlotTable.NONE;

  private final SlotTable table = new SlotTable();
  private final Symbols symbols = new Symbols();
  private final Object2IntOpenHashMap<Labels> slotByLabels = new Object2IntOpenHashMap<>();

  private int generation;
  private int ordinal;
  private long batch;
  private long lastRef;
  private long cutoffMs = Long.MIN_VALUE;
  private Tombstones tombstones = Tombstones.NONE;
  private int removedSinceRebuild;
  private volatile int publishedSeries;
  private long newestMs = Segment.NONE;
  private volatile long publishedNewestMs = Segment.NONE;

  private List<Segment> segments = new ArrayList<>();
  private Long2ObjectLinkedOpenHashMap<Labels> created = new Long2ObjectLinkedOpenHashMap<>();
  private LongArrayList removed = new LongArrayList();
  private IntArrayList removedSlots = new IntArrayList();
  private long samples;
  private volatile long samplesInGeneration;
  private volatile int segmentsInGeneration;

  public Head() {
    slotByLabels.defaultReturnValue(NO_SLOT);
  }

  // ---- recovery, before any reader ----

  /// Puts a series back as it was saved.
  public void restore(long ref, Labels labels) {
    Labels shared = symbols.intern(labels);
    slotByLabels.put(shared, table.add(ref, shared));
  }

  /// Puts a series' last sample back as it was saved.
  public void restoreLast(long ref, long timestampMs, long bits) {
    table.setLast(table.find(ref), timestampMs, bits);
    newestMs = Math.max(newestMs, timestampMs);
    publishedNewestMs = newestMs;
  }

  public void restoreState(long lastRef, long cutoffMs) {
    this.lastRef = lastRef;
    this.cutoffMs = cutoffMs;
  }

  public void restoreTombstones(Tombstones saved) {
    tombstones = saved;
  }

  // ---- the writer ----

  /// Begins the next entry.
  public void beginEntry() {
    ordinal++;
  }

  /// What a reader sees from now on.
  public HeadView view(long appliedIndex, long logTimeMs) {
    samplesInGeneration = samples;
    segmentsInGeneration = segments.size();
    publishedSeries = series();
    publishedNewestMs = newestMs;
    return new HeadView(
        appliedIndex, logTimeMs, generation, ordinal, lastRef, cutoffMs, tombstones);
  }

  /// The cut-off so far.
  public long cutoffMs() {
    return cutoffMs;
  }

  /// The slot of live labels, or [#NO_SLOT].
  public int find(Labels labels) {
    return slotByLabels.getInt(labels);
  }

  /// The slot of a series that has not left, or [#NO_SLOT].
  public int findLive(long ref) {
    int slot = table.find(ref);
    return slot != NO_SLOT && table.removedIndex(slot) == SlotTable.NEVER ? slot : NO_SLOT;
  }

  /// Begins a batch, for [#lastOfBatch]; a series may stand in it several times.
  public void beginBatch() {
    batch++;
  }

  /// The place of the series' last accepted sample in this batch, -1 if it has none.
  public int lastOfBatch(int slot) {
    return table.marked(slot, batch);
  }

  public void markLastOfBatch(int slot, int sample) {
    table.mark(slot, batch, sample);
  }

  /// Makes a series with the next reference.
  public int create(Labels labels) {
    Labels shared = symbols.intern(labels);
    lastRef++;
    int slot = table.add(lastRef, shared);
    slotByLabels.put(shared, slot);
    created.put(lastRef, shared);
    return slot;
  }

  /// Appends a sample above the series' last.
  public void append(int slot, long timestampMs, long bits) {
    Segment head = table.head(slot);
    if (head != null && head.generation() == generation) {
      head.append(ordinal, timestampMs, bits);
    } else {
      Segment next = push(slot, timestampMs, bits);
      segments.add(next);
    }
    // After the segment: a reader that sees the new last sees the segment as well.
    table.setLast(slot, timestampMs, bits);
    newestMs = Math.max(newestMs, timestampMs);
    samples++;
  }

  private Segment push(int slot, long timestampMs, long bits) {
    while (true) {
      Segment head = table.head(slot);
      Segment next =
          new Segment(table.ref(slot), generation, head, table.lastMs(slot), table.lastBits(slot));
      next.append(ordinal, timestampMs, bits);
      if (table.exchangeHead(slot, head, next)) { // else the trimmer just took the old one away
        return next;
      }
    }
  }

  /// Hides the samples of some series that are there now; what is appended later stands above.
  ///
  /// @param fromMs inclusive
  /// @param toMs inclusive
  /// @return false if that would be more than [Tombstones#MOST_RANGES]; nothing was changed then
  public boolean delete(LongList refs, long fromMs, long toMs) {
    Tombstones.Builder builder = tombstones.toBuilder();
    for (int i = 0; i < refs.size(); i++) {
      int slot = findLive(refs.getLong(i));
      long lastMs = slot == NO_SLOT ? Segment.NONE : table.lastMs(slot);
      long from = Math.max(fromMs, cutoffMs);
      if (lastMs != Segment.NONE && from <= Math.min(toMs, lastMs)) {
        builder.add(refs.getLong(i), from, Math.min(toMs, lastMs));
      }
    }
    if (builder.count() > Tombstones.MOST_RANGES) {
      return false;
    }
    tombstones = builder.build();
    return true;
  }

  /// What is deleted, for the writer.
  public Tombstones tombstones() {
    return tombstones;
  }

  /// Hides what is older than the cutoff and lets series without anything newer leave.
  public void retain(long newCutoffMs, long entryIndex) {
    if (newCutoffMs <= cutoffMs) {
      return;
    }
    cutoffMs = newCutoffMs;
    tombstones = tombstones.from(newCutoffMs);
    for (int slot = 0; slot < table.slots(); slot++) {
      if (table.inUse(slot)
          && table.removedIndex(slot) == SlotTable.NEVER
          && table.lastMs(slot) < newCutoffMs) {
        remove(slot, entryIndex);
      }
    }
    if (removedSinceRebuild > 1000 && removedSinceRebuild > series()) {
      symbols.rebuild(slotByLabels.keySet());
      removedSinceRebuild = 0;
    }
  }

  private void remove(int slot, long entryIndex) {
    table.setRemoved(slot, entryIndex);
    slotByLabels.removeInt(table.labels(slot));
    long ref = table.ref(slot);
    if (created.remove(ref) == null) {
      removed.add(ref);
    }
    removedSlots.add(slot);
    removedSinceRebuild++;
  }

  /// Ends the generation and hands over what it changed; the next entry begins another.
  public HeadDelta closeGeneration() {
    HeadDelta delta =
        new HeadDelta(
            generation, segments, created, removed, removedSlots, lastRef, cutoffMs, samples);
    generation++;
    ordinal = 0;
    segments = new ArrayList<>();
    created = new Long2ObjectLinkedOpenHashMap<>();
    removed = new LongArrayList();
    removedSlots = new IntArrayList();
    samples = 0;
    samplesInGeneration = 0;
    segmentsInGeneration = 0;
    return delta;
  }

  /// Live series, for the writer.
  public int series() {
    return slotByLabels.size();
  }

  /// Gives slots back. Only when no reader can hold them; on the writer's thread.
  public void recycle(IntList slots) {
    slots.forEach(table::recycle);
  }

  // ---- any thread ----

  /// The slot of a reference, or [#NO_SLOT]; its series may have left or be newer than a view.
  public int find(long ref) {
    return table.find(ref);
  }

  /// Whether the view contains the series in this slot.
  public boolean visible(int slot, HeadView view) {
    // In this order: a slot that was recycled under a reader who came too late for its old series
    // says so by a reference beyond the view, which stands before the series counts as there.
    return table.removedIndex(slot) > view.appliedIndex() && table.ref(slot) <= view.lastRef();
  }

  /// Whether the series in this slot left at or before the entry.
  public boolean removedBy(int slot, long entryIndex) {
    return table.removedIndex(slot) <= entryIndex;
  }

  public long ref(int slot) {
    return table.ref(slot);
  }

  public Labels labels(int slot) {
    return table.labels(slot);
  }

  /// The labels of a series that has not been recycled, else null (on the way to the index).
  public @Nullable Labels labelsOrNull(long ref) {
    int slot = table.find(ref);
    return slot == NO_SLOT ? null : table.labelsOrNull(slot);
  }

  /// The newest timestamp, whatever a view says; [Segment#NONE] if there is none.
  public long lastMs(int slot) {
    return table.lastMs(slot);
  }

  /// The newest value's bits, whatever a view says.
  public long lastBits(int slot) {
    return table.lastBits(slot);
  }

  /// Live series as of the last published entry.
  public int publishedSeries() {
    return publishedSeries;
  }

  /// The newest timestamp of any series as of the last published entry; [Segment#NONE] if there is
  /// none.
  public long publishedNewestMs() {
    return publishedNewestMs;
  }

  /// Samples of ended entries since the generation began.
  public long samplesInGeneration() {
    return samplesInGeneration;
  }

  /// Series with samples in this generation, as of the last published entry.
  public int segmentsInGeneration() {
    return segmentsInGeneration;
  }

  public int symbols() {
    return symbols.size();
  }

  /// The chain of a series as it is at one moment: `first` is the newest segment, or null; what is
  /// at or below `storedMs` is in the page store.
  private record Chain(@Nullable Segment[] segments, int count, long storedMs, long storedBits) {}

  private Chain chain(int slot) {
    while (true) {
      long lastMs = table.lastMs(slot);
      long lastBits = table.lastBits(slot);
      Segment head = table.head(slot);
      if (head == null) {
        // Had a sample come in between, its segment would have been there before the new last.
        return new Chain(new Segment[0], 0, lastMs, lastBits);
      }
      @Nullable Segment[] segments = new Segment[4];
      int count = 0;
      Segment oldest = head;
      for (Segment at = head; at != null; at = at.older()) {
        if (count == segments.length) {
          segments = Arrays.copyOf(segments, count * 2);
        }
        segments[count++] = at;
        oldest = at;
      }
      return new Chain(segments, count, oldest.previousMs(), oldest.previousBits());
    }
  }

  /// Where the samples of a series that are not in memory are read.
  @FunctionalInterface
  public interface Stored {
    /// Appends the stored samples of `fromMs <= t <= toMs` to `out`.
    void read(long fromMs, long toMs, SampleBuffer out);
  }

  /// Appends the samples that the view contains, oldest first.
  public void read(
      int slot, HeadView view, long fromMs, long toMs, Stored stored, SampleBuffer out) {
    Chain chain = chain(slot);
    if (chain.storedMs() != Segment.NONE && fromMs <= chain.storedMs()) {
      stored.read(fromMs, Math.min(toMs, chain.storedMs()), out);
    }
    for (int i = chain.count() - 1; i >= 0; i--) {
      Segment segment = chain.segments()[i];
      if (segment != null) {
        segment.read(segment.visible(view), fromMs, toMs, out);
      }
    }
  }

  /// Appends the newest sample in the range that the view contains, if there is one. The page store
  /// is asked only if that sample is older than the last stored one.
  public void readLast(
      int slot, HeadView view, long fromMs, long toMs, Stored stored, SampleBuffer out) {
    Chain chain = chain(slot);
    for (int i = 0; i < chain.count(); i++) {
      Segment segment = chain.segments()[i];
      int at = segment == null ? -1 : segment.floor(segment.visible(view), toMs);
      if (segment != null && at >= 0) {
        long timestampMs = segment.data()[2 * at];
        if (timestampMs >= fromMs) {
          out.add(timestampMs, Double.longBitsToDouble(segment.data()[2 * at + 1]));
        }
        return;
      }
    }
    if (chain.storedMs() == Segment.NONE || chain.storedMs() < fromMs) {
      return;
    }
    if (chain.storedMs() <= toMs) {
      out.add(chain.storedMs(), Double.longBitsToDouble(chain.storedBits()));
    } else {
      stored.read(fromMs, toMs, out);
    }
  }

  /// Takes one sample: the last of a series at the end of a generation.
  @FunctionalInterface
  public interface LastSink {
    void accept(long timestampMs, long bits);
  }

  /// Tells the last sample as it was at the end of `generation`; nothing if there was none.
  public void lastAt(int slot, int atGeneration, LastSink sink) {
    Chain chain = chain(slot);
    for (int i = 0; i < chain.count(); i++) {
      Segment segment = chain.segments()[i];
      if (segment != null && segment.generation() <= atGeneration) {
        int size = segment.size();
        sink.accept(segment.data()[2 * size - 2], segment.data()[2 * size - 1]);
        return;
      }
    }
    if (chain.storedMs() != Segment.NONE) {
      sink.accept(chain.storedMs(), chain.storedBits());
    }
  }

  /// Lets go of segments that are durable and that no reader needs any more. Any thread.
  public void trim(HeadDelta durable) {
    for (Segment segment : durable.segments()) {
      int slot = table.find(segment.ref());
      if (slot != NO_SLOT) {
        trim(slot, durable.generation());
      }
    }
  }

  private void trim(int slot, int upTo) {
    Segment head = table.head(slot);
    if (head == null) {
      return;
    }
    if (head.generation() <= upTo) {
      if (!table.exchangeHead(slot, head, null)) {
        trim(slot, upTo); // the writer pushed a newer one meanwhile
      }
      return;
    }
    for (Segment at = head; at != null; at = at.older()) {
      Segment older = at.older();
      if (older != null && older.generation() <= upTo) {
        at.cutOlder();
        return;
      }
    }
  }

  /// The series that have not left, for the writer's thread or a quiet store.
  public Long2ObjectMap<Labels> live() {
    Long2ObjectMap<Labels> live = new Long2ObjectLinkedOpenHashMap<>();
    for (int slot = 0; slot < table.slots(); slot++) {
      if (table.inUse(slot) && table.removedIndex(slot) == SlotTable.NEVER) {
        live.put(table.ref(slot), table.labels(slot));
      }
    }
    return live;
  }
}
