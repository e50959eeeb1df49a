package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.promql.Querier;
import io.trivigil.storage.backup.BackupDirectory;
import io.trivigil.storage.backup.BackupException;
import io.trivigil.storage.backup.BackupFile;
import io.trivigil.storage.backup.BackupManifest;
import io.trivigil.storage.backup.Throttle;
import io.trivigil.storage.page.RocksLimits;
import io.trivigil.storage.page.RocksPageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A backup is the store as it was at one entry, or it is refused by name.
final class BackupTest {
  private static final Throttle ANY = new Throttle(0, () -> 0);

  private final Path directory;
  private long index;

  BackupTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Storage open(String name) {
    return Storage.open(
        StorageConfig.inMemory(),
        RocksPageStore.open(directory.resolve(name), RocksLimits.DEFAULT));
  }

  private void fill(Storage storage, int entries) {
    for (int i = 0; i < entries; i++) {
      index++;
      SampleBatch batch = new SampleBatch();
      for (int s = 0; s < 20; s++) {
        batch.add(
            Labels.of("__name__", "up", "instance", "i" + s),
            1000 * index,
            Math.sin((double) (s + index)));
      }
      storage.beginEntry(index, 1000 * index);
      storage.append(batch, AppendRules.EACH);
      storage.endEntry();
    }
  }

  private Map<String, SortedMap<String, byte[]>> sections() {
    SortedMap<String, byte[]> state = new TreeMap<>();
    state.put("silences", ("at " + index).getBytes(StandardCharsets.UTF_8));
    return Map.of("alertmanager", state);
  }

  /// Makes a checkpoint and the manifest that belongs to it.
  private BackupManifest checkpoint(Storage storage, Path into) throws IOException {
    SnapshotPosition at = new SnapshotPosition(3, index, 1000 * index);
    Capture capture = storage.capture(at, sections());
    ContentSum sum;
    try (FixedContent content = storage.fix(at, sections())) {
      capture.write();
      sum = content.sum(ANY);
    }
    Files.createDirectories(into);
    assertThat(storage.writeCheckpoint(into)).isEqualTo(at);
    List<BackupFile> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(into)) {
      for (Path file : all.toList()) {
        files.add(BackupFile.of(file, ANY));
      }
    }
    return new BackupManifest(
        "main", "n1", at.term(), at.index(), at.logTimeMs(), 86_400_000, sum.text(), files);
  }

  private static String content(Storage storage) {
    try (Querier querier = storage.open()) {
      return StorageTest.content(querier);
    }
  }

  private static BackupDirectory.Source from(Path checkpoint) {
    return file -> Files.newInputStream(checkpoint.resolve(file.name()));
  }

  private static Path biggest(Path backup) throws IOException {
    try (Stream<Path> files = Files.list(backup.resolve("files"))) {
      return files.max(Comparator.comparingLong(f -> f.toFile().length())).orElseThrow();
    }
  }

  @Test
  void restoredStoreEqualsTheOneThatWasBackedUp() throws IOException {
    Path backup = directory.resolve("backup");
    String wanted;
    try (Storage storage = open("store")) {
      fill(storage, 50);
      BackupManifest manifest = checkpoint(storage, directory.resolve("checkpoint"));
      wanted = content(storage);
      fill(storage, 5); // goes on meanwhile
      BackupDirectory.write(
          backup, manifest, from(directory.resolve("checkpoint")), Optional.empty());
    }
    Restoring.restore(BackupDirectory.open(backup), directory.resolve("again"), true, ANY);
    try (Storage restored = open("again")) {
      assertThat(content(restored)).isEqualTo(wanted);
      assertThat(restored.recovered().position()).isEqualTo(new SnapshotPosition(1, 50, 50_000));
      assertThat(restored.recovered().sections().getOrDefault("alertmanager", new TreeMap<>()))
          .hasEntrySatisfying(
              "silences",
              bytes -> assertThat(bytes).asString(StandardCharsets.UTF_8).isEqualTo("at 50"));
    }
    // And a second time: restoring has not touched the backup.
    Restoring.restore(BackupDirectory.open(backup), directory.resolve("look"), false, ANY);
  }

  @Test
  void incrementalBackupCopiesWhatIsNew() throws IOException {
    try (Storage storage = open("store")) {
      fill(storage, 300);
      Path first = directory.resolve("backups/1");
      BackupManifest full = checkpoint(storage, directory.resolve("c1"));
      long all =
          BackupDirectory.write(first, full, from(directory.resolve("c1")), Optional.empty())
              .copied();
      assertThat(all).isEqualTo(full.bytes());
      fill(storage, 1);
      Path second = directory.resolve("backups/2");
      BackupManifest next = checkpoint(storage, directory.resolve("c2"));
      BackupDirectory.Written written =
          BackupDirectory.write(
              second,
              next,
              from(directory.resolve("c2")),
              BackupDirectory.newestBeside(second, "main"));
      assertThat(written.linked()).isPositive();
      assertThat(written.copied() + written.linked()).isEqualTo(next.bytes());
      assertThat(next.files()).anyMatch(full.files()::contains);
      assertThat(BackupDirectory.newestBeside(directory.resolve("backups/3"), "other")).isEmpty();
      // Each is whole: the older one may go.
      try (Stream<Path> files = Files.walk(first)) {
        files.sorted(Comparator.reverseOrder()).forEach(BackupTest::delete);
      }
      Restoring.restore(BackupDirectory.open(second), directory.resolve("look"), false, ANY);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void brokenOffBackupIsNoneAndGoesOn() throws IOException {
    try (Storage storage = open("store")) {
      fill(storage, 50);
      Path checkpoint = directory.resolve("checkpoint");
      BackupManifest manifest = checkpoint(storage, checkpoint);
      Path backup = directory.resolve("backup");
      int[] opened = {0};
      assertThatThrownBy(
              () ->
                  BackupDirectory.write(
                      backup,
                      manifest,
                      file -> {
                        if (++opened[0] > 2) {
                          throw new IOException("the node went away");
                        }
                        return Files.newInputStream(checkpoint.resolve(file.name()));
                      },
                      Optional.empty()))
          .hasMessage("the node went away");
      assertThatThrownBy(() -> BackupDirectory.open(backup))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("no complete backup");
      BackupDirectory.Written written =
          BackupDirectory.write(backup, manifest, from(checkpoint), Optional.empty());
      assertThat(written.linked()).isPositive(); // what was there already
      assertThat(written.backup().problems(ANY)).isEmpty();
      assertThatThrownBy(
              () -> BackupDirectory.write(backup, manifest, from(checkpoint), Optional.empty()))
          .hasMessageContaining("there is a backup already");
    }
  }

  @Test
  void damagedBackupIsRefusedByTheFilesName() throws IOException {
    Path backup = directory.resolve("backup");
    try (Storage storage = open("store")) {
      fill(storage, 50);
      Path checkpoint = directory.resolve("checkpoint");
      BackupManifest manifest = checkpoint(storage, checkpoint);
      BackupDirectory.write(backup, manifest, from(checkpoint), Optional.empty());
    }
    Path file = biggest(backup);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(
            () ->
                Restoring.restore(
                    BackupDirectory.open(backup), directory.resolve("again"), true, ANY))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("another sum")
        .hasMessageContaining(file.toString());
    assertThat(directory.resolve("again")).doesNotExist();
    Files.delete(file);
    assertThat(BackupDirectory.open(backup).problems(ANY))
        .singleElement()
        .asString()
        .contains("is missing: " + file);
    Path manifest = backup.resolve("MANIFEST");
    Files.writeString(manifest, Files.readString(manifest).replace("index 50", "index 51"));
    assertThatThrownBy(() -> BackupDirectory.open(backup))
        .hasMessage("manifest is damaged or cut off: file=" + manifest);
  }

  @Test
  void manifestOfAnotherContentIsRefused() throws IOException {
    Path backup = directory.resolve("backup");
    try (Storage storage = open("store")) {
      fill(storage, 5);
      Path checkpoint = directory.resolve("checkpoint");
      BackupManifest m = checkpoint(storage, checkpoint);
      BackupManifest wrong =
          new BackupManifest(
              m.cluster(),
              m.node(),
              m.term(),
              m.index(),
              m.logTimeMs(),
              m.partitionMs(),
              new ContentSum(1, 2).text(),
              m.files());
      BackupDirectory.write(backup, wrong, from(checkpoint), Optional.empty());
    }
    assertThatThrownBy(
            () ->
                Restoring.restore(
                    BackupDirectory.open(backup), directory.resolve("look"), false, ANY))
        .hasMessageContaining("another content than its manifest says");
  }

  @Test
  void throttleKeepsItsRate() {
    AtomicLong nanos = new AtomicLong(77);
    Throttle throttle = new Throttle(1000, nanos::get, nanos::addAndGet);
    for (int i = 0; i < 50; i++) {
      throttle.took(100);
    }
    assertThat(nanos.get() - 77).isBetween(4_800_000_000L, 5_000_000_000L);
    assertThat(throttle.taken()).isEqualTo(5000);
  }
}
