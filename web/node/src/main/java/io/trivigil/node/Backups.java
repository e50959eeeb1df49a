package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.storage.ContentSum;
import io.trivigil.storage.FixedContent;
import io.trivigil.storage.SnapshotPosition;
import io.trivigil.storage.Storage;
import io.trivigil.storage.backup.BackupDirectory;
import io.trivigil.storage.backup.BackupException;
import io.trivigil.storage.backup.BackupFile;
import io.trivigil.storage.backup.BackupManifest;
import io.trivigil.storage.backup.Throttle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes consistent copies of this node while it works, one at a time.
///
/// A snapshot is written and its files are linked aside, so that nothing is copied on this disk and
/// nothing waits. The content's checksum is computed from the entry of that snapshot, and each file
/// is hashed, slowly. Then the files can be fetched piece by piece. What nobody asks about for
/// [#IDLE_NANOS] is dropped, as is everything at a start.
///
/// In the data directory, `backup/` belongs to this class, and `snapshots/` gets whole backups for
/// whoever asks in Prometheus's words. Thread-safe.
public final class Backups implements AutoCloseable {
  /// A backup that nobody asks about is dropped after so long.
  static final long IDLE_NANOS = 600_000_000_000L;

  private static final Duration IDLE_LOOK = Duration.ofMinutes(1);

  /// The largest piece of a file that is given at once, bytes.
  public static final int MAX_PIECE = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final int TRIES = 5;

  private final NodeOptions options;
  private final Node.World world;
  private final NodeMachine machine;
  private final Storage storage;
  private final DiskReserve reserve;
  private final Path directory;
  private final Path snapshots;
  private final Metrics.Counter made;
  private final Metrics.Counter failed;
  private final Turns turns = new Turns("backup");
  private volatile @Nullable ReplicatedLog log; // set once
  private volatile long lastMs; // when the last one was fetched whole; 0 before
  private @Nullable Job current; // guarded by this

  // Sums of files that never change, so that an incremental backup reads only what is new.
  private Map<String, BackupFile> known = new HashMap<>(); // owned by the thread

  /// One backup on its way.
  ///
  /// @param id names it
  /// @param state where it stands
  public record Status(String id, State state) {}

  /// Where a backup stands.
  public sealed interface State {
    /// Files are being linked and read.
    record Preparing() implements State {}

    /// Its files can be fetched.
    record Ready(BackupManifest manifest) implements State {}

    record Failed(String reason) implements State {}
  }

  private static final class Job {
    final String id;
    final Throttle throttle;
    volatile State state = new State.Preparing();
    volatile long usedNanos;

    Job(String id, Throttle throttle, long nowNanos) {
      this.id = id;
      this.throttle = throttle;
      this.usedNanos = nowNanos;
    }
  }

  Backups(
      NodeOptions options,
      Node.World world,
      NodeMachine machine,
      DiskReserve reserve,
      Metrics metrics) {
    this.options = options;
    this.world = world;
    this.machine = machine;
    this.storage = machine.storage();
    this.reserve = reserve;
    this.directory = options.dataDirectory().resolve("backup");
    this.snapshots = options.dataDirectory().resolve("snapshots");
    this.made = metrics.counter("trivigil_backups_total", "Backups that were made here.");
    this.failed = metrics.counter("trivigil_backups_failed_total", "Backups that failed here.");
    metrics.gauge(
        "trivigil_backup_last_seconds",
        "When a backup of this node was last taken whole, seconds since 1970; 0 if not since its"
            + " start.",
        () -> lastMs / 1000.0);
  }

  void start(ReplicatedLog of) throws IOException {
    delete(directory); // of an earlier life
    log = of;
    Future<?> _ = turns.every(IDLE_LOOK, IDLE_LOOK, this::dropIdle);
  }

  /// Begins a backup.
  ///
  /// @param bytesPerSecond how fast this node's disk is read for it
  /// @return where it stands; another one that is under way keeps its id, and this call fails
  /// @throws BackupException if one is under way, or the disk is nearly full
  public synchronized Status begin(long bytesPerSecond) throws BackupException {
    Job running = current;
    if (running != null && !(running.state instanceof State.Failed)) {
      throw new BackupException(
          "a backup is under way: id=%s; it ends, or is dropped when nobody asks about it for 10 min"
              .formatted(running.id));
    }
    if (reserve.isLow()) {
      throw new BackupException("no backup while the disk is nearly full");
    }
    Job job =
        new Job(
            "%016x".formatted(world.random().nextLong()),
            new Throttle(bytesPerSecond, world.nanoTicker()),
            world.nanoTicker().getAsLong());
    current = job;
    turns.once(() -> prepare(job));
    return new Status(job.id, job.state);
  }

  /// Where a backup stands; empty if there is none of this id.
  public Optional<Status> status(String id) {
    return find(id).map(job -> new Status(job.id, job.state));
  }

  private synchronized Optional<Job> find(String id) {
    Job job = current;
    if (job == null || !job.id.equals(id)) {
      return Optional.empty();
    }
    job.usedNanos = world.nanoTicker().getAsLong();
    return Optional.of(job);
  }

  /// A piece of a file; shorter than asked for at its end. Throttled with the rest.
  ///
  /// @throws BackupException if there is no such backup or file
  public byte[] piece(String id, String name, long offset, int length) throws IOException {
    Job job = find(id).orElseThrow(() -> new BackupException("no such backup: id=" + id));
    boolean named =
        job.state instanceof State.Ready(BackupManifest manifest)
            && manifest.files().stream().anyMatch(file -> file.name().equals(name));
    if (!named || offset < 0 || length < 1 || length > MAX_PIECE) {
      throw new BackupException(
          "no such piece: file=%s offset=%d length=%d".formatted(name, offset, length));
    }
    ByteBuffer piece = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(files(id).resolve(name))) {
      long at = offset;
      while (piece.hasRemaining()) {
        int read = channel.read(piece, at);
        if (read < 0) {
          break;
        }
        at += read;
      }
    }
    job.throttle.took(piece.position());
    byte[] bytes = new byte[piece.position()];
    piece.flip().get(bytes);
    return bytes;
  }

  /// Ends a backup and drops its files.
  ///
  /// @param complete whether everything was fetched
  public void end(String id, boolean complete) throws IOException {
    if (find(id).isPresent()) {
      if (complete) {
        lastMs = world.clock().millis();
        made.inc();
      }
      synchronized (this) {
        current = null;
      }
      delete(directory.resolve(id));
    }
  }

  /// When a backup was last fetched whole, epoch ms; 0 if not since the start.
  public long lastMs() {
    return lastMs;
  }

  /// Makes a whole backup in this node's data directory, below `snapshots/`; blocks.
  ///
  /// @return its name, as Prometheus builds it
  public String snapshot() throws IOException, InterruptedException {
    Status begun = begin(Throttle.DEFAULT_RATE);
    boolean complete = false;
    try {
      State state = begun.state();
      while (state instanceof State.Preparing) {
        CountDownLatch behindTheWork = new CountDownLatch(1);
        if (!turns.once(behindTheWork::countDown)) {
          throw new BackupException("the node stops");
        }
        behindTheWork.await();
        state = status(begun.id()).map(Status::state).orElse(new State.Failed("dropped"));
      }
      return switch (state) {
        case State.Ready(BackupManifest manifest) -> {
          String name =
              DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                      .format(world.clock().instant().atOffset(ZoneOffset.UTC))
                  + "-"
                  + begun.id();
          Path files = files(begun.id());
          BackupDirectory.write(
              snapshots.resolve(name),
              manifest,
              file -> Files.newInputStream(files.resolve(file.name())),
              Optional.empty());
          complete = true;
          yield name;
        }
        case State.Failed(String reason) -> throw new BackupException(reason);
        case State.Preparing _ -> throw new IllegalStateException("left while preparing");
      };
    } finally {
      end(begun.id(), complete);
    }
  }

  private Path files(String id) {
    return directory.resolve(id).resolve("files");
  }

  // ---- on the thread ----

  private void prepare(Job job) {
    try {
      BackupManifest manifest = manifest(job);
      job.state = new State.Ready(manifest);
      LOG.info(
          "backup is ready id={} index={} files={} bytes={}",
          job.id,
          manifest.index(),
          manifest.files().size(),
          manifest.bytes());
    } catch (IOException | RuntimeException e) {
      failed.inc();
      LOG.warn("backup failed id={} reason={}", job.id, e.toString());
      job.state = new State.Failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      job.state = new State.Failed("the node stops");
    }
  }

  private BackupManifest manifest(Job job) throws IOException, InterruptedException {
    Path files = files(job.id);
    for (int i = 0; i < TRIES; i++) {
      SnapshotPosition at;
      ContentSum sum;
      try (FixedContent content = contentOfSnapshot()) {
        delete(files);
        Files.createDirectories(files);
        at = storage.writeCheckpoint(files);
        if (!at.equals(content.position())) {
          continue; // a later snapshot came in between
        }
        sum = content.sum(new Throttle(0, world.nanoTicker()));
      }
      return new BackupManifest(
          options.clusterName(),
          options.nodeId(),
          at.term(),
          at.index(),
          at.logTimeMs(),
          NodeOptions.PARTITION.toMillis(),
          sum.text(),
          hashed(job, files));
    }
    throw new BackupException(
        "snapshots follow each other too quickly for a backup: tried=" + TRIES);
  }

  /// Has a snapshot written, with the content fixed at its entry.
  private FixedContent contentOfSnapshot() throws IOException, InterruptedException {
    ReplicatedLog of = log;
    if (of == null) {
      throw new BackupException("the node has not started yet");
    }
    CompletableFuture<FixedContent> wanted = machine.contentAtCapture();
    try {
      for (int i = 0; i < TRIES && !wanted.isDone(); i++) {
        of.snapshot().get(); // the first may join one whose capture was taken before
      }
    } catch (ExecutionException e) {
      throw new IOException("snapshot failed: " + e.getCause(), e);
    }
    if (!wanted.isDone()) {
      throw new BackupException("no snapshot was taken");
    }
    return wanted.join();
  }

  private List<BackupFile> hashed(Job job, Path directoryOfFiles) throws IOException {
    List<BackupFile> files = new ArrayList<>();
    Map<String, BackupFile> next = new HashMap<>();
    try (Stream<Path> all = Files.list(directoryOfFiles)) {
      for (Path file : all.sorted().toList()) {
        String name = file.getFileName().toString();
        job.usedNanos = world.nanoTicker().getAsLong();
        // A table's number is never used again within one store, which begins with one inode.
        String key = "%s %s".formatted(name, Files.getAttribute(file, "unix:ino"));
        BackupFile before = known.get(key);
        boolean same =
            before != null && name.endsWith(".sst") && before.bytes() == Files.size(file);
        BackupFile hashed = same ? before : BackupFile.of(file, job.throttle);
        next.put(key, hashed);
        files.add(hashed);
      }
    }
    known = next;
    return files;
  }

  private void dropIdle() {
    Job job;
    synchronized (this) {
      job = current;
      if (job == null
          || job.state instanceof State.Preparing
          || world.nanoTicker().getAsLong() - job.usedNanos <= IDLE_NANOS) {
        return;
      }
      current = null;
    }
    LOG.warn("backup was not fetched and is dropped id={}", job.id);
    try {
      delete(directory.resolve(job.id));
    } catch (IOException e) {
      LOG.warn("backup could not be dropped id={} reason={}", job.id, e.toString());
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> all = Files.walk(tree)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  @Override
  public void close() {
    turns.close();
  }
}
