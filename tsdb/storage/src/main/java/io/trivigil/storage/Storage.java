package io.trivigil.storage;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QuerySource;
import io.trivigil.storage.exemplar.ExemplarStore;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.Tombstones;
import io.trivigil.storage.page.FileCheck;
import io.trivigil.storage.page.PageStore;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The time-series store of one node, and the place where all machines' state becomes durable.
/// - **Apply:** [#beginEntry], any number of [#append], [#retain] and others, [#endEntry];
///   [#capture] between entries; [#lastSample] within. All on the one thread that applies the log.
///   Deterministic: the answers depend on the entries alone.
/// - **Queries:** [#open] from any thread; what an entry changed is seen wholly or not at all.
/// - **Durability:** [Capture#write] on one background thread beside further entries. Nothing else
///   is durable; what came after the last capture that was written is replayed from the log.
/// - **Maintenance:** merging, letting go of memory and the series index run on the executor, which
///   must not be virtual threads.
public final class Storage implements QuerySource, AutoCloseable {
  /// Deleted ranges of all series together; a deletion that would pass it is refused.
  public static final int MOST_TOMBSTONES = Tombstones.MOST_RANGES;

  /// When a capture is due, by [#bytesNotCaptured].
  public static final long CAPTURE_BYTES = 128L << 20;

  /// When nothing may be applied before a capture was written, by [#bytesNotDurable]. Samples that
  /// are held for readers from before come on top: [FixedContent#MAX_SAMPLES_HELD].
  public static final long MAX_BYTES_NOT_DURABLE = 256L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

  private final StorageConfig config;
  private final PageStore pages;
  private final StorageMetrics metrics;
  private final Executor executor;
  private final Consumer<String> warn;
  private final Damage damage;
  private volatile BooleanSupplier mayMerge = () -> true;
  private volatile Engine engine;

  // Owned by the thread that applies:
  private boolean inEntry;
  private boolean replaying;
  private long entryIndex;
  private long entryTimeMs;

  private Storage(
      StorageConfig config,
      PageStore pages,
      Metrics metrics,
      Executor executor,
      Consumer<String> warn) {
    this.config = config;
    this.pages = pages;
    this.metrics = new StorageMetrics(metrics);
    this.executor = executor;
    this.warn = warn;
    this.damage = new Damage(this.metrics);
    pages.onDamage(damage::found);
    this.engine = newEngine();
    StorageGauges.register(metrics, this);
  }

  /// Opens a store; it closes `pages` with itself. Maintenance runs on the calling thread.
  public static Storage open(StorageConfig config, PageStore pages) {
    return open(config, pages, new Metrics(), Runnable::run, LOG::warn);
  }

  /// Opens a store; it closes `pages` with itself.
  ///
  /// @param metrics where its metrics are registered
  /// @param executor runs maintenance: platform threads, or the caller's own in a simulation
  /// @param warn is told, once each, of what was corrupt and set aside
  public static Storage open(
      StorageConfig config,
      PageStore pages,
      Metrics metrics,
      Executor executor,
      Consumer<String> warn) {
    return new Storage(config, pages, metrics, executor, warn);
  }

  private Engine newEngine() {
    return new Engine(
        config, pages, metrics, executor, damage, () -> mayMerge.getAsBoolean(), warn);
  }

  Engine engine() {
    return engine;
  }

  /// What the store held when it was opened or installed: replay begins behind its position.
  public Recovered recovered() {
    return engine.recovered();
  }

  /// The newest position that is durable.
  public SnapshotPosition durablePosition() {
    return engine.durablePosition();
  }

  // ---- apply ----

  /// Begins an entry. Returns false if the state already contains it: then everything up to
  /// [#endEntry] changes nothing.
  ///
  /// @param index above that of the entry before
  /// @param logTimeMs not below that of the entry before
  public boolean beginEntry(long index, long logTimeMs) {
    if (inEntry) {
      throw new IllegalStateException("the entry before was not ended: index=" + entryIndex);
    }
    inEntry = true;
    entryIndex = index;
    entryTimeMs = logTimeMs;
    replaying = index <= engine.view().appliedIndex();
    if (!replaying) {
      engine.recycle();
    }
    return !replaying;
  }

  /// Judges a batch and stores what is welcome.
  public AppendResult append(SampleBatch batch, AppendRules rules) {
    requireEntry();
    if (replaying) {
      return new AppendResult.Replayed();
    }
    return engine.appender.append(batch, rules, engine.head.cutoffMs(), entryIndex);
  }

  /// Makes samples below the cut-off invisible, lets series without anything newer leave, and has
  /// partitions that are wholly below dropped. A cut-off below an earlier one changes nothing.
  public void retain(long cutoffMs) {
    requireEntry();
    if (!replaying) {
      engine.head.retain(cutoffMs, entryIndex);
    }
  }

  /// Hides the samples of some series that are there now, for queries that are opened after the
  /// entry; samples that are appended later are there, whatever their time.
  ///
  /// @param refs references that are not known (any more) are passed over
  /// @param fromMs inclusive
  /// @param toMs inclusive
  /// @return false if there are too many tombstones; nothing was changed then
  public boolean delete(List<Long> refs, long fromMs, long toMs) {
    requireEntry();
    Engine of = engine;
    return replaying
        || of.head
            .deleting()
            .delete(
                new LongArrayList(refs),
                of.retired::lastMs,
                Math.max(fromMs, of.head.cutoffMs()),
                toMs);
  }

  /// Retires series whose last sample is older than `beforeMs`: from the next sample on they count
  /// for no limit and their references are not known, until one comes back under its labels.
  /// Queries see them as before.
  ///
  /// @param most so many at the most
  public void retire(long beforeMs, int most) {
    requireEntry();
    if (!replaying) {
      engine.head.retiring().retire(beforeMs, most, entryIndex);
    }
  }

  /// Takes the exemplars that are in order, and lets the oldest go.
  ///
  /// @param limit the most exemplars from now on; 0 for none
  public void appendExemplars(List<Exemplar> exemplars, int limit) {
    requireEntry();
    if (!replaying) {
      metrics.exemplars(engine.exemplars.append(exemplars, limit));
    }
  }

  /// The exemplars; for reading.
  public ExemplarStore exemplars() {
    return engine.exemplars;
  }

  /// Has the space of what is deleted given back, on the executor once the entry is durable.
  public void askToClean() {
    requireEntry();
    if (!replaying) {
      engine.askToClean(entryIndex);
    }
  }

  /// Ranges that are deleted, whether or not their samples still take space: retention takes them.
  public int tombstones() {
    return engine.view().tombstones().count();
  }

  /// Ends the entry: queries that are opened from now on see it.
  public void endEntry() {
    requireEntry();
    inEntry = false;
    if (!replaying) {
      engine.publish(engine.head.view(entryIndex, entryTimeMs));
      engine.indexUpkeep.schedule();
    }
  }

  private void requireEntry() {
    if (!inEntry) {
      throw new IllegalStateException("no entry was begun");
    }
  }

  /// The newest sample of a series, empty if the reference is not known (any more).
  public Optional<LastSample> lastSample(long ref) {
    Head head = engine.head;
    int slot = head.findLive(ref);
    return slot == Head.NO_SLOT || head.lastMs(slot) == Head.NONE
        ? Optional.empty()
        : Optional.of(new LastSample(head.lastMs(slot), head.lastBits(slot)));
  }

  /// The labels of a series, empty if the reference is not known (any more).
  public Optional<Labels> labels(long ref) {
    Head head = engine.head;
    return head.findLive(ref) == Head.NO_SLOT
        ? Optional.empty()
        : Optional.ofNullable(head.labelsOrNull(ref));
  }

  /// The reference of a series, 0 if there is none.
  public long ref(Labels labels) {
    int slot = engine.head.find(labels);
    return slot == Head.NO_SLOT ? 0 : engine.head.ref(slot);
  }

  /// The cut-off of the last [#retain]; [Long#MIN_VALUE] before the first.
  public long cutoffMs() {
    return engine.view().cutoffMs();
  }

  /// Fixes everything as it is after the last entry. Quick; between entries.
  ///
  /// @param position the last entry, applied by this store or without any sample in it
  /// @param sections all machines' state at that entry; the arrays must not be changed afterwards
  public Capture capture(
      SnapshotPosition position, Map<String, SortedMap<String, byte[]>> sections) {
    if (inEntry) {
      throw new IllegalStateException("capture within an entry: index=" + entryIndex);
    }
    if (position.index() < engine.view().appliedIndex()) {
      throw new IllegalArgumentException(
          "capture below what is applied: index=%d applied=%d"
              .formatted(position.index(), engine.view().appliedIndex()));
    }
    return engine.capture(position, sections);
  }

  /// Samples that only the log holds durably: when to capture, beside the log's bytes.
  public long samplesNotDurable() {
    return engine.samplesNotDurable();
  }

  /// About how much memory the samples take that came since the last capture.
  public long bytesNotCaptured() {
    return engine.bytesNotCaptured();
  }

  /// About how much memory the samples take that only the log holds durably.
  public long bytesNotDurable() {
    return engine.bytesNotDurable();
  }

  // ---- any thread ----

  /// The references of the series that pass the matchers and have a sample in the range, rising.
  ///
  /// @param fromMs inclusive
  /// @param toMs inclusive
  public List<Long> refs(List<Matcher> matchers, long fromMs, long toMs) {
    try (StorageQuerier querier = engine.open()) {
      return List.copyOf(querier.visibleRefs(fromMs, toMs, matchers));
    }
  }

  /// The log's time at the last entry, epoch ms.
  public long logTimeMs() {
    return engine.view().logTimeMs();
  }

  /// Whether writers may use this reference: its series has neither left nor is it retired. May be
  /// an entry behind.
  public boolean isLive(long ref) {
    return engine.head.findLive(ref) != Head.NO_SLOT;
  }

  /// How many series were made and are not live any more, as [#isLive]. May be an entry behind.
  public long goneSeries() {
    Engine now = engine;
    return now.view().lastRef() - now.head.publishedSeries();
  }

  /// The newest timestamp of any sample that a query would see; empty if there is none.
  public OptionalLong newestMs() {
    long newestMs = engine.head.publishedNewestMs();
    return newestMs == Head.NONE ? OptionalLong.empty() : OptionalLong.of(newestMs);
  }

  @Override
  public Querier open() {
    return engine.open();
  }

  @Override
  public Querier openAtHand() {
    return engine.openAtHand();
  }

  /// A number that is equal on all nodes at an equal applied index, however differently they took
  /// snapshots and merged; reads everything.
  public long checksum() {
    try (StorageQuerier querier = engine.open()) {
      return Checksum.of(querier);
    }
  }

  /// The content as it is after the last entry, for a checksum in the background; on the thread
  /// that applies, between entries.
  ///
  /// @param position the last entry
  /// @param sections all machines' state at that entry; the arrays must not be changed afterwards
  public FixedContent fix(
      SnapshotPosition position, Map<String, SortedMap<String, byte[]>> sections) {
    if (inEntry) {
      throw new IllegalStateException("content fixed within an entry: index=" + entryIndex);
    }
    Engine of = engine;
    return new FixedContent(position, of.withOwn(sections), of.open(), of::samplesHeld);
  }

  /// What was found wrong with the files.
  public Damage damage() {
    return damage;
  }

  /// Reads every block of every file for its checksum; what is wrong is noted as [#damage] too. Not
  /// on the thread that applies, beside everything else.
  public void check(FileCheck check) {
    pages.check(
        new FileCheck() {
          @Override
          public boolean read(String file, long bytes) {
            return check.read(file, bytes);
          }

          @Override
          public void damaged(String file, String problem) {
            damage.found("file=%s problem=%s".formatted(file, problem));
            check.damaged(file, problem);
          }
        });
  }

  /// What samples, series and their index take on disk.
  public long durableBytes() {
    return PartitionSizes.of(engine).total();
  }

  /// The cut-off that leaves no more than so many bytes of [#durableBytes]: the begin of the oldest
  /// partition that may stay; empty if all may. The newest partition stays in any case.
  public OptionalLong cutoffWithin(long bytes) {
    Engine of = engine;
    OptionalLong oldest = PartitionSizes.of(of).oldestWithin(bytes);
    return oldest.isPresent()
        ? OptionalLong.of(of.partitions.startMs(oldest.getAsLong()))
        : OptionalLong.empty();
  }

  /// Figures for status pages; reads no samples.
  public StorageStats stats(int limit) {
    return StorageStats.of(this, limit);
  }

  // ---- background ----

  /// Asked before a merge is begun in the background, which takes space before it gives some back.
  public void mergeIf(BooleanSupplier may) {
    mayMerge = may;
  }

  /// Merges what is sealed: partitions that ended [StorageConfig#sealAfter] before the log time of
  /// the durable position. Done after each snapshot on the executor as well; not on the thread that
  /// applies.
  public void merge() {
    new Merger(engine).mergeSealed();
  }

  /// Merges everything that is durable, the open partition as well. Not on the thread that applies.
  public void compact() {
    new Merger(engine).mergeAll();
  }

  /// Writes partitions again without what is deleted as of the durable position. Waits for a merge
  /// that is running; not on the thread that applies.
  public void clean() {
    new Merger(engine).clean();
  }

  /// Writes a consistent copy of the durable state as plain files into an empty directory; returns
  /// its position. Beside [#append], not beside [#install].
  public SnapshotPosition writeCheckpoint(Path directory) {
    Engine of = engine;
    synchronized (of.writeLock) {
      pages.writeCheckpoint(directory);
      return of.durableRow().position();
    }
  }

  /// Replaces everything by the files of a checkpoint; on the thread that applies, between entries.
  /// Queriers that are open end: their use throws.
  public Recovered install(Path directory) {
    if (inEntry) {
      throw new IllegalStateException("install within an entry: index=" + entryIndex);
    }
    Engine old = engine;
    old.close();
    synchronized (old.writeLock) {
      pages.install(directory);
      damage.clear();
      engine = newEngine();
    }
    return engine.recovered();
  }

  @Override
  public void close() {
    engine.close();
    pages.close();
  }
}
