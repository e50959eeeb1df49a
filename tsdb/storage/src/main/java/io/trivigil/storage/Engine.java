package io.trivigil.storage;

import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.exemplar.ExemplarStore;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadView;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageStore;
import io.trivigil.storage.page.PageStoreException;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.ints.IntList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
  final ExemplarStore exemplars = new ExemplarStore();
  final Partitions partitions;
  final Epochs epochs;
  final ChunkReads reads;
  final PageReads pageReads;
  final CorruptChunks corrupt;
  final Appender appender;

  /// Held by whoever writes pages.
  final Object writeLock = new Object();

  /// Held by who merges; never waited for under `writeLock`.
  final ReentrantLock mergeLock = new ReentrantLock();

  /// The newest request to give back the space of what is deleted that was met in this life.
  /// Written under `mergeLock`.
  volatile long cleanedIndex;

  // Guarded by writeLock:
  final MergeWatch mergeWatch = new MergeWatch();
  private final Sections sections = new Sections();
  private NavigableMap<Long, PartitionRecord> records = new TreeMap<>();
  private PositionRow durable;
  private int durableGeneration = -1;

  private long cleanIndex; // of the thread that applies
  private volatile Deletions durableDeletions = Deletions.NONE;

  private final Deque<SnapshotWriter.Change> pending = new ArrayDeque<>(); // its own lock
  private final Queue<IntList> recyclable = new ConcurrentLinkedQueue<>();
  private final AtomicLong samplesHeld = new AtomicLong();
  private final AtomicBoolean indexing = new AtomicBoolean();
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
    this.pageReads = new PageReads(corrupt);
    this.head = config.indexDirectory().isPresent() ? Head.offHeap() : Head.small();
    long lengthMs = config.partitionLength().toMillis();
    this.partitions = new Partitions(lengthMs, head::labelsOrNull, config.indexDirectory(), warn);
    this.appender = new Appender(head, partitions, metrics);
    this.epochs = new Epochs(pages.view(), this.executor);
    this.durable = new PositionRow(SnapshotPosition.NOTHING, 0, Long.MIN_VALUE, lengthMs);
    Epochs.Epoch epoch = epochs.enter();
    try {
      Recovery recovery = new Recovery(this, epoch.pages());
      recovery.position().ifPresent(row -> durable = row);
      records = recovery.load(durable);
      recovered = new Recovered(durable.position(), sections.load(epoch.pages()));
      durableDeletions = Deletions.of(recovered.sections());
      head.restoreTombstones(durableDeletions.tombstones());
      cleanIndex = durableDeletions.cleanIndex();
      exemplars.restore(recovered.sections().getOrDefault(EXEMPLARS, new TreeMap<>()));
      recovery.asideBefore().ifPresent(damage::found);
    } catch (MalformedBytesException e) {
      throw PageStoreException.damaged(
          "stored state is malformed, replace it from a peer: " + e, e);
    } finally {
      epochs.leave(epoch);
    }
    deleteForeignIndexes();
    publishedRecords = Map.copyOf(records);
    durablePosition = durable.position();
    view = head.view(durable.position().index(), durable.position().logTimeMs());
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

  private void deleteForeignIndexes() {
    config
        .indexDirectory()
        .filter(Files::isDirectory)
        .ifPresent(
            directory -> {
              try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                  boolean ours =
                      partitions.all().stream()
                          .anyMatch(index -> file.equals(indexPath(index.partition())));
                  if (!ours) {
                    Trees.delete(file);
                  }
                }
              } catch (IOException e) {
                warn.accept("can not tidy series indexes: " + e);
              }
            });
  }

  private Path indexPath(long partition) {
    return PartitionIndex.path(config.indexDirectory().orElseThrow(), partition);
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

  /// Gives slots back that no reader holds any more; on the thread that applies.
  void recycle() {
    for (IntList slots = recyclable.poll(); slots != null; slots = recyclable.poll()) {
      head.recycle(slots);
    }
  }

  /// What is deleted, for the thread that applies.
  Deletions deletions() {
    return new Deletions(head.tombstones(), cleanIndex);
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
          writeSnapshot(row, generation, state);
          durableDeletions = deleted;
          mergeInBackground();
        }
      }
    }
  }

  private void writeSnapshot(
      PositionRow row, int generation, Map<String, SortedMap<String, byte[]>> state) {
    List<SnapshotWriter.Change> changes = new ArrayList<>();
    synchronized (pending) {
      pending.stream().filter(c -> c.head().generation() <= generation).forEach(changes::add);
    }
    SnapshotWriter writer;
    Epochs.Epoch epoch = epochs.enter(); // or slots that are read here could be recycled
    try (PageBatch batch = pages.begin()) {
      writer = new SnapshotWriter(head, epoch.floor(), partitions, batch, records, mergeWatch);
      writer.write(changes, row);
      Sections.Pending digests = sections.write(state, batch);
      batch.commit();
      pages.flush();
      sections.committed(digests);
    } finally {
      epochs.leave(epoch);
    }
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
    changes.forEach(change -> samplesHeld.addAndGet(change.head().samples()));
    long floor = writer.end();
    epochs.advance(pages.view(), floor, () -> letGo(changes, floor, dropped));
    flushIndexes();
  }

  private void mergeInBackground() {
    Merger merger = new Merger(this);
    if (merger.hasWork() && mayMerge.getAsBoolean()) {
      executor.execute(merger::mergeAndClean);
    }
  }

  /// Runs when no reader from before the snapshot is left.
  private void letGo(List<SnapshotWriter.Change> changes, long floor, List<Long> dropped) {
    changes.forEach(change -> samplesHeld.addAndGet(-change.head().samples()));
    head.trim(floor);
    for (SnapshotWriter.Change change : changes) {
      if (!change.head().removedSlots().isEmpty()) {
        recyclable.add(change.head().removedSlots());
      }
    }
    for (long partition : dropped) {
      pages.reclaim(
          Table.CHUNKS, Keys.partitionFloor(partition), Keys.partitionFloor(partition + 1));
      pages.reclaim(
          Table.PAGES, Keys.partitionFloor(partition), Keys.partitionFloor(partition + 1));
      partitions
          .remove(partition)
          .ifPresent(
              index -> {
                index.close();
                config.indexDirectory().ifPresent(_ -> deleteIndex(partition));
              });
    }
  }

  private void deleteIndex(long partition) {
    try {
      Trees.delete(indexPath(partition));
    } catch (IOException e) {
      warn.accept("can not delete series index: partition=%d reason=%s".formatted(partition, e));
    }
  }

  /// Brings what is durable into Lucene, where it is worth it. Holds `writeLock`.
  private void flushIndexes() {
    partitions.all().forEach(index -> flushIndex(index, Math.max(1, config.overlayMembers() / 4)));
  }

  void flushIndex(PartitionIndex index, int atLeast) {
    PartitionRecord record = publishedRecords.get(index.partition());
    Epochs.Epoch epoch = epochs.enter();
    try {
      index.flush(atLeast, record == null ? 0 : record.members());
    } catch (RuntimeException e) {
      // The index is derived and its overlay still answers: tell, and try again next time.
      metrics.reloadsFailed.inc();
      warn.accept("series index not brought up to date: " + e);
    } finally {
      epochs.leave(epoch);
    }
  }

  /// Has overlays that grew too long moved into Lucene, on the executor.
  void scheduleIndexing() {
    if (config.indexDirectory().isEmpty()) {
      return;
    }
    for (PartitionIndex index : partitions.grown()) {
      // In growing steps: a partition that begins gets all its series at once, and a small segment
      // for each thousand would be merged again and again.
      int enough = config.overlayMembers() + index.covered() / 8;
      if (index.overlaySize() >= enough && indexing.compareAndSet(false, true)) {
        executor.execute(
            () -> {
              indexing.set(false);
              flushIndex(index, enough);
            });
      }
    }
  }

  /// Brings the index of a merged partition into its final form.
  void sealIndex(long partition) {
    PartitionRecord record = publishedRecords.get(partition);
    Epochs.Epoch epoch = epochs.enter();
    try {
      if (record != null) {
        partitions.find(partition).ifPresent(index -> index.seal(record.members()));
      }
    } finally {
      epochs.leave(epoch);
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

  /// Samples that are durable and still in memory for readers from before.
  long samplesHeld() {
    return samplesHeld.get();
  }

  /// About how much memory the samples take that came since the last capture.
  long bytesNotCaptured() {
    return bytes(head.samplesInGeneration(), head.seriesInGeneration());
  }

  private static long bytes(long samples, long series) {
    return samples * BYTES_PER_SAMPLE + series * BYTES_PER_SERIES;
  }

  /// About how much memory the samples take that are not durable yet.
  long bytesNotDurable() {
    long series = head.seriesInGeneration();
    synchronized (pending) {
      for (SnapshotWriter.Change change : pending) {
        series += change.head().touched().size();
      }
    }
    return bytes(samplesNotDurable(), series);
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
