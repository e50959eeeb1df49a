package io.trivigil.storage;

import io.trivigil.storage.index.IndexHome;
import io.trivigil.storage.index.PartitionIndex;
import io.trivigil.storage.index.SeriesLabels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Keeps the series indexes on disk in step with the partitions. [#schedule] belongs to the thread
/// that applies; the rest may be called from any.
final class IndexUpkeep {
  private final Engine engine;
  private final AtomicBoolean indexing = new AtomicBoolean();

  IndexUpkeep(Engine engine) {
    this.engine = engine;
  }

  /// Deletes indexes of partitions that are not there.
  void deleteForeign() {
    engine
        .config
        .indexDirectory()
        .filter(Files::isDirectory)
        .ifPresent(
            directory -> {
              try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                  boolean ours =
                      engine.partitions.all().stream()
                          .anyMatch(index -> file.equals(indexPath(index.partition())));
                  if (!ours) {
                    Trees.delete(file);
                  }
                }
              } catch (IOException e) {
                engine.warn.accept("can not tidy series indexes: " + e);
              }
            });
  }

  private Path indexPath(long partition) {
    return IndexHome.path(engine.config.indexDirectory().orElseThrow(), partition);
  }

  /// Deletes the index of a partition that was dropped.
  void delete(long partition) {
    try {
      Trees.delete(indexPath(partition));
    } catch (IOException e) {
      engine.warn.accept(
          "can not delete series index: partition=%d reason=%s".formatted(partition, e));
    }
  }

  /// Brings what is durable into Lucene, where it is worth it. Holds `writeLock`.
  void flushAll() {
    engine
        .partitions
        .all()
        .forEach(index -> flush(index, Math.max(1, engine.config.overlayMembers() / 4)));
  }

  private void flush(PartitionIndex index, int atLeast) {
    PartitionRecord record = engine.records().get(index.partition());
    Epochs.Epoch epoch = engine.epochs.enter();
    try {
      index.flush(atLeast, record == null ? 0 : record.members(), labels(epoch));
    } catch (RuntimeException e) {
      // The index is derived and its overlay still answers: tell, and try again next time.
      engine.metrics.reloadsFailed.inc();
      engine.warn.accept("series index not brought up to date: " + e);
    } finally {
      engine.epochs.leave(epoch);
    }
  }

  private SeriesLabels labels(Epochs.Epoch epoch) {
    return ref -> engine.retired.labels(epoch.pages(), ref);
  }

  /// Has overlays that grew too long moved into Lucene, on the executor.
  void schedule() {
    if (engine.config.indexDirectory().isEmpty()) {
      return;
    }
    for (PartitionIndex index : engine.partitions.grown()) {
      // In growing steps: a partition that begins gets all its series at once, and a small segment
      // for each thousand would be merged again and again.
      int enough = engine.config.overlayMembers() + index.covered() / 8;
      if (index.overlaySize() >= enough && indexing.compareAndSet(false, true)) {
        engine.executor.execute(
            () -> {
              indexing.set(false);
              flush(index, enough);
            });
      }
    }
  }

  /// Brings the index of a merged partition into its final form.
  void seal(long partition) {
    PartitionRecord record = engine.records().get(partition);
    Epochs.Epoch epoch = engine.epochs.enter();
    try {
      if (record != null) {
        engine
            .partitions
            .find(partition)
            .ifPresent(index -> index.seal(record.members(), labels(epoch)));
      }
    } finally {
      engine.epochs.leave(epoch);
    }
  }
}
