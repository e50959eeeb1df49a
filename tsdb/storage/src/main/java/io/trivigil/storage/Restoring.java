package io.trivigil.storage;

import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.backup.BackupDirectory;
import io.trivigil.storage.backup.BackupException;
import io.trivigil.storage.backup.BackupManifest;
import io.trivigil.storage.backup.Throttle;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageStoreException;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.RocksLimits;
import io.trivigil.storage.page.RocksPageStore;
import io.trivigil.storage.page.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// Turns a backup into a store again, and proves that it is the store that was backed up.
public final class Restoring {
  private Restoring() {}

  /// Lays a store out in `directory`, which must not be there, opens it, and compares position and
  /// content with the manifest.
  ///
  /// @param forNewCluster whether a new log begins behind it: then its position keeps index and log
  ///   time and gets term 1, which is the first of every log
  /// @throws BackupException if the backup is damaged; names the file, or what differs
  public static void restore(
      BackupDirectory backup, Path directory, boolean forNewCluster, Throttle throttle)
      throws IOException {
    var problems = backup.problems(throttle);
    if (!problems.isEmpty()) {
      throw new BackupException(
          "backup is damaged: dir=%s %s".formatted(backup.path(), String.join("; ", problems)));
    }
    Path files = directory.resolve("files");
    backup.layOut(files, !forNewCluster);
    try {
      RocksPageStore.adopt(directory, files);
      if (forNewCluster) {
        rebase(directory);
      }
      compare(backup.manifest(), directory, forNewCluster, throttle);
    } catch (PageStoreException | MalformedBytesException e) {
      throw new BackupException(
          "backup does not open as a store: dir=%s reason=%s"
              .formatted(backup.path(), e.getMessage()),
          e);
    }
  }

  private static void rebase(Path directory) {
    try (RocksPageStore pages = RocksPageStore.open(directory, RocksLimits.DEFAULT)) {
      PositionRow row;
      try (PageView view = pages.view()) {
        row =
            view.get(Table.META, Keys.POSITION)
                .map(PositionRow::decode)
                .orElseThrow(() -> new MalformedBytesException("store has no position"));
      }
      SnapshotPosition old = row.position();
      PositionRow next =
          new PositionRow(
              new SnapshotPosition(1, old.index(), old.logTimeMs()),
              row.lastRef(),
              row.cutoffMs(),
              row.partitionMs());
      try (PageBatch batch = pages.begin()) {
        batch.put(Table.META, Keys.POSITION, next.encode());
        batch.commit();
      }
      pages.flush();
    }
  }

  private static void compare(
      BackupManifest manifest, Path directory, boolean rebased, Throttle throttle)
      throws BackupException {
    StorageConfig config =
        StorageConfig.inMemory().withPartitionLength(Duration.ofMillis(manifest.partitionMs()));
    try (Storage storage =
        Storage.open(config, RocksPageStore.open(directory, RocksLimits.DEFAULT))) {
      SnapshotPosition found = storage.recovered().position();
      SnapshotPosition wanted =
          new SnapshotPosition(
              rebased ? 1 : manifest.term(), manifest.index(), manifest.logTimeMs());
      if (!found.equals(wanted)) {
        throw new BackupException(
            "backup holds another position than its manifest says: expected=%s found=%s"
                .formatted(wanted, found));
      }
      try (FixedContent content = storage.fix(found, storage.recovered().sections())) {
        String sum = content.sum(throttle).text();
        if (!sum.equals(manifest.content())) {
          throw new BackupException(
              "backup holds another content than its manifest says: expected=%s found=%s"
                  .formatted(manifest.content(), sum));
        }
      }
      if (!storage.damage().all().isEmpty()) {
        throw new BackupException("backup holds a damaged store: " + storage.damage().all());
      }
    }
  }
}
