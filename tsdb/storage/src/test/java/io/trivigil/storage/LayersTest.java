package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// What snapshots add to a partition, and what merges make of it.
final class LayersTest {
  private static final int SERIES = 600; // of two metrics: pages end within a metric

  private final MemoryPageStore pages = new MemoryPageStore();
  private final List<String> warnings = new ArrayList<>();
  private long entries;

  private Storage open(StorageConfig config) {
    return Storage.open(config, pages, new Metrics(), Runnable::run, warnings::add);
  }

  private Storage open() {
    return open(StorageConfig.inMemory());
  }

  private static Labels labels(int series) {
    return Labels.of("__name__", series % 2 == 0 ? "even" : "odd", "instance", "i" + series);
  }

  /// One entry with one sample of each series, and a snapshot.
  private void addLayer(Storage storage) {
    SampleBatch batch = new SampleBatch();
    entries++;
    for (int series = 0; series < SERIES; series++) {
      batch.add(labels(series), 1000 * entries, (double) (series * entries));
    }
    storage.beginEntry(entries, 1000 * entries);
    storage.append(batch, AppendRules.EACH);
    storage.endEntry();
    snapshot(storage);
  }

  private void snapshot(Storage storage) {
    storage.capture(new SnapshotPosition(1, entries, 1000 * entries), Map.of()).write();
  }

  private static PartitionRecord record(Storage storage) {
    return Objects.requireNonNull(storage.engine().records().get(0L));
  }

  private static List<Integer> levels(Storage storage) {
    return record(storage).layers().stream().map(Layer::level).toList();
  }

  /// Every series must have exactly the values of the entries from `first` on, but for those that
  /// are named as lost.
  private void assertContent(Storage storage, long first, Set<Long> lost) {
    try (Querier querier = storage.open()) {
      Querier.Hints all = new Querier.Hints(0, Long.MAX_VALUE, 0, 0, "");
      List<Querier.Series> found = querier.select(all, List.of());
      assertThat(found).hasSize(SERIES);
      for (Querier.Series series : found) {
        long number = Long.parseLong(series.labels().get("instance").substring(1));
        SampleBuffer samples = new SampleBuffer();
        series.read(0, Long.MAX_VALUE, samples);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
          long entry = samples.timestampMs(i) / 1000;
          times.add(entry);
          assertThat(samples.value(i)).isEqualTo((double) (number * entry));
        }
        List<Long> expected = new ArrayList<>();
        for (long entry = first; entry <= entries; entry++) {
          if (!lost.contains(entry)) {
            expected.add(entry);
          }
        }
        assertThat(times).as("series %d", number).isEqualTo(expected);
      }
    }
  }

  @Test
  void snapshotWritesNoRowForEachSeries() {
    try (Storage storage = open()) {
      addLayer(storage);
      assertThat(record(storage).layers()).hasSize(1);
      assertThat(record(storage).parts()).isEqualTo((SERIES + 255) / 256);
      assertThat(record(storage).samples()).isEqualTo(SERIES);
      assertThat(record(storage).layers().getFirst().minMs()).isEqualTo(1000);
    }
    try (Storage storage = open()) {
      assertContent(storage, 1, Set.of());
    }
  }

  @Test
  void layersStayFewAndEachSampleIsMergedSeldom() {
    try (Storage storage = open(StorageConfig.inMemory().withMergeLayers(3))) {
      int most = 0;
      for (int i = 0; i < 60; i++) {
        addLayer(storage);
        most = Math.max(most, record(storage).layers().size());
      }
      assertThat(most).isEqualTo(11 + 2); // before the 36th, which makes one of all
      assertThat(levels(storage)).containsExactly(2, 1, 1, 1, 1, 1, 1, 1, 1); // 36, and 8 times 3
      assertThat(record(storage).samples()).isEqualTo(60L * SERIES);
      assertContent(storage, 1, Set.of());
      storage.compact();
      assertThat(levels(storage)).containsExactly(2);
      assertContent(storage, 1, Set.of());
    }
    try (Storage storage = open()) {
      assertContent(storage, 1, Set.of());
    }
  }

  /// However many layers there were: what queries keep is as if there had been the last ones alone.
  @Test
  void whatWasOpenedOfLayersGoesWithThem() {
    StorageConfig config = StorageConfig.inMemory().withMergeLayers(3);
    long kept;
    try (Storage storage = open(config)) {
      for (int i = 0; i < 30; i++) {
        addLayer(storage);
        assertContent(storage, 1, Set.of());
      }
      kept = storage.engine().pageCache.cachedBytes();
    }
    try (Storage storage = open(config)) {
      assertContent(storage, 1, Set.of());
      assertThat(storage.engine().pageCache.cachedBytes()).isPositive().isEqualTo(kept);
    }
  }

  @Test
  void whatAQueryStillReadsIsForgottenBehindIt() {
    try (Storage storage = open(StorageConfig.inMemory().withMergeLayers(3))) {
      addLayer(storage);
      addLayer(storage);
      try (Querier before = storage.open()) {
        addLayer(storage); // merges all
        assertThat(levels(storage)).containsExactly(1);
        Querier.Hints all = new Querier.Hints(0, Long.MAX_VALUE, 0, 0, "");
        for (Querier.Series series : before.select(all, List.of())) {
          SampleBuffer samples = new SampleBuffer();
          series.read(0, Long.MAX_VALUE, samples);
          assertThat(samples.size()).isEqualTo(2);
        }
        assertThat(storage.engine().pageCache.cachedBytes()).isPositive();
      }
      assertThat(storage.engine().pageCache.cachedBytes()).isZero();
    }
  }

  /// What only merges write leaves the content as it was, and tells programs that do not know it.
  @Test
  void mergesBringFormsThatSnapshotsDoNotHave() {
    StorageConfig config = StorageConfig.inMemory().withMergeLayers(100);
    long before;
    try (Storage storage = open(config)) {
      for (int i = 0; i < 8; i++) {
        SampleBatch batch = new SampleBatch();
        entries++;
        for (int s = 0; s < 100; s++) {
          long ms = 1000 * entries + s;
          long ticks = 5_000_000 + 10_000 * entries + s * 79L;
          batch.add(Labels.of("__name__", "disk_seconds"), ms, ticks * 0.001);
          batch.add(Labels.of("__name__", "waiting_seconds"), ms, ticks / 1000.0 / 1000.0);
          batch.add(Labels.of("__name__", "up"), ms, s == 50 ? Staleness.marker() : 1);
        }
        storage.beginEntry(entries, 1000 * entries);
        storage.append(batch, AppendRules.EACH);
        storage.endEntry();
        snapshot(storage);
      }
      assertThat(record(storage).layers()).hasSize(8).noneMatch(Layer::newForms);
      assertThat(record(storage).encode()[0]).isEqualTo((byte) 3);
      before = storage.checksum();
      long bytes = record(storage).bytes();
      storage.compact();
      assertThat(record(storage).layers()).hasSize(1).allMatch(Layer::newForms);
      assertThat(record(storage).encode()[0]).isEqualTo((byte) 5);
      assertThat(record(storage).bytes()).isLessThan(bytes / 2);
      assertThat(storage.checksum()).isEqualTo(before);
    }
    try (Storage storage = open(config)) {
      assertThat(storage.checksum()).isEqualTo(before);
    }
  }

  /// What was read whole once is not decoded again for where it begins and ends.
  @Test
  void endsOfCountersAreLearned() {
    try (Storage storage = open(StorageConfig.inMemory().withMergeLayers(20))) {
      for (int i = 0; i < 40; i++) {
        addLayer(storage); // 20 of them in one layer
      }
      try (Querier querier = storage.open()) {
        assertThat(omitted(querier, 0)).isZero();
        assertThat(omitted(querier, 0)).isEqualTo(2 * 18L * SERIES);
        assertThat(omitted(querier, 2000)).isEqualTo(18L * SERIES); // begins within the first
      }
    }
  }

  private long omitted(Querier querier, long fromMs) {
    Querier.Hints all = new Querier.Hints(0, Long.MAX_VALUE, 0, 0, "");
    long omitted = 0;
    for (Querier.Series series : querier.select(all, List.of())) {
      SampleBuffer samples = new SampleBuffer();
      series.readEnds(fromMs, Long.MAX_VALUE, samples);
      assertThat(samples.timestampMs(0)).isEqualTo(Math.max(1000, fromMs));
      assertThat(samples.timestampMs(samples.size() - 1)).isEqualTo(1000 * entries);
      omitted += samples.omitted();
    }
    return omitted;
  }

  @Test
  void partitionThatEndedBecomesOneLayer() {
    StorageConfig config =
        StorageConfig.inMemory()
            .withPartitionLength(Duration.ofSeconds(10))
            .withSealAfter(Duration.ofSeconds(2));
    try (Storage storage = open(config)) {
      for (int i = 0; i < 9; i++) {
        addLayer(storage);
      }
      assertThat(levels(storage)).containsExactly(1, 0);
      entries += 5;
      snapshot(storage);
      assertThat(levels(storage)).containsExactly(Layer.SEALED);
      assertThat(record(storage).merged()).isTrue();
      assertThat(storage.stats(1).samples()).isEqualTo(9L * SERIES);
    }
  }

  @Test
  void onlyWhatCountsIsLeftOnDisk() {
    try (Storage storage = open(StorageConfig.inMemory().withMergeLayers(2))) {
      for (int i = 0; i < 9; i++) {
        addLayer(storage);
      }
      Set<Integer> counted = new HashSet<>();
      record(storage).layers().forEach(layer -> counted.add(layer.number()));
      try (PageView view = pages.view()) {
        assertThat(new HashSet<>(LayerNumbers.of(view, 0))).isEqualTo(counted);
        assertThat(LayerNumbers.of(view, 1).toIntArray()).isEmpty();
      }
    }
  }

  @Test
  void numbersAreNeverUsedAgain() {
    Storage cutOff = open();
    addLayer(cutOff);
    addLayer(cutOff);
    int[] commits = {0};
    pages.onStep(
        at -> {
          if (at == MemoryPageStore.Step.BEFORE_COMMIT && ++commits[0] == 3) {
            throw new IllegalStateException("power cut"); // the pages are there and do not count
          }
        });
    assertThatThrownBy(cutOff::compact).hasMessage("power cut");
    pages.onStep(_ -> {});
    pages.flush();
    pages.crash();
    try (PageView view = pages.view()) {
      assertThat(LayerNumbers.of(view, 0).toIntArray()).containsExactly(1, 2, 3);
    }
    try (Storage storage = open()) {
      assertContent(storage, 1, Set.of());
      addLayer(storage);
      assertThat(record(storage).layers().getLast().number()).isEqualTo(4);
      storage.compact();
      assertThat(record(storage).layers().getFirst().number()).isEqualTo(5);
      assertContent(storage, 1, Set.of());
    }
    try (PageView view = pages.view()) {
      assertThat(LayerNumbers.of(view, 0).toIntArray()).containsExactly(5);
    }
  }

  private void flipBit(byte[] key) {
    try (PageView view = pages.view()) {
      byte[] page = view.get(Table.PAGES, key).orElseThrow().clone();
      page[page.length / 2] ^= 1;
      pages.damage(Table.PAGES, key, page);
    }
  }

  @Test
  void corruptPageIsToldOnceAndSetAsideByTheNextMerge() {
    byte[] key;
    try (Storage storage = open()) {
      addLayer(storage);
      addLayer(storage);
      addLayer(storage);
      key = Keys.page(0, record(storage).layers().get(1).number(), 0);
    }
    flipBit(key);
    try (Storage storage = open()) {
      int whole = 0;
      try (Querier querier = storage.open()) {
        Querier.Hints all = new Querier.Hints(0, 9000, 0, 0, "");
        for (Querier.Series series : querier.select(all, List.of())) {
          SampleBuffer samples = new SampleBuffer();
          series.read(0, 9000, samples);
          assertThat(samples.timestampMs(0)).isEqualTo(1000);
          assertThat(samples.timestampMs(samples.size() - 1)).isEqualTo(3000);
          whole += samples.size() == 3 ? 1 : 0;
        }
      }
      assertThat(whole).isEqualTo(SERIES - 256);
      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("corrupt page set aside: partition=0 layer=2 page=0 reason=page checksum");
      assertThat(storage.damage().all()).hasSize(1);
      storage.compact();
      assertThat(storage.stats(1).samples()).isEqualTo(3L * SERIES - 256);
      assertThat(storage.stats(1).corruptChunks()).isEqualTo(1);
    }
    try (PageView view = pages.view()) {
      assertThat(view.get(Table.ASIDE, key)).isPresent();
      assertThat(view.get(Table.PAGES, key)).isEmpty();
    }
  }

  @Test
  void damagedDirectoryIsHadFromThePages() {
    try (Storage storage = open()) {
      addLayer(storage);
      addLayer(storage);
    }
    pages.damage(Table.PAGES, Keys.pageTable(0, 1), new byte[20]);
    try (Storage storage = open()) {
      assertContent(storage, 1, Set.of());
      assertThat(warnings).singleElement().asString().contains("page directory: checksum mismatch");
      storage.compact();
      assertContent(storage, 1, Set.of());
    }
    flipBit(Keys.page(0, 3, 1));
    pages.damage(Table.PAGES, Keys.pageTable(0, 3), new byte[0]);
    try (Storage storage = open();
        Querier querier = storage.open()) {
      Querier.Hints all = new Querier.Hints(0, 9000, 0, 0, "");
      int left = 0;
      for (Querier.Series series : querier.select(all, List.of())) {
        SampleBuffer samples = new SampleBuffer();
        series.read(0, 9000, samples);
        left += samples.size();
      }
      assertThat(left).isEqualTo(2 * (SERIES - 256));
    }
  }

  @Test
  void deletedSamplesAreLeftOutByAMerge() {
    try (Storage storage = open(StorageConfig.inMemory().withMergeLayers(4))) {
      addLayer(storage);
      addLayer(storage);
      storage.beginEntry(++entries, 1000 * entries);
      storage.delete(storage.refs(List.of(Matcher.equal("__name__", "odd")), 0, 9000), 2000, 2000);
      storage.endEntry();
      snapshot(storage);
      assertThat(storage.stats(1).samples()).isEqualTo(2L * SERIES);
      storage.clean();
      assertThat(storage.stats(1).samples()).isEqualTo(2L * SERIES - SERIES / 2);
    }
  }

  @Test
  void recordsOfAllVersionsAreRead() {
    byte[] first =
        new ByteWriter()
            .u8(1)
            .varint(3)
            .fixed64(7)
            .varint(9)
            .varint(2)
            .varint(50)
            .bool(true)
            .toBytes();
    PartitionRecord.Old chunks = new PartitionRecord.Old(2, 50, 0, 0, 0);
    assertThat(PartitionRecord.decode(first))
        .isEqualTo(new PartitionRecord(3, 7, 9, true, List.of(), chunks));
    byte[] second =
        new ByteWriter()
            .u8(2)
            .varint(3)
            .fixed64(7)
            .varint(9)
            .varint(2)
            .varint(50)
            .bool(false)
            .varint(4)
            .varint(5)
            .varint(6)
            .toBytes();
    PartitionRecord.Old both = new PartitionRecord.Old(2, 50, 4, 5, 6);
    PartitionRecord old = new PartitionRecord(3, 7, 9, false, List.of(), both);
    assertThat(PartitionRecord.decode(second)).isEqualTo(old);
    PartitionRecord now =
        old.plus(new Layer(7, 0, 2, 99, 4, -5, 12, false, false))
            .plus(new Layer(9, 0, 1, 9, 1, 13, 13, false, false));
    assertThat(now.samples()).isEqualTo(14);
    assertThat(PartitionRecord.decode(now.encode())).isEqualTo(now);
    assertThat(now.encode()[0]).isEqualTo((byte) 3);
    // A layer that programs before do not read makes a record that they do not read.
    PartitionRecord forms =
        now.plus(new Layer(10, 1, 2, 9, 2, 14, 15, false, true))
            .plus(new Layer(11, 1, 2, 9, 2, 14, 15, true, false));
    assertThat(forms.encode()[0]).isEqualTo((byte) 5);
    assertThat(PartitionRecord.decode(forms.encode())).isEqualTo(forms);
    byte[] later = now.encode();
    later[0] = 6;
    assertThatThrownBy(() -> PartitionRecord.decode(later))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessage("partition record: expected version=5 found=6");
  }

  @Test
  void hashesOfMetricsNeverChange() {
    assertThat(MetricHash.of("")).isEqualTo(0xCBF29CE484222325L);
    assertThat(MetricHash.of("a")).isEqualTo(0xAF63DC4C8601EC8CL);
    assertThat(MetricHash.of("foobar")).isEqualTo(0x85944171F73967E8L);
  }

  @Test
  void directoryFindsEverySeries() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    for (int round = 0; round < 200; round++) {
      LayerDirectory.Builder builder = new LayerDirectory.Builder();
      List<long[]> rows = new ArrayList<>();
      long hash = random.nextLong() >> 1;
      long ref = 0;
      int page = 0;
      int row = 0;
      for (int i = random.nextInt(300); i >= 0; i--) {
        ref = random.nextInt(20) == 0 ? random.nextLong(1000) : ref + 1 + random.nextInt(9);
        hash += builder.isNext(hash, ref) ? 0 : 1 + random.nextLong(1L << 40);
        builder.add(page, row, hash, ref);
        rows.add(new long[] {hash, ref, page, row});
        boolean ends = random.nextInt(40) == 0;
        page += ends ? 1 : 0;
        row = ends ? 0 : row + 1;
      }
      LayerDirectory directory = LayerDirectory.decode(builder.build().encode());
      for (long[] expected : rows) {
        int group = directory.find(expected[0], expected[1]);
        assertThat(directory.covers(group, expected[0], expected[1])).isTrue();
        assertThat(directory.hash(group)).isEqualTo(expected[0]);
        assertThat(directory.page(group)).isEqualTo((int) expected[2]);
        assertThat((int) expected[3])
            .isBetween(directory.row(group), directory.row(group) + directory.size(group) - 1);
      }
      assertThat(directory.find(hash + 1, 1)).isEqualTo(LayerDirectory.NONE);
      assertThat(directory.find(rows.getFirst()[0], Math.min(0, rows.getFirst()[1] - 1)))
          .isEqualTo(LayerDirectory.NONE);
    }
  }

  @Test
  void seriesComeInOrder() {
    LayerWriter writer = new LayerWriter((_, _) -> {});
    writer.add(5, 7, new long[] {1}, new long[] {1}, 1);
    assertThatThrownBy(() -> writer.add(5, 7, new long[] {2}, new long[] {1}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out of order");
  }
}
