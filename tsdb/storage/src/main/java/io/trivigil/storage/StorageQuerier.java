package io.trivigil.storage;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Utf8Order;
import io.trivigil.promql.Querier;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.HeadView;
import io.trivigil.storage.head.StoredSamples;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.page.PageView;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One view: a head view, the pages of the epoch in which it was opened, and the partitions above
/// its cut-off. As thread-safe as the port asks.
class StorageQuerier implements Querier {
  private static final int[] NOBODY = {};
  private static final int WORTH_SORTING = 256;

  /// So many neighbours are brought near together: about as many waits as a processor has at once.
  private static final int TOGETHER = 8;

  private final Engine engine;
  private final Epochs.Epoch epoch;
  private final HeadView view;
  private final PageView pages;
  private final StoredReads stored;
  private final AtomicBoolean closed = new AtomicBoolean();

  StorageQuerier(Engine engine, Epochs.Epoch epoch, HeadView view) {
    this(engine, epoch, view, epoch.pages());
  }

  /// @param pages the epoch's, or what stands before them
  StorageQuerier(Engine engine, Epochs.Epoch epoch, HeadView view, PageView pages) {
    this.engine = engine;
    this.epoch = epoch;
    this.view = view;
    this.pages = pages;
    this.stored = new StoredReads(engine, pages, view.tombstones());
  }

  HeadView view() {
    return view;
  }

  @Override
  public List<Series> select(Hints hints, List<Matcher> matchers) {
    Candidates found = candidates(hints.fromMs(), refs(hints.fromMs(), hints.toMs(), matchers));
    List<Series> series = new ArrayList<>(found.size());
    int[] slots = new int[found.size()];
    Arrays.fill(slots, Head.NO_SLOT);
    OptionalLong hash = hash(matchers);
    for (int i : order(hints, matchers, found)) {
      if (found.shows(i, hints.fromMs(), hints.toMs())) {
        slots[series.size()] = found.slot(i);
        series.add(
            new StoredSeries(
                found.slot(i), found.ref(i), found.retiredLabels(i), hash, slots, series.size()));
      }
    }
    return series;
  }

  private Candidates candidates(long fromMs, LongArrayList refs) {
    return new Candidates(engine, pages, view, fromMs, refs);
  }

  /// The labels of the view's series that are not retired by now.
  void inHead(Consumer<Labels> each) {
    for (long ref : refs(Long.MIN_VALUE, Long.MAX_VALUE, List.of()).toLongArray()) {
      int slot = engine.head.findLive(ref);
      if (slot != Head.NO_SLOT && engine.head.visible(slot, view)) {
        each.accept(engine.head.labels(slot));
      }
    }
  }

  /// The references of the view's series that pass and have a sample in the range, rising.
  LongArrayList visibleRefs(long fromMs, long toMs, List<Matcher> matchers) {
    LongArrayList visible = new LongArrayList();
    SampleBuffer last = new SampleBuffer(1);
    Candidates found = candidates(fromMs, refs(fromMs, toMs, matchers));
    for (int i = 0; i < found.size(); i++) {
      if (found.isVisible(i)) {
        last.clear();
        new StoredSeries(
                found.slot(i),
                found.ref(i),
                found.retiredLabels(i),
                OptionalLong.empty(),
                NOBODY,
                0)
            .readLast(fromMs, toMs, last);
        if (!last.isEmpty()) {
          visible.add(found.ref(i));
        }
      }
    }
    return visible;
  }

  /// The references that pass, each once, in rising order; some may not be in the view.
  private LongArrayList refs(long fromMs, long toMs, List<Matcher> matchers) {
    Collection<PartitionIndex> partitions = between(fromMs, toMs);
    LongArrayList refs = new LongArrayList();
    partitions.forEach(partition -> search(partition, matchers, refs));
    return once(refs);
  }

  /// Appends the references of a partition's members that pass.
  void search(PartitionIndex partition, List<Matcher> matchers, LongArrayList out) {
    partition.search(matchers, this::labels, out);
  }

  /// See [PartitionIndex#terms].
  Optional<List<String>> terms(
      PartitionIndex partition, Optional<String> label, LongArrayList rest) {
    return partition.terms(label, view.lastRef(), rest);
  }

  /// The record of a partition as the view has it.
  PartitionRecord record(long partition) {
    return epoch.record(partition);
  }

  @Nullable Labels labels(long ref) {
    return engine.retired.labels(pages, ref);
  }

  private static LongArrayList once(LongArrayList refs) {
    sort(refs);
    int kept = 0;
    for (int i = 0; i < refs.size(); i++) {
      if (i == 0 || refs.getLong(i) != refs.getLong(i - 1)) {
        refs.set(kept++, refs.getLong(i));
      }
    }
    refs.size(kept);
    return refs;
  }

  /// The order in which many series stand in pages, so that a reader who goes through them opens
  /// each page once. Those of one metric are in that order already.
  private int[] order(Hints hints, List<Matcher> matchers, Candidates found) {
    boolean asTheyAre =
        found.size() < WORTH_SORTING
            || matchers.stream().anyMatch(StorageQuerier::namesOneMetric)
            || between(hints.fromMs(), hints.toMs()).stream()
                .allMatch(index -> record(index.partition()).layers().isEmpty());
    return asTheyAre ? found.inOrder() : found.byPlace();
  }

  private static boolean namesOneMetric(Matcher matcher) {
    return matcher.op() == Matcher.Op.EQUALS && matcher.name().equals(Labels.NAME);
  }

  /// The [MetricHash] of all series that pass, if the matchers tell.
  private static OptionalLong hash(List<Matcher> matchers) {
    return matchers.stream()
        .filter(StorageQuerier::namesOneMetric)
        .mapToLong(matcher -> MetricHash.of(matcher.value()))
        .findFirst();
  }

  Collection<PartitionIndex> between(long fromMs, long toMs) {
    return engine.partitions.between(Math.max(fromMs, view.cutoffMs()), toMs);
  }

  @Override
  public List<String> labelNames(long fromMs, long toMs, List<Matcher> matchers) {
    return look(
        fromMs,
        toMs,
        matchers,
        Optional.empty(),
        (labels, names) -> labels.forEach((name, _) -> names.add(name)));
  }

  @Override
  public List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers) {
    return look(
        fromMs,
        toMs,
        matchers,
        Optional.of(name),
        (labels, values) -> {
          if (labels.has(name)) {
            values.add(labels.get(name));
          }
        });
  }

  /// Texts of labels, sorted: from terms where the index knows them, from the series for the rest.
  private List<String> look(
      long fromMs,
      long toMs,
      List<Matcher> matchers,
      Optional<String> label,
      BiConsumer<Labels, Collection<String>> texts) {
    List<List<String>> sorted = new ArrayList<>();
    LongArrayList rest = new LongArrayList();
    for (PartitionIndex partition : between(fromMs, toMs)) {
      // Above the cut-off no member of a partition can have left, so its terms are all alive.
      boolean whole =
          matchers.isEmpty()
              && view.tombstones().isEmpty()
              && engine.partitions.startMs(partition.partition()) >= view.cutoffMs();
      Optional<List<String>> terms = whole ? terms(partition, label, rest) : Optional.empty();
      if (terms.isEmpty()) {
        search(partition, matchers, rest);
      } else if (!sorted.contains(terms.get())) { // two days have the same values as a rule
        sorted.add(terms.get());
      }
    }
    TreeSet<String> others = new TreeSet<>(Utf8Order::compare);
    Candidates found = candidates(fromMs, once(rest));
    for (int i = 0; i < found.size(); i++) {
      if (found.shows(i, fromMs, toMs)) {
        texts.accept(found.labels(i), others);
      }
    }
    return union(sorted, others);
  }

  private static void sort(LongArrayList refs) {
    for (int i = 1; i < refs.size(); i++) {
      if (refs.getLong(i - 1) > refs.getLong(i)) {
        refs.sort(null);
        return;
      }
    }
  }

  private static List<String> union(List<List<String>> sorted, Collection<String> others) {
    if (others.isEmpty() && sorted.size() == 1) {
      return sorted.getFirst();
    }
    List<String> all = new ArrayList<>(others);
    sorted.forEach(all::addAll);
    all.sort(Utf8Order::compare); // little work: it is made of sorted parts
    List<String> once = new ArrayList<>(all.size());
    for (String text : all) {
      if (once.isEmpty() || !once.getLast().equals(text)) {
        once.add(text);
      }
    }
    return List.copyOf(once);
  }

  @Override
  public long appliedIndex() {
    return view.appliedIndex();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      leave(engine.epochs, epoch);
    }
  }

  /// Leaves the epoch; called once.
  void leave(Epochs epochs, Epochs.Epoch entered) {
    epochs.leave(entered);
  }

  /// A series of the view. The slot can not be recycled while the querier is open.
  private final class StoredSeries implements Series {
    private final int slot; // NO_SLOT if it is retired and in pages alone
    private final long ref;
    private final @Nullable Labels retired; // then its labels
    private final OptionalLong hash; // of its metric, if it was known beforehand
    private final int[] neighbours; // the slots of all that were selected; none behind them
    private final int number; // among them

    StoredSeries(
        int slot,
        long ref,
        @Nullable Labels retired,
        OptionalLong hash,
        int[] neighbours,
        int number) {
      this.slot = slot;
      this.ref = ref;
      this.retired = retired;
      this.hash = hash;
      this.neighbours = neighbours;
      this.number = number;
    }

    @Override
    public Labels labels() {
      if (retired != null) {
        return retired;
      }
      return neighbours.length <= RecentLabels.MOST
          ? engine.recentLabels.of(slot, ref)
          : engine.head.labels(slot);
    }

    @Override
    public String value(int i) {
      return retired == null ? engine.head.byLabels().value(slot, i) : retired.value(i);
    }

    @Override
    public boolean number(LabelNumbers out) {
      if (retired == null) {
        engine.head.byLabels().number(slot, out);
      }
      return retired == null;
    }

    /// Looking the name up for each series would cost a tenth of a query's reading.
    private long hash() {
      if (hash.isPresent()) {
        return hash.getAsLong();
      }
      return MetricHash.of(retired == null ? engine.head.metricName(slot) : retired.metricName());
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      readWith(this::readStored, fromMs, toMs, out);
    }

    @Override
    public void readEnds(long fromMs, long toMs, SampleBuffer out) {
      readWith(this::readStoredEnds, fromMs, toMs, out);
    }

    private void readWith(StoredSamples stored, long fromMs, long toMs, SampleBuffer out) {
      if (number % TOGETHER == 0 && neighbours.length > 1) {
        int to = Math.min(number + TOGETHER, neighbours.length);
        engine.head.warm(neighbours, number, to, epoch.floor(), fromMs);
      }
      long at = Math.max(fromMs, view.cutoffMs());
      long[] deleted = view.tombstones().of(ref);
      for (int i = 0; i < deleted.length && deleted[i] <= toMs; i += 2) {
        if (at < deleted[i]) {
          readPresent(at, deleted[i] - 1, stored, out);
        }
        if (deleted[i + 1] >= toMs) {
          return;
        }
        at = Math.max(at, deleted[i + 1] + 1);
      }
      if (at <= toMs) {
        readPresent(at, toMs, stored, out);
      }
    }

    private void readPresent(long fromMs, long toMs, StoredSamples stored, SampleBuffer out) {
      if (slot == Head.NO_SLOT) {
        stored.read(fromMs, toMs, out);
        return;
      }
      int start = out.size();
      // Late ones may belong between those that are left out.
      boolean late = engine.head.late().mayHave(slot, epoch.floor());
      engine.head.read(
          slot, view, epoch.floor(), fromMs, toMs, late ? this::readStored : stored, out);
      int inOrder = out.size();
      engine.head.late().read(slot, view, epoch.floor(), fromMs, toMs, out);
      if (out.size() > inOrder) {
        LateOrder.settle(out, start, view.tombstones().revived(ref));
      }
    }

    @Override
    public void readLast(long fromMs, long toMs, SampleBuffer out) {
      long from = Math.max(fromMs, view.cutoffMs());
      long to = toMs;
      long[] deleted = view.tombstones().of(ref);
      for (int i = deleted.length - 2; i >= 0 && from <= to; i -= 2) {
        if (deleted[i] > to) {
          continue;
        }
        if (deleted[i + 1] < to) {
          int size = out.size();
          readLastPresent(Math.max(from, deleted[i + 1] + 1), to, out);
          if (out.size() > size) {
            return;
          }
        }
        if (deleted[i] <= from) {
          return;
        }
        to = deleted[i] - 1;
      }
      readLastPresent(from, to, out);
    }

    private void readLastPresent(long fromMs, long toMs, SampleBuffer out) {
      if (fromMs > toMs) {
        return;
      }
      if (slot == Head.NO_SLOT) {
        readStoredLast(fromMs, toMs, out);
        return;
      }
      int start = out.size();
      engine.head.readLast(slot, view, epoch.floor(), fromMs, toMs, this::readStoredLast, out);
      int inOrder = out.size();
      engine.head.late().read(slot, view, epoch.floor(), fromMs, toMs, out);
      if (out.size() > inOrder) {
        LateOrder.settle(out, start, view.tombstones().revived(ref));
        SampleBuffer all = new SampleBuffer(1);
        all.addFrom(out, out.size() - 1);
        out.truncate(start);
        out.addFrom(all, 0);
      }
    }

    private void readStored(long fromMs, long toMs, SampleBuffer out) {
      long metric = hash();
      for (PartitionIndex partition : engine.partitions.between(fromMs, toMs)) {
        long of = partition.partition();
        stored.read(of, record(of), metric, ref, fromMs, toMs, out);
      }
    }

    private void readStoredEnds(long fromMs, long toMs, SampleBuffer out) {
      long metric = hash();
      for (PartitionIndex partition : engine.partitions.between(fromMs, toMs)) {
        long of = partition.partition();
        stored.readEnds(of, record(of), metric, ref, fromMs, toMs, out);
      }
    }

    private void readStoredLast(long fromMs, long toMs, SampleBuffer out) {
      long metric = hash();
      List<PartitionIndex> partitions =
          new ArrayList<>(engine.partitions.between(fromMs, toMs)).reversed();
      SampleBuffer found = new SampleBuffer(16);
      for (PartitionIndex partition : partitions) {
        long of = partition.partition();
        stored.readLast(of, record(of), metric, ref, fromMs, toMs, found);
        if (!found.isEmpty()) {
          out.addFrom(found, found.size() - 1);
          return;
        }
      }
    }
  }
}
