package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.MemoryPageStore;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.RocksLimits;
import io.trivigil.storage.page.RocksPageStore;
import io.trivigil.storage.page.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StorageTest {
  private static final Labels UP_A = Labels.of("__name__", "up", "instance", "a");
  private static final Labels UP_B = Labels.of("__name__", "up", "instance", "b");

  private static SampleBatch batch(Object... labelsTimeValue) {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < labelsTimeValue.length; i += 3) {
      long timestampMs = ((Number) labelsTimeValue[i + 1]).longValue();
      double value = ((Number) labelsTimeValue[i + 2]).doubleValue();
      if (labelsTimeValue[i] instanceof Labels labels) {
        batch.add(labels, timestampMs, value);
      } else {
        batch.add(((Number) labelsTimeValue[i]).longValue(), timestampMs, value);
      }
    }
    return batch;
  }

  private static AppendResult entry(
      Storage storage, long index, SampleBatch batch, AppendRules rules) {
    storage.beginEntry(index, 1000 * index);
    AppendResult result = storage.append(batch, rules);
    storage.endEntry();
    return result;
  }

  static String content(Querier querier) {
    StringBuilder out = new StringBuilder();
    Querier.Hints all = new Querier.Hints(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, "");
    querier.select(all, List.of()).stream()
        .sorted((a, b) -> a.labels().compareTo(b.labels()))
        .forEach(
            series -> {
              SampleBuffer samples = new SampleBuffer();
              series.read(Long.MIN_VALUE, Long.MAX_VALUE, samples);
              out.append(series.labels().get("instance"));
              for (int i = 0; i < samples.size(); i++) {
                out.append(' ').append(samples.timestampMs(i)).append('=');
                out.append(samples.value(i));
              }
              out.append('\n');
            });
    return out.toString();
  }

  private static String content(Storage storage) {
    try (Querier querier = storage.open()) {
      return content(querier);
    }
  }

  private static Map<String, SortedMap<String, byte[]>> sections(String machine, String... named) {
    SortedMap<String, byte[]> state = new TreeMap<>();
    for (int i = 0; i < named.length; i += 2) {
      state.put(named[i], named[i + 1].getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return Map.of(machine, state);
  }

  @Test
  void newSeriesGetReferencesInBatchOrder() {
    try (Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore())) {
      AppendResult first =
          entry(storage, 1, batch(UP_A, 1000, 1, UP_B, 1000, 2, UP_A, 2000, 3), AppendRules.WHOLE);
      assertThat(first)
          .isEqualTo(
              new AppendResult.Appended(3, 0, 0, 0, 0, 0, 0, 2, List.of(1L, 2L, 1L), List.of()));
      assertThat(entry(storage, 2, batch(2, 2000, 5, 9, 1, 1), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.UnknownRefs(List.of(9L)));
      assertThat(content(storage)).isEqualTo("a 1000=1.0 2000=3.0\nb 1000=2.0\n");
      assertThat(storage.lastSample(1))
          .contains(new LastSample(2000, Double.doubleToRawLongBits(3)));
    }
  }

  @Test
  void wholeBatchIsRefusedOrStoredWhole() {
    try (Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore())) {
      entry(storage, 1, batch(UP_A, 1000, 1), AppendRules.WHOLE);
      assertThat(entry(storage, 2, batch(UP_B, 5000, 1, 1, 900, 1), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.Refused(Verdict.OUT_OF_ORDER, 1));
      assertThat(entry(storage, 3, batch(UP_B, 5000, 1, 1, 1000, 2), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.Refused(Verdict.DUPLICATE, 1));
      assertThat(content(storage)).isEqualTo("a 1000=1.0\n");
      assertThat(entry(storage, 4, batch(1, 1000, 1, UP_B, 7000, 1), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.Appended(1, 1, 0, 0, 0, 0, 0, 1, List.of(2L), List.of()));
    }
  }

  @Test
  void eachSampleIsJudgedAlone() {
    AppendRules rules = AppendRules.EACH.withBounds(500, 9000).withSeriesLimit(1);
    try (Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore())) {
      AppendResult result =
          entry(
              storage,
              1,
              batch(
                  UP_A, 1000, 1, UP_A, 1000, 2, UP_A, 900, 2, UP_A, 400, 1, UP_A, 9001, 1, UP_B,
                  1000, 1),
              rules);
      assertThat(result)
          .isEqualTo(
              new AppendResult.Appended(
                  1,
                  0,
                  1,
                  1,
                  1,
                  1,
                  1,
                  1,
                  List.of(1L, 1L, 1L, 1L, 1L, 0L),
                  List.of(new OverLimit(Verdict.SERIES_LIMIT, "", 1, 1, 5))));
    }
  }

  @Test
  void querierSeesItsEntryForItsWholeLife() {
    try (Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore())) {
      entry(storage, 1, batch(UP_A, 1000, 1), AppendRules.WHOLE);
      try (Querier before = storage.open()) {
        storage.beginEntry(2, 2000);
        storage.append(batch(1, 2000, 2, UP_B, 2000, 1), AppendRules.WHOLE);
        assertThat(content(storage)).isEqualTo("a 1000=1.0\n");
        storage.endEntry();
        assertThat(content(storage)).isEqualTo("a 1000=1.0 2000=2.0\nb 2000=1.0\n");
        storage.capture(new SnapshotPosition(1, 2, 2000), Map.of()).write();
        entry(storage, 3, batch(1, 3000, 3), AppendRules.WHOLE);
        assertThat(content(before)).isEqualTo("a 1000=1.0\n");
        assertThat(before.appliedIndex()).isEqualTo(1);
        assertThat(before.labelValues("instance", 0, 9000, List.of())).containsExactly("a");
      }
      assertThat(content(storage)).isEqualTo("a 1000=1.0 2000=2.0 3000=3.0\nb 2000=1.0\n");
    }
  }

  @Test
  void everythingComesBackFromDisk(@TempDir Path directory) {
    Path pages = directory.resolve("pages");
    StorageConfig config = StorageConfig.in(directory.resolve("index"));
    long checksum;
    RocksPageStore abandoned = RocksPageStore.open(pages, RocksLimits.DEFAULT);
    Storage storage = Storage.open(config, abandoned);
    entry(storage, 1, batch(UP_A, 1000, 1, UP_B, 1000, Staleness.marker()), AppendRules.WHOLE);
    entry(storage, 2, batch(1, 90_000_000, -0.0), AppendRules.WHOLE);
    storage.capture(new SnapshotPosition(3, 2, 2000), sections("rules", "g1", "firing")).write();
    checksum = storage.checksum();
    entry(storage, 3, batch(1, 91_000_000, 7), AppendRules.WHOLE);
    abandoned.close(); // without a flush: what a kill leaves
    try (Storage again = Storage.open(config, RocksPageStore.open(pages, RocksLimits.DEFAULT))) {
      assertThat(again.recovered().position()).isEqualTo(new SnapshotPosition(3, 2, 2000));
      assertThat(again.recovered().sections().get("rules")).containsOnlyKeys("g1");
      assertThat(again.checksum()).isEqualTo(checksum);
      assertThat(again.beginEntry(2, 2000)).isFalse();
      assertThat(again.append(batch(1, 92_000_000, 1), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.Replayed());
      again.endEntry();
      entry(again, 3, batch(1, 91_000_000, 7, UP_B, 91_000_000, 8), AppendRules.WHOLE);
      try (Querier querier = again.open()) {
        Querier.Hints hints = new Querier.Hints(0, 91_000_000, 0, 0, "");
        List<Querier.Series> found = querier.select(hints, List.of(Matcher.equal("instance", "b")));
        assertThat(found).hasSize(1);
        SampleBuffer samples = new SampleBuffer();
        found.getFirst().read(0, 1000, samples);
        assertThat(Double.doubleToRawLongBits(samples.value(0))).isEqualTo(Staleness.MARKER_BITS);
      }
    }
  }

  @Test
  void answersTravelAsBytes() {
    List<AppendResult> answers =
        List.of(
            new AppendResult.Replayed(),
            new AppendResult.UnknownRefs(List.of(7L, 1L << 40)),
            new AppendResult.Refused(Verdict.TOO_OLD, 12),
            new AppendResult.Appended(
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                List.of(0L, 9L),
                List.of(
                    new OverLimit(Verdict.METRIC_SERIES_LIMIT, "m", 5, 6, 1),
                    new OverLimit(Verdict.JOB_SERIES_LIMIT, "j", 7, 1, 9))),
            new AppendResult.Appended(1, 2, 3, 4, 5, 6, 7, 8, List.of(0L, 9L), List.of()));
    for (AppendResult answer : answers) {
      ByteWriter out = new ByteWriter();
      answer.encode(out);
      ByteReader in = new ByteReader(out.toBytes());
      assertThat(AppendResult.decode(in)).isEqualTo(answer);
      in.expectEnd();
    }
  }

  @Test
  void installReplacesEverythingAndEndsWhatWasOpen(@TempDir Path directory) throws IOException {
    Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
    long checksum;
    try (Storage peer = open(directory, "peer")) {
      entry(peer, 7, batch(UP_A, 1000, 1), AppendRules.WHOLE);
      peer.capture(new SnapshotPosition(2, 7, 7000), sections("rules", "g", "x")).write();
      entry(peer, 8, batch(UP_A, 2000, 1), AppendRules.WHOLE); // not durable: not in the copy
      assertThat(peer.writeCheckpoint(checkpoint)).isEqualTo(new SnapshotPosition(2, 7, 7000));
      checksum = peer.checksum();
    }
    try (Stream<Path> files = Files.list(checkpoint)) {
      assertThat(files).isNotEmpty().allMatch(Files::isRegularFile);
    }
    try (Storage storage = open(directory, "own")) {
      entry(storage, 1, batch(UP_B, 1000, 1), AppendRules.WHOLE);
      storage.capture(new SnapshotPosition(1, 1, 1000), sections("rules", "old", "y")).write();
      entry(storage, 2, batch(UP_B, 2000, 1), AppendRules.WHOLE);
      Capture stale = storage.capture(new SnapshotPosition(1, 2, 2000), Map.of());
      Querier old = storage.open();
      assertThat(storage.install(checkpoint).position())
          .isEqualTo(new SnapshotPosition(2, 7, 7000));
      assertThat(storage.recovered().sections().get("rules")).containsOnlyKeys("g");
      assertThatThrownBy(() -> content(old)).isInstanceOf(RuntimeException.class);
      old.close();
      assertThatThrownBy(stale::write).isInstanceOf(IllegalStateException.class);
      assertThat(content(storage)).isEqualTo("a 1000=1.0\n");
      entry(storage, 8, batch(UP_A, 2000, 1), AppendRules.WHOLE);
      assertThat(storage.checksum()).isEqualTo(checksum);
    }
    try (Storage again = open(directory, "own")) {
      assertThat(content(again)).isEqualTo("a 1000=1.0\n");
    }
  }

  private static Storage open(Path directory, String name) {
    return Storage.open(
        StorageConfig.in(directory.resolve(name + "-index")),
        RocksPageStore.open(directory.resolve(name + "-pages"), RocksLimits.DEFAULT));
  }

  @Test
  void otherPartitionLengthIsRefusedByName() {
    MemoryPageStore pages = new MemoryPageStore();
    try (Storage storage = Storage.open(StorageConfig.inMemory(), pages)) {
      storage.capture(new SnapshotPosition(1, 1, 1000), Map.of()).write();
    }
    StorageConfig other = StorageConfig.inMemory().withPartitionLength(Duration.ofHours(1));
    assertThatThrownBy(() -> Storage.open(other, pages))
        .hasMessage("partition length differs: configured_ms=3600000 stored_ms=86400000");
  }

  @Test
  void onlyChangedSectionsAreWritten() {
    MemoryPageStore pages = new MemoryPageStore();
    try (Storage storage = Storage.open(StorageConfig.inMemory(), pages)) {
      storage
          .capture(new SnapshotPosition(1, 1, 1), sections("m", "a", "1", "b", "2", "c", "3"))
          .write();
      pages.damage(Table.SECTIONS, Keys.section("m", "a"), new byte[] {9}); // shows a rewrite
      storage.capture(new SnapshotPosition(1, 2, 2), sections("m", "a", "1", "b", "4")).write();
      try (PageView view = pages.view()) {
        assertThat(view.get(Table.SECTIONS, Keys.section("m", "a"))).contains(new byte[] {9});
        assertThat(view.get(Table.SECTIONS, Keys.section("m", "b"))).contains(new byte[] {'4'});
        assertThat(view.get(Table.SECTIONS, Keys.section("m", "c"))).isEmpty();
      }
    }
  }

  @Test
  void retentionDropsWholePartitionsFromDisk(@TempDir Path directory) {
    long dayMs = Duration.ofDays(1).toMillis();
    try (Storage storage = open(directory, "own")) {
      entry(storage, 1, batch(UP_A, 1000, 1, UP_B, 1000, 1), AppendRules.WHOLE);
      entry(storage, 2, batch(UP_A, dayMs + 1, 2), AppendRules.WHOLE);
      storage.capture(new SnapshotPosition(1, 2, 2000), Map.of()).write();
      storage.beginEntry(3, 3000);
      storage.retain(dayMs);
      storage.endEntry();
      assertThat(content(storage)).isEqualTo("a " + (dayMs + 1) + "=2.0\n");
      assertThat(storage.labels(2)).isEmpty();
      assertThat(entry(storage, 4, batch(UP_B, 5000, 1), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.Refused(Verdict.TOO_OLD, 0));
      storage.capture(new SnapshotPosition(1, 4, 4000), Map.of()).write();
      assertThat(storage.stats(5).samples()).isEqualTo(1);
      assertThat(directory.resolve("own-index").resolve("partition-0")).doesNotExist();
      assertThat(directory.resolve("own-index").resolve("partition-1")).exists();
      assertThat(entry(storage, 5, batch(UP_B, dayMs + 5, 1), AppendRules.WHOLE))
          .isEqualTo(new AppendResult.Appended(1, 0, 0, 0, 0, 0, 0, 1, List.of(3L), List.of()));
    }
  }

  /// Copies a store that is open: what a kill leaves of it. A kill stops everything at one moment,
  /// but a copy takes time, in which RocksDB may name other files and delete those it named before:
  /// then it is made again.
  private static void copy(Path from, Path to) throws IOException {
    for (int left = 20; left > 0; left--) {
      Map<String, Long> before = sizes(from);
      if (!before.isEmpty() && tryCopy(from, to) && sizes(from).equals(before)) {
        return;
      }
      remove(to);
    }
    throw new AssertionError("files do not come to rest: " + from);
  }

  /// Of all files below a directory, by name.
  private static Map<String, Long> sizes(Path directory) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        sizes.put(file.toString(), Files.isRegularFile(file) ? Files.size(file) : 0);
      }
    } catch (NoSuchFileException | UncheckedIOException gone) {
      sizes.clear(); // not at rest
    }
    return sizes;
  }

  private static void remove(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return; // its very first file vanished
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// False if a file vanished meanwhile.
  private static boolean tryCopy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
      return true;
    } catch (NoSuchFileException | UncheckedIOException gone) {
      return false;
    }
  }

  @Test
  void killAtAnyMomentLeavesTheLastSnapshot(@TempDir Path directory) throws IOException {
    try (Storage storage = open(directory, "own")) {
      for (int i = 1; i <= 6; i++) {
        entry(storage, i, batch(UP_A, 1000 * i, i, UP_B, 1000 * i, i), AppendRules.WHOLE);
        if (i % 2 == 0) {
          SnapshotPosition position = new SnapshotPosition(1, i, 1000L * i);
          storage.capture(position, sections("m", "at", "" + i)).write();
          storage.compact();
        }
        copy(directory.resolve("own-pages"), directory.resolve("kill" + i + "-pages"));
        copy(directory.resolve("own-index"), directory.resolve("kill" + i + "-index"));
        try (Storage killed = open(directory, "kill" + i)) {
          long expected = i < 2 ? -1 : i / 2 * 2L;
          assertThat(killed.recovered().position().index()).isEqualTo(expected);
          for (long index = expected + 1; index <= i; index++) {
            if (index > 0) {
              SampleBatch again = batch(UP_A, 1000 * index, index, UP_B, 1000 * index, index);
              entry(killed, index, again, AppendRules.WHOLE);
            }
          }
          assertThat(killed.checksum()).isEqualTo(storage.checksum());
        }
      }
    }
  }
}
