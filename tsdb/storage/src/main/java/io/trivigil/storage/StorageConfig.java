package io.trivigil.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Settings of one store.
///
/// @param partitionLength how much time one partition holds; replicated, since it decides what is
///   dropped together; 24 h. A store that was made with another refuses to open
/// @param sealAfter how long after its end (in log time) a partition gets no new samples as a rule
///   and may be merged; 2 h
/// @param overlayMembers newest series of a partition that are searched one by one, before they
///   move into Lucene; 1,024, and an eighth of those that are there already
/// @param mergeLayers so many layers of snapshots of a partition are merged into one, and four
///   times as many of those that were merged equally often, so that a partition has some dozens; 8
/// @param memory what its caches and buffers may take; 90 MiB. What the page store takes of it, who
///   opens that gives it
/// @param indexDirectory where the series indexes live; empty: all series are searched one by one
public record StorageConfig(
    Duration partitionLength,
    Duration sealAfter,
    int overlayMembers,
    int mergeLayers,
    MemoryBudget memory,
    Optional<Path> indexDirectory) {

  private static final int MERGE_LAYERS = 8;

  public StorageConfig {
    if (partitionLength.toMillis() < 1000
        || sealAfter.isNegative()
        || overlayMembers < 1
        || mergeLayers < 2) {
      throw new IllegalArgumentException(
          "storage settings out of range: partition=%s seal_after=%s overlay=%d merge_layers=%d"
              .formatted(partitionLength, sealAfter, overlayMembers, mergeLayers));
    }
  }

  /// The defaults, with the series index in a directory.
  public static StorageConfig in(Path indexDirectory) {
    return new StorageConfig(
        Duration.ofHours(24),
        Duration.ofHours(2),
        1024,
        MERGE_LAYERS,
        MemoryBudget.DEFAULT,
        Optional.of(indexDirectory));
  }

  /// The defaults without Lucene, for tests and simulations.
  public static StorageConfig inMemory() {
    return new StorageConfig(
        Duration.ofHours(24),
        Duration.ofHours(2),
        1024,
        MERGE_LAYERS,
        MemoryBudget.DEFAULT,
        Optional.empty());
  }

  public StorageConfig withPartitionLength(Duration length) {
    return new StorageConfig(
        length, sealAfter, overlayMembers, mergeLayers, memory, indexDirectory);
  }

  public StorageConfig withSealAfter(Duration after) {
    return new StorageConfig(
        partitionLength, after, overlayMembers, mergeLayers, memory, indexDirectory);
  }

  public StorageConfig withOverlayMembers(int members) {
    return new StorageConfig(
        partitionLength, sealAfter, members, mergeLayers, memory, indexDirectory);
  }

  public StorageConfig withMergeLayers(int layers) {
    return new StorageConfig(
        partitionLength, sealAfter, overlayMembers, layers, memory, indexDirectory);
  }

  public StorageConfig withMemory(MemoryBudget budget) {
    return new StorageConfig(
        partitionLength, sealAfter, overlayMembers, mergeLayers, budget, indexDirectory);
  }
}
