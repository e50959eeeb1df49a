package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// All live series and their samples since the last durable snapshot.
///
/// Samples stand in a [SampleLog]. A reader takes from here what is at or above the floor of its
/// epoch (where the snapshot ended that its pages contain) and below its view's limit of moments,
/// and the rest from its pages: it never sees a sample twice.
///
/// The thread that applies the log calls what changes things; readers call [#read], [#readLast],
/// [#find], [#visible] and the plain accessors from any thread, with a view.
public final class Head {
  /// Where there is no slot.
  public static final int NO_SLOT = SlotTable.NONE;

  /// Stands where there is no sample before.
  public static final long NONE = Long.MIN_VALUE;

  /// The floor of who has nothing in the page store.
  public static final long START = SampleLog.START;

  private static final int OFF_HEAP_SHIFT = 16; // 1 MiB
  private static final int SMALL_SHIFT = 8;
  private static final int BYTES_SHIFT = 4; // a page of histograms is as large as one of samples

  private final SlotTable table;
  private final SampleLog log;
  private final HistogramLog histograms;
  private final SlotsByLabels slots;
  private final LateSamples late;
  private final Retiring retiring;
  private final Judging judging;
  private final Deleting deleting = new Deleting(Tombstones.MOST_RANGES);

  private int generation;
  private long generationStart = START;
  private long moment; // views with a limit above it contain what is appended now
  private boolean appended; // since the last view
  private long lastRef;
  private long cutoffMs = Long.MIN_VALUE;
  private volatile int publishedSeries;
  private long newestMs = NONE;
  private volatile long publishedNewestMs = NONE;

  private SlotSet touched = new SlotSet(); // slots with samples in this generation
  private long firstRef = 1; // of the series that this generation creates
  private LongArrayList removed = new LongArrayList();
  private IntArrayList removedSlots = new IntArrayList();
  private long samples;
  private long histogramsFrom; // bytes that were added before this generation
  private volatile long histogramBytesInGeneration;
  private volatile long samplesInGeneration;
  private volatile int seriesInGeneration;

  Head(int shift, boolean offHeap) {
    table = new SlotTable(offHeap);
    log = new SampleLog(shift, offHeap);
    histograms = new HistogramLog(shift + BYTES_SHIFT, offHeap);
    slots = new SlotsByLabels(table, offHeap);
    late = new LateSamples(log, table, histograms, deleting);
    retiring = new Retiring(table, slots);
    judging = new Judging(table);
  }

  /// A head of a few samples; the garbage collector gives their memory back.
  public static Head small() {
    return new Head(SMALL_SHIFT, false);
  }

  /// A head with its samples and series beside the Java heap; [#close] gives them back.
  public static Head offHeap() {
    return new Head(OFF_HEAP_SHIFT, true);
  }

  // ---- recovery, before any reader ----

  /// Puts a series in place, as it was saved or is made now; tells its slot.
  public int restore(long ref, Labels labels) {
    return slots.add(ref, labels, NONE, 0);
  }

  /// Puts a series' last sample back as it was saved.
  public void restoreLast(long ref, long timestampMs, long bits) {
    table.setLast(table.find(ref), timestampMs, bits);
    restoreNewest(timestampMs);
  }

  /// Puts the newest timestamp back, which may be that of a series that is retired.
  public void restoreNewest(long timestampMs) {
    newestMs = Math.max(newestMs, timestampMs);
    publishedNewestMs = newestMs;
  }

  /// Before the series, of which there will be about so many.
  public void restoreState(long lastRef, long cutoffMs, int series) {
    slots.expect(series);
    this.lastRef = lastRef;
    this.firstRef = lastRef + 1;
    this.cutoffMs = cutoffMs;
  }

  // ---- the writer ----

  /// What a reader sees from now on.
  public HeadView view(long appliedIndex, long logTimeMs) {
    if (appended) {
      moment++;
      appended = false;
    }
    samplesInGeneration = samples;
    histogramBytesInGeneration = histograms.added() - histogramsFrom;
    seriesInGeneration = touched.size() + HeadDelta.LATE_WEIGHT * late.touched();
    publishedSeries = series();
    publishedNewestMs = newestMs;
    return new HeadView(appliedIndex, logTimeMs, moment, lastRef, cutoffMs, deleting.settle());
  }

  /// The cut-off so far.
  public long cutoffMs() {
    return cutoffMs;
  }

  /// The slot of live labels, or [#NO_SLOT].
  public int find(Labels labels) {
    int slot = slots.find(labels);
    return slot == NO_SLOT || table.isRetired(slot) ? NO_SLOT : slot;
  }

  /// The slot of a series that has not left and is not retired, or [#NO_SLOT]. For any thread; then
  /// it may be an entry behind.
  public int findLive(long ref) {
    return table.findLive(ref);
  }

  /// What is asked for each sample.
  public Judging judging() {
    return judging;
  }

  /// The series that left the head and may come back.
  public Retiring retiring() {
    return retiring;
  }

  /// Makes a series with the next reference.
  public int create(Labels labels) {
    return restore(++lastRef, labels);
  }

  /// Appends a sample above the series' last.
  public void append(int slot, long timestampMs, long bits) {
    if (HistogramLog.isTagged(bits)) { // not one in 2^16 of all NaNs
      table.noteHistogram(slot);
      append(slot, timestampMs, histograms.add(bits), HistogramLog.lastBits(bits));
    } else {
      append(slot, timestampMs, bits, bits);
    }
  }

  /// Appends a histogram above the series' last sample.
  public void append(int slot, long timestampMs, NativeHistogram histogram) {
    table.noteHistogram(slot);
    append(slot, timestampMs, histograms.add(histogram), HistogramLog.lastBits(histogram));
  }

  private void append(int slot, long timestampMs, long bits, long lastBits) {
    long before = table.ownNewest(slot);
    long position = 0;
    if (before >= generationStart) {
      position = log.putAfter(before, timestampMs, moment, bits);
    }
    if (position == 0) {
      position = beginBlock(slot, before, timestampMs, bits);
    }
    // After the sample: a reader that sees the new last sees the sample as well.
    table.publish(slot, position, timestampMs, lastBits);
    newestMs = Math.max(newestMs, timestampMs);
    appended = true;
    samples++;
  }

  /// Puts a sample into the first place of a new block, or behind a note in one.
  private long beginBlock(int slot, long newest, long timestampMs, long bits) {
    boolean first = table.ownLastMs(slot) == NONE;
    long before = newest;
    long position = 0;
    if (newest < generationStart) {
      touched.add(slot);
      if (!first) {
        before = note(slot, newest);
        position = log.putAfter(before, timestampMs, moment, bits);
      }
    }
    if (position == 0) {
      position = log.begin(timestampMs, moment);
      int link = first ? Walk.FIRST : Walk.link(position, before);
      log.put(position, link, timestampMs, moment, bits);
    }
    return position;
  }

  /// Appends a sample below the series' last: a histogram, or else the float of these bits. If one
  /// stands at its time already, that one counts.
  public void appendLate(
      int slot, long timestampMs, long bits, @Nullable NativeHistogram histogram) {
    if (late.append(slot, timestampMs, moment, bits, histogram, generationStart)) {
      appended = true;
      samples++;
    }
  }

  /// Writes down what comes before a series' first sample of this generation.
  private long note(int slot, long before) {
    long lastMs = table.lastMs(slot);
    long note = log.begin(lastMs, moment);
    log.put(note, Walk.noteLink(note, before), lastMs, moment, table.lastBits(slot));
    return note;
  }

  /// What is deleted.
  public Deleting deleting() {
    return deleting;
  }

  /// Hides what is older than the cutoff and lets series without anything newer leave.
  public void retain(long newCutoffMs, long entryIndex) {
    if (newCutoffMs <= cutoffMs) {
      return;
    }
    cutoffMs = newCutoffMs;
    deleting.retain(newCutoffMs);
    for (int slot = 0; slot < table.slots(); slot++) {
      if (table.isThere(slot) && table.lastMs(slot) < newCutoffMs) {
        remove(slot, entryIndex);
      }
    }
    slots.tidy();
  }

  private void remove(int slot, long entryIndex) {
    table.setRemoved(slot, entryIndex);
    retiring.forget(slot);
    removed.add(table.ref(slot));
    removedSlots.add(slot);
  }

  /// Ends the generation and hands over what it changed; the next entry begins another.
  public HeadDelta closeGeneration() {
    HeadDelta delta =
        new HeadDelta(
            generation,
            generationStart,
            log.end(),
            touched,
            late.takeTouched(),
            firstRef,
            removed,
            removedSlots,
            retiring.takeTurned(),
            lastRef,
            cutoffMs,
            samples,
            histograms.added() - histogramsFrom,
            histograms.end());
    generation++;
    histogramsFrom = histograms.added();
    histogramBytesInGeneration = 0;
    generationStart = log.end();
    log.keep(generationStart);
    touched = new SlotSet();
    firstRef = lastRef + 1;
    removed = new LongArrayList();
    removedSlots = new IntArrayList();
    samples = 0;
    samplesInGeneration = 0;
    seriesInGeneration = 0;
    return delta;
  }

  /// The newest timestamp of any series, [#NONE] if there is none; for the writer.
  public long newestMs() {
    return newestMs;
  }

  /// Live series, for the writer.
  public int series() {
    return slots.size();
  }

  /// Memory beside the heap that series take: labels, the way from them, and what is last of each.
  public long seriesBytes() {
    return slots.bytes() + table.bytes();
  }

  /// The way from labels to series.
  public SlotsByLabels byLabels() {
    return slots;
  }

  /// Gives slots back. Only when no reader can hold them; on the writer's thread.
  public void recycle(IntList slots) {
    slots.forEach(late::recycle);
    slots.forEach(this.slots::recycle);
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

  /// The labels of a series whose slot the reader holds, made now.
  public Labels labels(int slot) {
    return Objects.requireNonNull(slots.labels(table.record(slot)));
  }

  /// The metric's name of a series whose slot the reader holds, empty if it has none.
  public String metricName(int slot) {
    return Objects.requireNonNull(slots.metricName(table.record(slot)));
  }

  /// The labels of a series that has not been recycled, else null (on the way to the index).
  public @Nullable Labels labelsOrNull(long ref) {
    return slots.labelsOrNull(ref);
  }

  /// The newest timestamp, whatever a view says; [#NONE] if there is none.
  public long lastMs(int slot) {
    return table.lastMs(slot);
  }

  /// The newest value's bits, whatever a view says; of a histogram what it is [known by][#bits].
  public long lastBits(int slot) {
    return table.lastBits(slot);
  }

  /// What [#lastBits] is once this float, or this histogram, is a series' last sample.
  public static long bits(double value, @Nullable NativeHistogram histogram) {
    return histogram == null
        ? HistogramLog.lastBits(Double.doubleToRawLongBits(value))
        : HistogramLog.lastBits(histogram);
  }

  /// Whether any sample in memory of the series in this slot may be a histogram.
  public boolean hasHistograms(int slot) {
    return table.hasHistograms(slot);
  }

  /// Live series as of the last published entry.
  public int publishedSeries() {
    return publishedSeries;
  }

  /// The newest timestamp of any series as of the last published entry; [#NONE] if there is none.
  public long publishedNewestMs() {
    return publishedNewestMs;
  }

  /// Samples of ended entries since the generation began.
  public long samplesInGeneration() {
    return samplesInGeneration;
  }

  /// Bytes of the histograms among them.
  public long histogramBytesInGeneration() {
    return histogramBytesInGeneration;
  }

  /// Series with samples in this generation as [HeadDelta#weight], as of the last published entry.
  public int seriesInGeneration() {
    return seriesInGeneration;
  }

  /// Memory that the samples take, those included that wait for readers from before.
  public long bytes() {
    return log.bytes() + histograms.bytes();
  }

  Walk walk(int slot, long floor) {
    // In this order: had a sample come in between, it would stand there before the new last.
    long lastMs = table.lastMs(slot);
    long lastBits = table.lastBits(slot);
    long newest = table.newest(slot);
    return new Walk(log.pages(), newest, floor, lastMs, lastBits);
  }

  /// Has series that are about to be read brought near, so that they wait for memory together.
  public void warm(int[] slots, int from, int to, long floor, long fromMs) {
    long[] next = new long[to - from];
    for (int i = from; i < to; i++) {
      next[i - from] = slots[i] == NO_SLOT ? 0 : table.newest(slots[i]);
    }
    Warming.walk(log.pages(), next, floor, fromMs); // the pages after the positions
  }

  /// Appends the samples that the view contains, oldest first; late ones in memory aside.
  ///
  /// @param floor that of the epoch whose pages `stored` reads
  public void read(
      int slot,
      HeadView view,
      long floor,
      long fromMs,
      long toMs,
      StoredSamples stored,
      SampleBuffer out) {
    int found = walk(slot, floor).read(view.limit(), fromMs, toMs, stored, out);
    if (table.hasHistograms(slot)) {
      histograms.resolve(out, out.size() - found);
    }
  }

  /// Appends the newest sample in the range that the view contains, if there is one, late ones in
  /// memory aside. The page store is asked only if that sample is older than the last stored one.
  public void readLast(
      int slot,
      HeadView view,
      long floor,
      long fromMs,
      long toMs,
      StoredSamples stored,
      SampleBuffer out) {
    int size = out.size();
    boolean inMemory = walk(slot, floor).readLast(view.limit(), fromMs, toMs, stored, out);
    if (inMemory && out.size() > size && table.hasHistograms(slot)) {
      histograms.resolve(out, size);
    }
  }

  /// Tells the last sample as it was before position `limit`; nothing if there was none.
  public void lastAt(int slot, long limit, long floor, LastSink sink) {
    Walk walk = walk(slot, floor);
    while (walk.back()) {
      if (walk.position() < limit) {
        long bits = walk.bits();
        sink.accept(
            walk.timestampMs(), HistogramLog.isTagged(bits) ? histograms.lastOf(bits) : bits);
        return;
      }
    }
    if (walk.storedMs() != NONE) {
      sink.accept(walk.storedMs(), walk.storedBits());
    }
  }

  /// Tells what the head holds, series by series.
  public Teller teller() {
    return new Teller(this, histograms.resolver());
  }

  public LateSamples late() {
    return late;
  }

  /// Lets go of samples below a floor. Only when no reader of a lower floor is left; any thread.
  ///
  /// @param histogramsFloor where the histograms of these samples ended
  public void trim(long floor, long histogramsFloor) {
    log.trim(floor);
    histograms.trim(histogramsFloor);
  }

  /// Gives all memory back; appending or reading afterwards throws.
  public void close() {
    judging.lock().lock();
    try {
      log.close();
      histograms.close();
      slots.close();
      table.close();
    } finally {
      judging.lock().unlock();
    }
  }
}
