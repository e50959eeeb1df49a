package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.storage.page.FileCheck;
import io.trivigil.storage.page.PageStoreException;
import io.trivigil.storage.page.RocksLimits;
import io.trivigil.storage.page.RocksPageStore;
import io.trivigil.storage.page.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files are told of by name, and never answered from.
final class DamageTest {
  private final Path store;
  private final Path index;
  private final List<String> warnings = new ArrayList<>();

  DamageTest(@TempDir Path directory) {
    this.store = directory.resolve("store");
    this.index = directory.resolve("index");
  }

  private Storage open() {
    return Storage.open(
        StorageConfig.in(index).withOverlayMembers(1),
        RocksPageStore.open(store, RocksLimits.DEFAULT),
        new Metrics(),
        Runnable::run,
        warnings::add);
  }

  @BeforeEach
  void fill() {
    try (Storage storage = open()) {
      for (int i = 1; i <= 200; i++) {
        SampleBatch batch = new SampleBatch();
        for (int s = 0; s < 30; s++) {
          batch.add(Labels.of("__name__", "up", "instance", "i" + s), 1000L * i, Math.sin(s * i));
        }
        storage.beginEntry(i, 1000L * i);
        storage.append(batch, AppendRules.EACH);
        storage.endEntry();
      }
      storage.capture(new SnapshotPosition(1, 200, 200_000), Map.of()).write();
    }
  }

  private Path biggestTable() throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files
          .filter(f -> f.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(f -> f.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flipBit(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 4;
    Files.write(file, bytes);
  }

  private static String content(Storage storage) {
    try (Querier querier = storage.open()) {
      return StorageTest.content(querier);
    }
  }

  private List<String> offlineCheck() {
    List<String> problems = new ArrayList<>();
    StoreFiles.check(store, collecting(problems));
    return problems;
  }

  private static FileCheck collecting(List<String> problems) {
    return new FileCheck() {
      @Override
      public boolean read(String file, long bytes) {
        return true;
      }

      @Override
      public void damaged(String file, String problem) {
        problems.add(file + ": " + problem);
      }
    };
  }

  @Test
  void soundStoreHasNothingToTell() {
    assertThat(offlineCheck()).isEmpty();
    try (Storage storage = open()) {
      List<String> problems = new ArrayList<>();
      storage.check(collecting(problems));
      assertThat(problems).isEmpty();
      assertThat(storage.damage().all()).isEmpty();
    }
  }

  @Test
  void flippedBitIsFoundByReadingAndByTheScrub() throws IOException {
    Path table = biggestTable();
    flipBit(table, 500); // in the first block of samples
    assertThat(offlineCheck()).anyMatch(p -> p.startsWith(table + ": ") && p.contains("checksum"));
    try (Storage storage = open()) {
      assertThatThrownBy(() -> content(storage))
          .isInstanceOfSatisfying(PageStoreException.class, e -> assertThat(e.isDamage()).isTrue())
          .hasMessageContaining(table.getFileName().toString());
      List<String> told = new ArrayList<>();
      storage.damage().onFound(told::add);
      assertThat(told).singleElement().asString().contains(table.getFileName().toString());
      storage.check(collecting(new ArrayList<>()));
      assertThat(told).hasSize(2).last().asString().contains("file=" + table);
    }
  }

  @Test
  void missingTableDoesNotOpen() throws IOException {
    Path table = biggestTable();
    Files.delete(table);
    assertDamagedAtOpening(table.getFileName().toString());
    assertThat(offlineCheck()).anyMatch(p -> p.contains(table.getFileName().toString()));
  }

  @Test
  void damagedManifestDoesNotOpen() throws IOException {
    Path manifest;
    try (Stream<Path> files = Files.walk(store)) {
      manifest =
          files
              .filter(f -> f.getFileName().toString().startsWith("MANIFEST-"))
              .findAny()
              .orElseThrow();
    }
    flipBit(manifest, 30);
    assertDamagedAtOpening("");
    assertThat(offlineCheck()).isNotEmpty();
  }

  @Test
  void missingOrWrongPointerDoesNotOpen() throws IOException {
    Files.writeString(store.resolve("CURRENT"), "pages-7\n");
    assertDamagedAtOpening("CURRENT names no directory: found=pages-7");
    assertThat(offlineCheck()).singleElement().asString().contains("names no directory");
    Files.delete(store.resolve("CURRENT"));
    assertDamagedAtOpening("CURRENT is missing beside");
  }

  private void assertDamagedAtOpening(String what) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOfSatisfying(
            PageStoreException.class, e -> assertThat(e.isDamage()).as(e.getMessage()).isTrue())
        .hasMessageContaining(what);
  }

  @Test
  void storeInUseIsNoDamage() {
    try (Storage inUse = open()) {
      assertThat(inUse.damage().all()).isEmpty();
      assertThatThrownBy(() -> open().close())
          .isInstanceOfSatisfying(PageStoreException.class, e -> assertThat(e.isDamage()).isFalse())
          .hasMessageContaining("LOCK");
    }
  }

  @Test
  void indexThatWasDeletedIsBuiltAgain() throws IOException {
    try (Stream<Path> files = Files.walk(index)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    assertEverythingIsFound();
  }

  @Test
  void everyDamagedFileOfTheIndexIsBuiltAgain() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(index)) {
      files = all.filter(Files::isRegularFile).filter(f -> !f.endsWith("write.lock")).toList();
    }
    assertThat(files).hasSizeGreaterThan(2);
    for (Path file : files) {
      if (Files.exists(file)) { // else an earlier one made them all new
        flipBit(file, (int) (Files.size(file) / 2));
        assertEverythingIsFound();
      }
    }
  }

  private void assertEverythingIsFound() {
    try (Storage storage = open()) {
      assertThat(content(storage).lines()).hasSize(30);
      try (Querier querier = storage.open()) {
        assertThat(querier.labelValues("instance", 0, 300_000, List.of())).hasSize(30);
        Querier.Hints all = new Querier.Hints(0, 300_000, 0, 0, "");
        assertThat(querier.select(all, List.of(Matcher.equal("instance", "i7")))).hasSize(1);
      }
    }
  }
}
