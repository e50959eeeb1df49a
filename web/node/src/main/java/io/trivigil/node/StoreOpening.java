package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.ratis.StartMarks;
import io.trivigil.storage.MemoryBudget;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.PageStore;
import io.trivigil.storage.page.PageStoreException;
import io.trivigil.storage.page.RocksPageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens a node's store, or sets a damaged one aside so that the node gets its content from its
/// peers.
///
/// Nothing is deleted: `store/` and `log/` move to `damaged-K/`, with a file `REASON`. The node
/// then begins a new incarnation that only joins, and the leader sends a checkpoint. There are at
/// most [#ATTEMPTS] such directories; when they are used up the node ends instead, for then
/// something else is wrong, and a person has to look. A cluster of one has nobody to ask and ends
/// at once.
///
/// A node that meets damage while it runs leaves the file `store-damaged` and ends; the next start
/// comes here.
final class StoreOpening {
  /// How often a node sets its data aside before it wants a person to look.
  static final int ATTEMPTS = 3;

  /// A store that does not open with less than this free, bytes, lacks room and nothing else.
  static final long LEAST_FREE_BYTES = 16L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);
  private static final String WANTED = "store-damaged";
  private static final String ASIDE = "damaged-";

  private final Path data;
  private final boolean hasPeers;
  private final MemoryBudget memory;
  private final Metrics metrics;
  private final Executor maintenance;

  StoreOpening(
      Path data, boolean hasPeers, MemoryBudget memory, Metrics metrics, Executor maintenance) {
    this.data = data;
    this.hasPeers = hasPeers;
    this.memory = memory;
    this.metrics = metrics;
    this.maintenance = maintenance;
    metrics.gauge(
        "trivigil_storage_set_aside",
        "Damaged stores that were set aside and are kept in the data directory.",
        () -> setAside(data).size());
  }

  /// @throws IOException if the store is damaged and can not be had again from peers, or if a
  ///   directory can not be used; names the file and what to do
  Storage open() throws IOException {
    Path wanted = data.resolve(WANTED);
    if (Files.exists(wanted)) {
      setAside(Files.readString(wanted).strip());
    }
    try {
      return opened();
    } catch (PageStoreException e) {
      if (!e.isDamage()) {
        throw new IOException(explained(String.valueOf(e.getMessage()), data, freeBytes(data)), e);
      }
      setAside(String.valueOf(e.getMessage()));
      return opened();
    }
  }

  /// What is wrong, as a person wants to hear it: a store that does not open since the disk is full
  /// is not damaged.
  static String explained(String reason, Path data, long freeBytes) {
    return freeBytes >= LEAST_FREE_BYTES
        ? reason
        : ("the disk is full: dir=%s free_bytes=%d; nothing was changed; make room, then start this"
                + " node again: %s")
            .formatted(data, freeBytes, reason);
  }

  private static long freeBytes(Path data) throws IOException {
    return Files.getFileStore(data).getUsableSpace();
  }

  private Storage opened() throws IOException {
    PageStore pages =
        RocksPageStore.open(Files.createDirectories(data.resolve("store")), memory.engine());
    try {
      return Storage.open(
          StorageConfig.in(data.resolve("index"))
              .withPartitionLength(NodeOptions.PARTITION)
              .withMemory(memory),
          pages,
          metrics,
          maintenance,
          LOG::warn);
    } catch (RuntimeException e) {
      pages.close();
      throw e;
    }
  }

  private void setAside(String reason) throws IOException {
    if (!hasPeers) {
      throw new IOException(
          ("the store is damaged, and there is no other node to get it from: %s; `trivigil store"
                  + " check %s` lists what is damaged, `trivigil restore` brings a backup back into a"
                  + " new directory")
              .formatted(reason, data));
    }
    if (setAside(data).size() >= ATTEMPTS) {
      throw new IOException(
          ("the store is damaged again: %s; %d damaged ones are kept in %s already: look at the disk,"
                  + " then remove them")
              .formatted(reason, ATTEMPTS, data));
    }
    Path aside = data.resolve(ASIDE + next());
    LOG.error(
        "store is damaged, set aside and fetched from the other nodes kept_as={} reason={}",
        aside,
        reason);
    Files.createDirectories(aside);
    Files.writeString(aside.resolve("REASON"), reason + "\n");
    Path log = Files.createDirectories(data.resolve("log"));
    // First of all, so that no crash in between lets this node found a cluster of its own.
    StartMarks.markRejoining(log, reason);
    move(data.resolve("store"), aside.resolve("store"));
    Path asideLog = Files.createDirectories(aside.resolve("log"));
    for (Path file : list(log)) {
      if (!file.endsWith("rejoins")) {
        move(file, asideLog.resolve(file.getFileName()));
      }
    }
    Files.deleteIfExists(data.resolve(WANTED));
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to);
    }
  }

  private int next() {
    return setAside(data).stream()
            .map(path -> path.getFileName().toString().substring(ASIDE.length()))
            .filter(number -> number.matches("\\d{1,9}"))
            .map(Integer::valueOf)
            .max(Comparator.naturalOrder())
            .orElse(0)
        + 1;
  }

  /// The stores that were set aside and are still there.
  static List<Path> setAside(Path data) {
    try {
      return list(data).stream()
          .filter(path -> path.getFileName().toString().startsWith(ASIDE))
          .toList();
    } catch (IOException e) {
      LOG.debug("data directory not readable reason={}", e.toString());
      return List.of();
    }
  }

  /// Has the store set aside at the next start, if the attempts allow it.
  ///
  /// @return why not, empty if it will be
  static Optional<String> wantAside(Path data, String reason) {
    if (setAside(data).size() >= ATTEMPTS) {
      return Optional.of("%d damaged stores are kept already".formatted(ATTEMPTS));
    }
    try {
      Files.writeString(data.resolve(WANTED), reason + "\n");
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
