package io.trivigil.node.failopen;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.PassingQuerier;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QuerySource;
import io.trivigil.scraper.state.SampleStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Samples that a node collects while there is no quorum, and the scrapes that gave them, up to a
/// limit of bytes: the oldest go first and are counted. Thread-safe: a private lock guards it all.
///
/// Series that the store knows keep their references, others get references far above them.
final class LocalBuffer implements SampleStore {
  private static final long FIRST_OWN_REF = 1L << 62;
  private static final int SAMPLE_BYTES = 16;
  private static final int SERIES_BYTES = 128;

  /// One scrape as it will be proposed.
  record Slot(String key, long slotMs, byte[] command) {}

  /// How full it is.
  record Fill(long bytes, long samples, int slots, long droppedSlots, long droppedSamples) {}

  /// One series. Guarded by the buffer's lock.
  private static final class Column {
    final Labels labels;
    final long ref;
    private long[] timestampsMs = new long[8];
    private double[] values = new double[8];
    private int from;
    private int to;

    Column(Labels labels, long ref) {
      this.labels = labels;
      this.ref = ref;
    }

    boolean takes(long timestampMs) {
      return to == from || timestampMs > timestampsMs[to - 1];
    }

    void add(long timestampMs, double value) {
      if (to == timestampsMs.length) {
        int size = to - from;
        int capacity = Math.max(8, size * 2);
        long[] times = new long[capacity];
        double[] nextValues = new double[capacity];
        System.arraycopy(timestampsMs, from, times, 0, size);
        System.arraycopy(values, from, nextValues, 0, size);
        timestampsMs = times;
        values = nextValues;
        from = 0;
        to = size;
      }
      timestampsMs[to] = timestampMs;
      values[to] = value;
      to++;
    }

    void dropFirst() {
      from++;
    }

    /// From when on this covers what is below; [Long#MAX_VALUE] if it is empty.
    long firstMs() {
      return from == to ? Long.MAX_VALUE : timestampsMs[from];
    }

    void read(long fromMs, long toMs, SampleBuffer out) {
      int at = Arrays.binarySearch(timestampsMs, from, to, fromMs);
      for (int i = at < 0 ? -at - 1 : at; i < to && timestampsMs[i] <= toMs; i++) {
        out.add(timestampsMs[i], values[i]);
      }
    }
  }

  private final FailOpenSettings settings;
  private final Object lock = new Object();
  private final Map<Long, Column> byRef = new HashMap<>();
  private final Map<Labels, Column> byLabels = new HashMap<>();
  private final Map<String, List<Column>> byName = new HashMap<>();
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();

  /// What was appended together, oldest first: the columns whose first sample goes with it.
  private final ArrayDeque<Column[]> blocks = new ArrayDeque<>();

  private long nextRef = FIRST_OWN_REF;
  private int ownSeries;
  private long bytes;
  private long samples;
  private long droppedSlots;
  private long droppedSamples;

  LocalBuffer(FailOpenSettings settings) {
    this.settings = settings;
  }

  /// A series that the store knows under this reference.
  void know(long ref, Labels labels) {
    synchronized (lock) {
      column(labels, ref);
    }
  }

  private Column column(Labels labels, long ref) {
    Column made = new Column(labels, ref);
    byRef.put(ref, made);
    byLabels.put(labels, made);
    byName.computeIfAbsent(labels.metricName(), _ -> new ArrayList<>()).add(made);
    return made;
  }

  /// The labels behind a reference of this buffer.
  Optional<Labels> labels(long ref) {
    synchronized (lock) {
      return Optional.ofNullable(byRef.get(ref)).map(column -> column.labels);
    }
  }

  /// Whether the store knows this reference too.
  static boolean isOwn(long ref) {
    return ref >= FIRST_OWN_REF;
  }

  @Override
  public Stored append(SampleBatch batch) {
    synchronized (lock) {
      List<Long> unknown = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        if (batch.ref(i) != SampleBatch.NO_REF && !byRef.containsKey(batch.ref(i))) {
          unknown.add(batch.ref(i));
        }
      }
      return unknown.isEmpty() ? take(batch) : new Stored.UnknownRefs(unknown);
    }
  }

  private Stored take(SampleBatch batch) {
    List<Long> refs = new ArrayList<>();
    List<Column> taken = new ArrayList<>(batch.size());
    int outOfOrder = 0;
    int overLimit = 0;
    for (int i = 0; i < batch.size(); i++) {
      Column column = columnOf(batch, i);
      if (batch.ref(i) == SampleBatch.NO_REF) {
        refs.add(column == null ? 0 : column.ref);
      }
      if (column == null) {
        overLimit++;
      } else if (column.takes(batch.timestampMs(i))) {
        column.add(batch.timestampMs(i), batch.value(i));
        taken.add(column);
      } else {
        outOfOrder++;
      }
    }
    if (!taken.isEmpty()) {
      blocks.addLast(taken.toArray(Column[]::new));
      bytes += (long) taken.size() * SAMPLE_BYTES;
      samples += taken.size();
      shrink();
    }
    return new Stored.Appended(refs, new LeftOut(0, outOfOrder, 0, overLimit));
  }

  private @Nullable Column columnOf(SampleBatch batch, int i) {
    if (batch.ref(i) != SampleBatch.NO_REF) {
      return byRef.get(batch.ref(i));
    }
    Labels labels = batch.labels(i);
    Column known = byLabels.get(labels);
    if (known != null || ownSeries >= settings.bufferSeries()) {
      return known;
    }
    ownSeries++;
    bytes += SERIES_BYTES;
    return column(labels, nextRef++);
  }

  /// Keeps a scrape that was taken, to be merged later.
  void keep(Slot slot) {
    synchronized (lock) {
      slots.addLast(slot);
      bytes += slot.command().length;
      shrink();
    }
  }

  private void shrink() {
    while (bytes > settings.bufferBytes() && (!slots.isEmpty() || !blocks.isEmpty())) {
      Slot slot = slots.pollFirst();
      if (slot != null) {
        bytes -= slot.command().length;
        droppedSlots++;
      }
      Column[] block = blocks.pollFirst();
      if (block != null) {
        for (Column column : block) {
          column.dropFirst();
        }
        bytes -= (long) block.length * SAMPLE_BYTES;
        samples -= block.length;
        droppedSamples += block.length;
      }
    }
  }

  /// The scrapes, oldest first.
  List<Slot> slots() {
    synchronized (lock) {
      return List.copyOf(slots);
    }
  }

  Fill fill() {
    synchronized (lock) {
      return new Fill(bytes, samples, slots.size(), droppedSlots, droppedSamples);
    }
  }

  /// The store's samples with these on top. A view shows what was collected when it is read.
  QuerySource over(QuerySource base) {
    return () -> new Overlay(base.open());
  }

  /// From a series' first local sample on, the local ones count.
  private final class Overlay extends PassingQuerier {
    Overlay(Querier base) {
      super(base);
    }

    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      List<Series> all = new ArrayList<>();
      Map<Labels, Column> local = matching(matchers);
      for (Series series : below.select(hints, matchers)) {
        Column column = local.remove(series.labels());
        all.add(column == null ? series : new Covered(column, series));
      }
      local.values().forEach(column -> all.add(new Covered(column, null)));
      return all;
    }

    private Map<Labels, Column> matching(List<Matcher> matchers) {
      Map<Labels, Column> found = new HashMap<>();
      synchronized (lock) {
        for (Column column : candidates(matchers)) {
          if (column.to > column.from
              && matchers.stream().allMatch(matcher -> matcher.test(column.labels))) {
            found.put(column.labels, column);
          }
        }
      }
      return found;
    }

    private Iterable<Column> candidates(List<Matcher> matchers) {
      for (Matcher matcher : matchers) {
        if (matcher.name().equals(Labels.NAME) && matcher.op() == Matcher.Op.EQUALS) {
          return byName.getOrDefault(matcher.value(), List.of());
        }
      }
      return byRef.values();
    }
  }

  private final class Covered implements Querier.Series {
    private final Column column;
    private final Querier.@Nullable Series below; // null where the store has no such series

    Covered(Column column, Querier.@Nullable Series below) {
      this.column = column;
      this.below = below;
    }

    @Override
    public Labels labels() {
      return column.labels;
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      SampleBuffer above = new SampleBuffer();
      long coveredMs;
      synchronized (lock) {
        coveredMs = column.firstMs();
        column.read(fromMs, toMs, above);
      }
      long belowMs = Math.min(toMs, coveredMs - 1);
      if (below != null && fromMs <= belowMs) {
        below.read(fromMs, belowMs, out);
      }
      for (int i = 0; i < above.size(); i++) {
        out.addFrom(above, i);
      }
    }
  }
}
