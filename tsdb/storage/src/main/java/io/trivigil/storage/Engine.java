package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.exemplar.ExemplarStore;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadView;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageStore;
import io.trivigil.storage.page.PageStoreException;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// One life of a store's content: from opening or an install to the next. Everything that is in
/// memory hangs here.
///
/// Threads: `writeLock` serialises whoever writes pages (snapshots, merges, checkpoints); `pending`
/// has its own lock; the rest is owned as its class says.
final class Engine implements AutoCloseable {
  /// Whose sections the exemplars are.
  private static final String EXEMPLARS = "exemplars";

  private static final long BYTES_PER_SAMPLE = 16;
  private static final long BYTES_PER_SERIES = 20; // what is noted of a series with samples

  final StorageConfig config;
  final PageStore pages;
  final StorageMetrics metrics;
  final Executor executor;
  final Consumer<String> warn;
  private final BooleanSupplier mayMerge;
  final Head head;
  final RecentLabels recentLabels;
  final RetiredSeries retired = new RetiredSeries(this);
  final LastTimes lastTimes = new LastTimes(LastTimes.MOST);
  private final SlotReturns returns;
  final ExemplarStore exemplars = new ExemplarStore();
  final Partitions partitions;
  final Epochs epochs;
  final ChunkReads reads;
  final PageCache pageCache;
  final OldPages oldPages;
  final LayerReads layerReads;
  final CorruptChunks corrupt;
  final Appender appender;
  final IndexUpkeep indexUpkeep = new IndexUpkeep(this);

  /// Held by whoever writes pages.
  final Object writeLock = new Object();

  /// Held by who merges; never waited for under `writeLock`.
  final ReentrantLock mergeLock = new ReentrantLock();

  /// The newest request to give back the space of what is deleted that was met in this life.
  /// Written under `mergeLock`.
  volatile long cleanedIndex;

  // Guarded by writeLock:
  private int lastLayer;
  private boolean snapshotFailed;
  private final Sections sections = new Sections();
  private NavigableMap<Long, PartitionRecord> records = new TreeMap<>();
  private PositionRow durable;
  private int durableGeneration = -1;
  private LongSet oldBlocks =
      LongSet.of(); // of the catalogue, until a snapshot has written them anew

  private long cleanIndex; // of the thread that applies
  private volatile Deletions durableDeletions = Deletions.NONE;

  private final Deque<SnapshotWriter.Change> pending = new ArrayDeque<>(); // its own lock
  private final AtomicLong samplesHeld = new AtomicLong();
  private final Recovered recovered;
  private volatile HeadView view;
  private volatile boolean closed;
  private volatile Map<Long, PartitionRecord> publishedRecords = Map.of();
  private volatile SnapshotPosition durablePosition;

  Engine(
      StorageConfig config,
      PageStore pages,
      StorageMetrics metrics,
      Executor executor,
      Damage damage,
      BooleanSupplier mayMerge,
      Consumer<String> warn) {
    this.config = config;
    this.pages = pages;
    this.metrics = metrics;
    this.executor = task -> maintain(executor, task);
    this.warn = warn;
    this.mayMerge = mayMerge;
    this.corrupt = new CorruptChunks(metrics, damage, warn);
    this.reads = new ChunkReads(corrupt);
    this.pageCache = new PageCache(config.memory().openedPagesBytes(), corrupt);
    this.oldPages = new OldPages(pageCache);
    this.layerReads = new LayerReads(pageCache, this::metricHash);
    this.head = config.indexDirectory().isPresent() ? Head.offHeap() : Head.small();
    this.recentLabels = new RecentLabels(head);
    this.returns = new SlotReturns(head, recentLabels, lastTimes);
    long lengthMs = config.partitionLength().toMillis();
    this.partitions = new Partitions(lengthMs, config, warn);
    this.appender = new Appender(head, retired, partitions, metrics);
    this.epochs = new Epochs(pages.view(), this.executor);
    this.durable = new PositionRow(SnapshotPosition.NOTHING, 0, Long.MIN_VALUE, lengthMs);
    Epochs.Epoch epoch = epochs.enter();
    try {
      Recovery recovery = new Recovery(this, epoch.pages());
      recovery.position().ifPresent(row -> durable = row);
      records = recovery.load(durable);
      oldBlocks = recovery.oldBlocks();
      lastLayer = recovery.highestLayer(records);
      recovered = new Recovered(durable.position(), sections.load(epoch.pages()));
      durableDeletions = Deletions.of(recovered.sections());
      head.deleting().restore(durableDeletions.tombstones());
      Retirement.of(recovered.sections()).ifPresent(saved -> saved.restoreTo(head));
      cleanIndex = durableDeletions.cleanIndex();
      exemplars.restore(recovered.sections().getOrDefault(EXEMPLARS, new TreeMap<>()));
      recovery.asideBefore().ifPresent(damage::found);
    } catch (MalformedBytesException e) {
      throw PageStoreException.damaged(
          "stored state is malformed, replace it from a peer: " + e, e);
    } finally {
      epochs.leave(epoch);
    }
    indexUpkeep.deleteForeign();
    publishedRecords = Map.copyOf(records);
    durablePosition = durable.position();
    view = head.view(durable.position().index(), durable.position().logTimeMs());
    retired.learn();
  }

  /// Runs maintenance where it belongs. Nothing is lost by leaving it out: what it does is done
  /// again, or the store is closing.
  private void maintain(Executor on, Runnable task) {
    try {
      on.execute(
          () -> {
            try {
              if (!closed) {
                task.run();
              }
            } catch (RuntimeException e) {
              if (!closed) {
                metrics.reloadsFailed.inc();
                warn.accept("maintenance failed: " + e);
              }
            }
          });
    } catch (RejectedExecutionException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  Recovered recovered() {
    return recovered;
  }

  SnapshotPosition durablePosition() {
    return durablePosition;
  }

  Map<Long, PartitionRecord> records() {
    return publishedRecords;
  }

  HeadView view() {
    return view;
  }

  void publish(HeadView next) {
    view = next;
  }

  StorageQuerier open() {
    Epochs.Epoch epoch = epochs.enter();
    // Entered first, read second: what the view lacks can not be let go before the querier closes.
    return new StorageQuerier(this, epoch, view);
  }

  /// See `QuerySource.openAtHand`.
  StorageQuerier openAtHand() {
    Epochs.Epoch epoch = epochs.enter();
    return new QuerierAtHand(this, epoch, view);
  }

  /// Gives slots back that no reader holds any more; on the thread that applies.
  void recycle() {
    returns.turn();
  }

  /// What is deleted, for the thread that applies.
  Deletions deletions() {
    return new Deletions(head.deleting().settle(), cleanIndex);
  }

  /// Asks for the space of what is deleted, once the entry is durable; on the thread that applies.
  void askToClean(long entryIndex) {
    cleanIndex = entryIndex;
  }

  /// What is deleted as of the durable position: these samples may go for good.
  Deletions durableDeletions() {
    return durableDeletions;
  }

  /// The machines' sections and the store's own; on the thread that applies.
  Map<String, SortedMap<String, byte[]>> withOwn(Map<String, SortedMap<String, byte[]>> machines) {
    Map<String, SortedMap<String, byte[]>> all = deletions().with(machines);
    SortedMap<String, byte[]> ring = exemplars.sections();
    if (!ring.isEmpty()) {
      all.put(EXEMPLARS, ring);
    }
    Retirement.of(head).addTo(all);
    return all;
  }

  Capture capture(SnapshotPosition position, Map<String, SortedMap<String, byte[]>> machines) {
    Deletions deleted = deletions();
    Map<String, SortedMap<String, byte[]>> state = withOwn(machines);
    SnapshotWriter.Change change =
        new SnapshotWriter.Change(head.closeGeneration(), partitions.takeFresh());
    synchronized (pending) {
      pending.add(change);
    }
    PositionRow row =
        new PositionRow(
            position,
            change.head().lastRef(),
            change.head().cutoffMs(),
            config.partitionLength().toMillis());
    Map<String, SortedMap<String, byte[]>> copy = new TreeMap<>();
    state.forEach(
        (machine, all) -> copy.put(machine, Collections.unmodifiableSortedMap(new TreeMap<>(all))));
    return new Captured(row, change.head().generation(), copy, deleted);
  }

  /// Refuses to write into pages that belong to another life by now. Holds `writeLock`.
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store was closed or replaced");
    }
  }

  private final class Captured implements Capture {
    private final PositionRow row;
    private final int generation;
    private final Map<String, SortedMap<String, byte[]>> state;
    private final Deletions deleted;

    Captured(
        PositionRow row,
        int generation,
        Map<String, SortedMap<String, byte[]>> state,
        Deletions deleted) {
      this.row = row;
      this.generation = generation;
      this.state = state;
      this.deleted = deleted;
    }

    @Override
    public SnapshotPosition position() {
      return row.position();
    }

    @Override
    public void write() {
      synchronized (writeLock) {
        requireOpen();
        if (generation > durableGeneration) {
          writeSnapshot(row, generation, state, deleted.tombstones());
          durableDeletions = deleted;
          mergeInBackground();
        }
      }
    }
  }

  private void writeSnapshot(
      PositionRow row,
      int generation,
      Map<String, SortedMap<String, byte[]>> state,
      Tombstones deleted) {
    List<SnapshotWriter.Change> changes = new ArrayList<>();
    synchronized (pending) {
      pending.stream().filter(c -> c.head().generation() <= generation).forEach(changes::add);
    }
    SnapshotWriter writer;
    // Until it is known that all of it is there, a merge could make a part of it durable.
    snapshotFailed = true;
    Epochs.Epoch epoch = epochs.enter(); // or slots that are read here could be recycled
    returns.hold().lock(); // or those that an earlier snapshot gave back
    try (PageBatch batch = pages.begin();
        PageView before = pages.view()) {
      writer =
          new SnapshotWriter(
              head, epoch.floor(), partitions, batch, records, oldBlocks, this::nextLayer, deleted);
      writer.write(changes, row, before);
      Sections.Pending digests = sections.write(state, batch);
      batch.commit();
      pages.flush();
      sections.committed(digests);
    } finally {
      returns.hold().unlock();
      epochs.leave(epoch);
    }
    snapshotFailed = false;
    oldBlocks = LongSet.of();
    synchronized (pending) {
      pending.removeAll(changes);
    }
    records = writer.records();
    publishedRecords = Map.copyOf(records);
    durable = row;
    durableGeneration = generation;
    durablePosition = row.position();
    metrics.snapshots.inc();
    metrics.snapshotBytes.observe((double) writer.bytes());
    List<Long> dropped = writer.dropped();
    changes.forEach(change -> samplesHeld.addAndGet(held(change)));
    long floor = writer.end();
    List<IntList> shelved = returns.takeShelved();
    epochs.advance(
        pages.view(),
        floor,
        () -> {
          shelved.forEach(returns::give);
          letGo(changes, floor, dropped, row.position().index());
        });
    indexUpkeep.flushAll();
    if (!dropped.isEmpty()) {
      executor.execute(retired::sweep);
    }
  }

  /// Samples of floats that take as much memory.
  private static long held(SnapshotWriter.Change change) {
    return change.head().samples() + change.head().histogramBytes() / BYTES_PER_SAMPLE;
  }

  private void mergeInBackground() {
    Merger merger = new Merger(this);
    if (merger.hasWork() && mayMerge.getAsBoolean()) {
      executor.execute(merger::mergeAndClean);
    }
  }

  /// Runs when no reader from before the snapshot is left.
  private void letGo(
      List<SnapshotWriter.Change> changes, long floor, List<Long> dropped, long durableIndex) {
    changes.forEach(change -> samplesHeld.addAndGet(-held(change)));
    head.trim(floor, changes.getLast().head().histogramsTo());
    for (SnapshotWriter.Change change : changes) {
      returns.give(change.head().removedSlots());
      returns.giveRetired(change.head().turned(), durableIndex);
    }
    for (long partition : dropped) {
      pageCache.forget(partition);
      pages.reclaim(
          Table.CHUNKS, Keys.partitionFloor(partition), Keys.partitionFloor(partition + 1));
      pages.reclaim(
          Table.PAGES, Keys.partitionFloor(partition), Keys.partitionFloor(partition + 1));
      partitions
          .remove(partition)
          .ifPresent(
              index -> {
                index.close();
                config.indexDirectory().ifPresent(_ -> indexUpkeep.delete(partition));
              });
    }
  }

  /// The records as the next writer finds them. Holds `writeLock`.
  NavigableMap<Long, PartitionRecord> recordsToChange() {
    return new TreeMap<>(records);
  }

  /// Publishes records whose batch was committed. Holds `writeLock`.
  void changeRecords(NavigableMap<Long, PartitionRecord> next) {
    records = next;
    publishedRecords = Map.copyOf(next);
  }

  /// A number for pages that no others ever had; it goes into the row `layers` with the first of
  /// them, or before. Holds `writeLock`.
  int nextLayer() {
    return ++lastLayer;
  }

  /// Whether pages may be merged: not after a snapshot that failed, of which a part may be there,
  /// until one succeeds. For who may leave it.
  boolean mergeable() {
    synchronized (writeLock) {
      return !snapshotFailed;
    }
  }

  /// As [#requireOpen], of who merges. Holds `writeLock`.
  void requireMergeable() {
    requireOpen();
    if (snapshotFailed) {
      throw new IllegalStateException(
          "the last snapshot failed: nothing is merged before the next");
    }
  }

  private OptionalLong metricHash(long ref) {
    Labels labels = retired.labels(ref);
    return labels == null
        ? OptionalLong.empty()
        : OptionalLong.of(MetricHash.of(labels.metricName()));
  }

  /// Publishes the record of a partition as the store has it. Holds `writeLock`.
  void rereadRecord(long partition) {
    NavigableMap<Long, PartitionRecord> next = recordsToChange();
    try (PageView view = pages.view()) {
      view.get(Table.META, Keys.partitionRecord(partition))
          .map(PartitionRecord::decode)
          .ifPresentOrElse(now -> next.put(partition, now), () -> next.remove(partition));
    }
    changeRecords(next);
  }

  PositionRow durableRow() {
    return durable;
  }

  /// Samples that are not in a durable snapshot yet.
  long samplesNotDurable() {
    long samples = head.samplesInGeneration();
    synchronized (pending) {
      for (SnapshotWriter.Change change : pending) {
        samples += change.head().samples();
      }
    }
    return samples;
  }

  /// Samples that are durable and still in memory for readers from before; a histogram counts as so
  /// many floats as it takes.
  long samplesHeld() {
    return samplesHeld.get();
  }

  /// About how much memory the samples take that came since the last capture.
  long bytesNotCaptured() {
    return bytes(head.samplesInGeneration(), head.seriesInGeneration())
        + head.histogramBytesInGeneration();
  }

  private static long bytes(long samples, long series) {
    return samples * BYTES_PER_SAMPLE + series * BYTES_PER_SERIES;
  }

  /// About how much memory the samples take that are not durable yet.
  long bytesNotDurable() {
    long series = head.seriesInGeneration();
    long histograms = head.histogramBytesInGeneration();
    synchronized (pending) {
      for (SnapshotWriter.Change change : pending) {
        series += change.head().weight();
        histograms += change.head().histogramBytes();
      }
    }
    return bytes(samplesNotDurable(), series) + histograms;
  }

  @Override
  public void close() {
    synchronized (writeLock) {
      closed = true;
      epochs.close();
      partitions.close();
      head.close();
    }
  }
}
