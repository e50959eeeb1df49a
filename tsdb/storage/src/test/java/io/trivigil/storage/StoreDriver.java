package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.PageStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Drives one store through a random life beside a [ReferenceStore], with the log kept aside so
/// that a crash can be followed by a replay.
final class StoreDriver {
  private static final long PARTITION_MS = 10_000;

  /// What one command does.
  private sealed interface Op {
    record Append(SampleBatch batch, AppendRules rules) implements Op {}

    record Retain(long cutoffMs) implements Op {}

    record Delete(List<Long> refs, long fromMs, long toMs) implements Op {}

    record AskToClean() implements Op {}

    record Retire(long beforeMs, int most) implements Op {}
  }

  private record Entry(long index, long logTimeMs, List<Op> ops, List<AppendResult> answers) {}

  private record OpenView(Querier querier, String expected, long index) {}

  private final RandomGenerator random;
  private boolean histograms = true;
  private final Supplier<PageStore> reopen;
  private final StorageConfig config;
  private final Deque<Runnable> maintenance = new ArrayDeque<>();
  private final List<Entry> log = new ArrayList<>();
  private final List<Capture> captures = new ArrayList<>();
  private final List<OpenView> views = new ArrayList<>();
  private final ReferenceStore reference = new ReferenceStore();
  private Storage storage;
  private final int lateOneIn;
  private int retireOneIn;
  private long windowMs;
  private long index = -1;
  private long nowMs;
  private long atHand; // looks for which all was at hand
  private long omitted; // samples that were left out of what was read for its ends

  StoreDriver(RandomGenerator random, StorageConfig config, Supplier<PageStore> reopen) {
    this.random = random;
    // Some lives have a window from the beginning, with few or with many late samples.
    this.lateOneIn = 1 + random.nextInt(6);
    this.retireOneIn = random.nextInt(4) == 0 ? 0 : 2 + random.nextInt(12);
    this.windowMs = random.nextBoolean() ? 0 : 500L + random.nextInt(30_000);
    this.reopen = reopen;
    this.config =
        config
            .withPartitionLength(Duration.ofMillis(PARTITION_MS))
            .withSealAfter(Duration.ofMillis(PARTITION_MS / 2))
            .withOverlayMembers(4)
            .withMergeLayers(2 + random.nextInt(3));
    this.storage = openStorage();
  }

  private Storage openStorage() {
    return Storage.open(
        config,
        reopen.get(),
        new Metrics(),
        maintenance::add,
        warning -> {
          throw new AssertionError(warning);
        });
  }

  /// A life with floats alone.
  StoreDriver withoutHistograms() {
    histograms = false;
    return this;
  }

  /// A life in which no series is retired.
  StoreDriver withoutRetirement() {
    retireOneIn = 0;
    return this;
  }

  Storage storage() {
    return storage;
  }

  ReferenceStore reference() {
    return reference;
  }

  long index() {
    return index;
  }

  private String content() {
    try (Querier querier = storage.open()) {
      return Contents.of(querier);
    }
  }

  /// The machines' state: a text that depends on the entry alone.
  private Map<String, SortedMap<String, byte[]>> sections(long at) {
    SortedMap<String, byte[]> state = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      if (at >= 0 && at / (i + 1) % 3 != 0) { // sections come, change and go
        state.put("s" + i, ("v" + at / (i + 2)).getBytes(StandardCharsets.UTF_8));
      }
    }
    return Map.of("machine", state);
  }

  void step() {
    switch (random.nextInt(20)) {
      case 0, 1 -> captures.add(storage.capture(position(), sections(index)));
      case 2, 3, 4 -> {
        if (!captures.isEmpty()) {
          captures.remove(random.nextInt(captures.size())).write();
        }
      }
      case 5 -> storage.merge();
      case 6 -> {
        if (random.nextInt(4) == 0) {
          storage.compact();
        } else if (random.nextBoolean()) {
          storage.clean();
        }
      }
      case 7, 8 -> {
        for (int i = random.nextInt(4); i > 0 && !maintenance.isEmpty(); i--) {
          maintenance.removeFirst().run();
        }
      }
      case 9 -> views.add(new OpenView(storage.open(), reference.content(), index));
      case 10 -> {
        if (!views.isEmpty()) {
          checkView(views.remove(random.nextInt(views.size())), true);
        }
      }
      case 11 -> views.forEach(view -> checkView(view, false));
      default -> applyRandomEntry();
    }
  }

  private SnapshotPosition position() {
    return new SnapshotPosition(1, index, nowMs);
  }

  private void checkView(OpenView view, boolean close) {
    assertThat(view.querier().appliedIndex()).isEqualTo(view.index());
    assertThat(Contents.of(view.querier())).isEqualTo(view.expected());
    checkRange(view.querier(), view.expected());
    if (close) {
      view.querier().close();
    }
  }

  /// A range that some series ended before: all that is in it is found, and by the values of
  /// labels.
  private void checkRange(Querier querier, String expected) {
    long toMs = nowMs - random.nextInt(20_000);
    long fromMs = toMs - random.nextInt(8_000);
    if (random.nextBoolean()) {
      fromMs -= Math.floorMod(fromMs, 500); // where samples stand
    }
    String inRange = Contents.within(expected, fromMs, toMs);
    assertThat(Contents.of(querier, fromMs, toMs))
        .as("from=%d to=%d", fromMs, toMs)
        .isEqualTo(inRange);
    List<String> values =
        querier.labelValues(Labels.NAME, fromMs, toMs, List.of(Matcher.equal("i", "3")));
    assertThat(values).containsAll(Contents.metrics(inRange, "i=\"3\""));
  }

  private void applyRandomEntry() {
    index += 1 + random.nextInt(3);
    nowMs += random.nextInt(1500);
    List<Op> ops = new ArrayList<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      ops.add(randomOp());
    }
    Entry entry = new Entry(index, nowMs, ops, new ArrayList<>());
    assertThat(storage.beginEntry(index, nowMs)).isTrue();
    for (Op op : ops) {
      AppendResult answer = apply(storage, op);
      entry.answers().add(answer);
      assertThat(answer).isEqualTo(applyToReference(op));
    }
    storage.endEntry();
    log.add(entry);
  }

  private static AppendResult apply(Storage into, Op op) {
    switch (op) {
      case Op.Append(SampleBatch batch, AppendRules rules) -> {
        return into.append(batch, rules);
      }
      case Op.Retain(long cutoffMs) -> into.retain(cutoffMs);
      case Op.Delete(List<Long> refs, long fromMs, long toMs) ->
          assertThat(into.delete(refs, fromMs, toMs)).isTrue();
      case Op.AskToClean() -> into.askToClean();
      case Op.Retire(long beforeMs, int most) -> into.retire(beforeMs, most);
    }
    return new AppendResult.Replayed();
  }

  private AppendResult applyToReference(Op op) {
    switch (op) {
      case Op.Append(SampleBatch batch, AppendRules rules) -> {
        return reference.append(batch, rules);
      }
      case Op.Retain(long cutoffMs) -> reference.retain(cutoffMs);
      case Op.Delete(List<Long> refs, long fromMs, long toMs) ->
          reference.delete(refs, fromMs, toMs);
      case Op.AskToClean() -> {} // nobody sees it
      case Op.Retire(long beforeMs, int most) -> reference.retire(beforeMs, most);
    }
    return new AppendResult.Replayed();
  }

  private Op randomOp() {
    if (random.nextInt(12) == 0) {
      return new Op.Retain(nowMs - random.nextInt(40_000));
    }
    if (random.nextInt(12) == 0) {
      long fromMs = nowMs - random.nextInt(30_000);
      List<Long> some = new ArrayList<>(List.of(1L + random.nextInt(60))); // perhaps not there
      reference.refs().stream().filter(_ -> random.nextInt(3) == 0).forEach(some::add);
      return new Op.Delete(some, fromMs, fromMs + random.nextInt(20_000));
    }
    if (random.nextInt(20) == 0) {
      return new Op.AskToClean();
    }
    if (retireOneIn > 0 && random.nextInt(retireOneIn) == 0) {
      return new Op.Retire(nowMs + 1000 - random.nextInt(12_000), 1 + random.nextInt(20));
    }
    SampleBatch batch = new SampleBatch();
    List<Long> refs = reference.refs();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      long behindMs = random.nextInt(3) == 0 ? random.nextInt(4) * 500L : random.nextInt(15_000);
      long timestampMs = nowMs - (random.nextInt(lateOneIn) == 0 ? behindMs : i * 7L);
      if (random.nextInt(4) == 0) {
        timestampMs -= Math.floorMod(timestampMs, 500); // where others stand already
      }
      double value =
          switch (random.nextInt(8)) {
            case 0 -> Staleness.marker();
            case 1 -> -0.0;
            case 2 -> Double.longBitsToDouble(0x7ff0_0000_0000_0001L + random.nextInt(99));
            case 3 -> Double.longBitsToDouble(0xfff4_0000_0000_0000L + random.nextInt(9));
            case 4 -> random.nextInt(5_000_000) * 0.001;
            default -> random.nextInt(4);
          };
      if (histograms && random.nextInt(3) == 0) {
        addHistogram(batch, timestampMs);
        continue;
      }
      if (!refs.isEmpty() && random.nextBoolean()) {
        batch.add(refs.get(random.nextInt(refs.size())), timestampMs, value);
      } else if (random.nextInt(30) == 0) {
        batch.add(1L + random.nextInt(60), timestampMs, value); // may have left, or never come
      } else {
        batch.add(randomLabels(), timestampMs, value);
      }
    }
    AppendRules rules =
        (random.nextBoolean() ? AppendRules.WHOLE : AppendRules.EACH)
            .withBounds(nowMs - 12_000, nowMs)
            .withLimits(randomLimits())
            .withExempt(random.nextInt(4) == 0 ? 1 : 0)
            .withWindow(window());
    return new Op.Append(batch, random.nextBoolean() ? rules.withLimitsApart() : rules);
  }

  /// A configuration holds for a while.
  private long window() {
    if (random.nextInt(40) == 0) {
      windowMs = random.nextBoolean() ? 0 : 500L + random.nextInt(30_000);
    }
    return windowMs;
  }

  private SeriesLimits randomLimits() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> SeriesLimits.total(12);
      case 2 -> new SeriesLimits(0, 3 + random.nextInt(4), 0);
      case 3 -> new SeriesLimits(0, 0, 4 + random.nextInt(8));
      case 4 -> new SeriesLimits(14, 6, 9);
      default -> SeriesLimits.NONE;
    };
  }

  private void addHistogram(SampleBatch batch, long timestampMs) {
    List<Long> refs = reference.refs();
    NativeHistogram histogram = RandomHistograms.next(random);
    if (refs.isEmpty() || random.nextBoolean()) {
      batch.add(randomLabels(), timestampMs, histogram);
    } else {
      batch.add(refs.get(random.nextInt(refs.size())), timestampMs, histogram);
    }
  }

  private Labels randomLabels() {
    String metric = "m" + random.nextInt(3);
    String i = "" + random.nextInt(8);
    return random.nextInt(4) == 0
        ? Labels.of("__name__", metric, "i", i)
        : Labels.of("__name__", metric, "i", i, "job", "j" + i.charAt(0) % 2);
  }

  /// Opens the store anew as a crash leaves it, and replays the log from its position, or from an
  /// earlier entry as a log may do.
  void crash() {
    crash(() -> {});
  }

  void crash(Runnable powerCut) {
    captures.clear();
    views.clear();
    maintenance.clear();
    SnapshotPosition durable = storage.durablePosition();
    powerCut.run();
    storage = openStorage();
    Recovered recovered = storage.recovered();
    assertThat(recovered.position().index()).isGreaterThanOrEqualTo(durable.index());
    checkSections(recovered);
    long from = recovered.position().index();
    int behind = random.nextInt(3);
    for (int i = 0; i < log.size(); i++) {
      Entry entry = log.get(i);
      boolean known = entry.index() <= from;
      if (known && (i + behind >= log.size() || log.get(i + behind).index() <= from)) {
        continue;
      }
      assertThat(storage.beginEntry(entry.index(), entry.logTimeMs())).isEqualTo(!known);
      for (int op = 0; op < entry.ops().size(); op++) {
        AppendResult answer = apply(storage, entry.ops().get(op));
        if (!known) {
          assertThat(answer).isEqualTo(entry.answers().get(op));
        }
      }
      storage.endEntry();
    }
    check();
  }

  private void checkSections(Recovered recovered) {
    Map<String, SortedMap<String, byte[]>> expected = sections(recovered.position().index());
    assertThat(text(recovered.sections())).isEqualTo(text(expected));
  }

  private static String text(Map<String, SortedMap<String, byte[]>> sections) {
    StringBuilder out = new StringBuilder();
    SortedMap<String, SortedMap<String, byte[]>> machines = new TreeMap<>(sections);
    machines.remove(Deletions.OWNER);
    machines.forEach(
        (machine, state) ->
            state.forEach(
                (name, bytes) ->
                    out.append(machine)
                        .append(name)
                        .append(new String(bytes, StandardCharsets.UTF_8))
                        .append(' ')));
    return out.toString();
  }

  void check() {
    assertThat(content()).isEqualTo(reference.content());
    assertThat(storage.engine().head.series()).isEqualTo(reference.refs().size());
    checkAtHand();
    checkReferences();
    checkValues();
    try (Querier querier = storage.open()) {
      checkRange(querier, reference.content());
      checkLast(querier);
      checkEnds(querier);
      checkEnds(querier); // by what was learned the first time
    }
  }

  /// Who must not wait sees the same, or nothing.
  private void checkAtHand() {
    try (Querier querier = storage.openAtHand()) {
      assertThat(Contents.of(querier)).isEqualTo(reference.content());
      atHand++;
    } catch (NotAtHandException _) {
      // pages that nobody has opened since they were written, for instance
    }
  }

  /// How often all was at hand so far.
  long atHand() {
    return atHand;
  }

  /// Writers find whom they should, and nobody else.
  private void checkReferences() {
    Map<Labels, Long> expected = reference.refsByLabels();
    for (Labels labels : reference.labels()) {
      assertThat(storage.ref(labels)).isEqualTo(expected.getOrDefault(labels, 0L));
    }
  }

  /// Label values are those of series with samples. (Of a partition that is partly cut off, and of
  /// what is deleted, it may be more.)
  private void checkValues() {
    try (Querier querier = storage.open()) {
      List<String> values =
          querier.labelValues(Labels.NAME, Long.MIN_VALUE, Long.MAX_VALUE, List.of());
      assertThat(values).containsAll(reference.metricsWithSamples());
    }
  }

  /// What is left out neither falls nor ends anything, and is counted.
  private void checkEnds(Querier querier) {
    Querier.Hints hints = new Querier.Hints(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, "increase");
    for (Querier.Series series : querier.select(hints, List.of())) {
      long fromMs = random.nextBoolean() ? Long.MIN_VALUE : nowMs - random.nextInt(20_000);
      SampleBuffer all = new SampleBuffer();
      SampleBuffer ends = new SampleBuffer();
      series.read(fromMs, Long.MAX_VALUE, all);
      series.readEnds(fromMs, Long.MAX_VALUE, ends);
      assertThat(ends.size() + ends.omitted()).isEqualTo(all.size());
      assertThat(Contents.course(ends)).isEqualTo(Contents.course(all));
      omitted += ends.omitted();
    }
  }

  /// How many samples were left out so far.
  long omitted() {
    return omitted;
  }

  private void checkLast(Querier querier) {
    long toMs = nowMs - random.nextInt(20_000);
    long fromMs = toMs - random.nextInt(8_000);
    Querier.Hints hints = new Querier.Hints(fromMs, toMs, 0, 0, "");
    for (Querier.Series series : querier.select(hints, List.of())) {
      SampleBuffer all = new SampleBuffer();
      SampleBuffer last = new SampleBuffer();
      series.read(fromMs, toMs, all);
      series.readLast(fromMs, toMs, last);
      assertThat(last.size()).isEqualTo(Math.min(1, all.size()));
      if (!all.isEmpty()) {
        assertThat(last.timestampMs(0)).isEqualTo(all.timestampMs(all.size() - 1));
        assertThat(RandomHistograms.text(last, 0))
            .isEqualTo(RandomHistograms.text(all, all.size() - 1));
      }
    }
  }

  /// Writes the newest state; what the store fails with, the caller gets.
  void snapshot() {
    storage.capture(position(), sections(index)).write();
  }

  void replayInto(Storage other) {
    for (Entry entry : log) {
      if (other.beginEntry(entry.index(), entry.logTimeMs())) {
        for (Op op : entry.ops()) {
          apply(other, op);
        }
      }
      other.endEntry();
    }
  }

  void closeViews() {
    views.forEach(view -> checkView(view, true));
    views.clear();
    while (!maintenance.isEmpty()) {
      maintenance.removeFirst().run();
    }
  }
}
