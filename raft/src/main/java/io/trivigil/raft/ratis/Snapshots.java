package io.trivigil.raft.ratis;

import io.trivigil.raft.LogLimits;
import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.StateMachine;
import io.trivigil.raft.StateMachine.Capture;
import io.trivigil.raft.StateMachine.CaptureNeed;
import io.trivigil.raft.StateMachine.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the state durable in the background, each time enough log was applied or the log rests,
/// and hands it to peers as files.
///
/// Captures are taken on the apply thread and written on `raft-snapshot-<node>`; a private lock
/// keeps writing a snapshot, making a checkpoint and installing one apart from each other.
final class Snapshots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  /// Checkpoints that no peer has asked for in so long are dropped; they hold on to disk space.
  private static final long CHECKPOINT_IDLE_NANOS = 600_000_000_000L;

  private final StateMachine machine;
  private final LogMetrics metrics;
  private final LogLimits limits;
  private final Rest rest; // the timer's thread only
  private final HaltSwitch halt;
  private final ExecutorService writer;
  private final LongConsumer purgeBehind;

  private final LongSupplier nanoTicker;
  private volatile long checkpointUsedNanos;

  private final Object filesLock = new Object();
  private volatile Position durable;
  private volatile @Nullable Path checkpointParent;

  private volatile long appliedBytes; // since the start; written by the apply thread only, as is:
  private volatile long capturedBytes; // of these, what snapshots contain
  private @Nullable CompletableFuture<Long> running; // apply thread only

  Snapshots(
      String nodeId,
      StateMachine machine,
      LogMetrics metrics,
      LogLimits limits,
      HaltSwitch halt,
      LongSupplier nanoTicker,
      LongConsumer purgeBehind) {
    this.machine = machine;
    this.metrics = metrics;
    this.limits = limits;
    this.rest = new Rest(limits, nanoTicker.getAsLong());
    this.halt = halt;
    this.nanoTicker = nanoTicker;
    this.purgeBehind = purgeBehind;
    this.durable = machine.recovered();
    this.checkpointUsedNanos = nanoTicker.getAsLong();
    this.writer =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("raft-snapshot-" + nodeId).daemon(true).factory());
  }

  /// What of the log the durable state contains.
  Position durable() {
    return durable;
  }

  /// Where Ratis keeps the files of checkpoints. Finishes an install that a crash cut short.
  void open(Path parent) throws IOException {
    checkpointParent = parent;
    synchronized (filesLock) {
      installNewest(parent);
      for (Path left : Checkpoints.directories(parent)) {
        Checkpoints.delete(left);
      }
      Checkpoints.delete(parent.resolve("making"));
    }
  }

  /// Counts what was applied, and begins a snapshot when it is time. If memory does not allow more
  /// before that, waits until it is written: who proposes is then refused once too much waits.
  /// Apply thread.
  void applied(long bytes) {
    long all = appliedBytes + bytes;
    appliedBytes = all;
    CaptureNeed need = machine.captureNeed();
    boolean due = all - capturedBytes >= limits.snapshotEveryBytes();
    if ((due || need != CaptureNeed.NONE) && (running == null || running.isDone())) {
      var _ = begin(); // a failure is logged and counted where it happens
    }
    CompletableFuture<Long> current = running;
    if (need == CaptureNeed.BEFORE_MORE && current != null && !current.isDone()) {
      long startNanos = nanoTicker.getAsLong();
      current.handle((_, _) -> true).join();
      metrics.waitedForSnapshot(nanoTicker.getAsLong() - startNanos);
    }
  }

  /// Whether the log rests, and more of it stands behind the newest snapshot than a restart should
  /// apply. The timer's thread.
  boolean askedForByRest() {
    return rest.asksForSnapshot(appliedBytes, capturedBytes, nanoTicker.getAsLong());
  }

  /// Captures the state now and makes it durable beside further entries; completes with the index
  /// that the durable state then contains. Joins a snapshot that is being written. Apply thread.
  CompletableFuture<Long> begin() {
    CompletableFuture<Long> current = running;
    if (current != null && !current.isDone()) {
      return current;
    }
    capturedBytes = appliedBytes;
    Capture capture = machine.capture();
    CompletableFuture<Long> done = new CompletableFuture<>();
    running = done;
    try {
      writer.execute(() -> write(capture, done));
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(e); // closed meanwhile
    }
    return done;
  }

  private void write(Capture capture, CompletableFuture<Long> done) {
    try {
      Position position = capture.position();
      long startNanos = nanoTicker.getAsLong();
      synchronized (filesLock) {
        // A checkpoint that was installed meanwhile is newer, and replaced what was captured.
        if (position.index() > durable.index()) {
          capture.write();
          durable = position;
        }
        dropIdleCheckpoints();
      }
      long endNanos = nanoTicker.getAsLong();
      metrics.snapshotWritten(endNanos, endNanos - startNanos);
      purgeBehind.accept(durable.index());
      done.complete(durable.index());
    } catch (IOException e) {
      metrics.snapshotFailed();
      LOG.error("snapshot failed index={} reason={}", capture.position().index(), e.toString(), e);
      done.completeExceptionally(e);
    } catch (Throwable t) { // the state itself is in doubt
      metrics.snapshotFailed();
      done.completeExceptionally(t);
      halt.pull(
          new LogHaltedException("snapshot failed at index=" + capture.position().index(), t));
    }
  }

  /// Replaces the state by the newest checkpoint that Ratis has published, if that is newer. Apply
  /// thread.
  void installPublished() throws IOException {
    Path parent = checkpointParent;
    if (parent == null) {
      throw new IllegalStateException("install before open");
    }
    synchronized (filesLock) {
      installNewest(parent);
    }
  }

  private void installNewest(Path parent) throws IOException {
    Checkpoints.Checkpoint newest = Checkpoints.newest(parent).orElse(null);
    if (newest == null || newest.position().index() <= durable.index()) {
      return;
    }
    Checkpoints.removeDigests(newest);
    Position installed = machine.install(newest.state());
    if (!installed.equals(newest.position())) {
      throw new IOException(
          "checkpoint installed at another place: wanted=%s found=%s"
              .formatted(newest.position(), installed));
    }
    durable = installed;
    metrics.checkpointInstalled();
    Checkpoints.delete(newest.directory());
    LOG.info("checkpoint installed term={} index={}", installed.term(), installed.index());
  }

  /// The durable state as Ratis sees it, or null while there is none.
  @Nullable SnapshotInfo latest() {
    Position position = durable;
    return position.index() < 0 ? null : new Latest(position);
  }

  @Override
  public void close() {
    writer.shutdown();
  }

  /// The durable state. Its files are made only when Ratis asks for them, to send them to a peer;
  /// by then a newer snapshot may have been written, and the position moves with the files.
  private final class Latest implements SnapshotInfo {
    private Position position;
    private @Nullable List<FileInfo> files;

    Latest(Position position) {
      this.position = position;
    }

    @Override
    public synchronized TermIndex getTermIndex() {
      return TermIndex.valueOf(position.term(), position.index());
    }

    @Override
    public synchronized List<FileInfo> getFiles() {
      checkpointUsedNanos = nanoTicker.getAsLong(); // asked again for each file that is sent
      List<FileInfo> made = files;
      if (made == null) {
        made = make();
        files = made;
      }
      return made;
    }

    private List<FileInfo> make() {
      Path parent = checkpointParent;
      if (parent == null) {
        throw new IllegalStateException("checkpoint asked for before the log was open");
      }
      try {
        Checkpoints.Checkpoint made;
        synchronized (filesLock) {
          dropOld(parent);
          made = Checkpoints.make(machine, parent);
        }
        position = made.position();
        long bytes = 0;
        for (Path file : made.files()) {
          bytes += Files.size(file);
        }
        metrics.checkpointSent(bytes);
        LOG.info("checkpoint made index={} files={}", position.index(), made.files().size());
        // Ratis computes each file's MD5 while it sends it, where none is given.
        List<FileInfo> infos = new ArrayList<>();
        infos.add(new FileInfo(made.directory().resolve(Checkpoints.MANIFEST), null));
        made.files().forEach(file -> infos.add(new FileInfo(file, null)));
        return List.copyOf(infos);
      } catch (IOException e) {
        throw new UncheckedIOException("checkpoint could not be made", e);
      }
    }

    @Override
    public String toString() {
      return "snapshot at " + getTermIndex();
    }
  }

  private void dropIdleCheckpoints() throws IOException {
    Path parent = checkpointParent;
    if (parent != null && nanoTicker.getAsLong() - checkpointUsedNanos > CHECKPOINT_IDLE_NANOS) {
      for (Path idle : Checkpoints.directories(parent)) {
        Checkpoints.delete(idle);
      }
    }
  }

  /// Keeps the newest checkpoint, which may be on its way to another peer, and drops the others.
  private static void dropOld(Path parent) throws IOException {
    List<Path> all = new ArrayList<>(Checkpoints.directories(parent));
    all.sort(Comparator.comparingLong(p -> p.toFile().lastModified()));
    for (Path old : all.subList(0, Math.max(0, all.size() - 1))) {
      Checkpoints.delete(old);
    }
  }
}
