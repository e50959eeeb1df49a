package io.trivigil.raft;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleConsumer;

/// Counts what happens to the log of one node. Thread-safe; every method may be called from any
/// thread.
public final class LogMetrics {
  /// Upper bounds of the commit latency's buckets, seconds, inclusive; a last one is +Inf.
  private static final double[] LATENCY_BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /// Why a proposal was not taken, or not said to be.
  public enum NotTaken {
    /// One command was larger than the limit.
    TOO_LARGE,
    /// More was waiting and in flight than the limit.
    TOO_MUCH_PENDING,
    /// No leader, or not the leader of the term that was asked for.
    NOT_LEADER,
    /// Nobody knows what became of it.
    UNKNOWN;

    /// In lower case, as a metric's label has it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final LongAdder elections = new LongAdder();
  private final LongAdder leaderChanges = new LongAdder();
  private final LongAdder successions = new LongAdder();
  private final Map<NotTaken, LongAdder> refusals = new EnumMap<>(NotTaken.class);
  private final LongAdder snapshotNanos = new LongAdder();
  private volatile long lastSnapshotNanos;
  private volatile boolean everSnapshot;
  private volatile long checkpointBytes;
  private volatile long failoverNanos = -1;
  private volatile DoubleConsumer commits = _ -> {};
  private volatile DoubleConsumer failovers = _ -> {};
  private final LongAdder entriesApplied = new LongAdder();
  private final LongAdder commandsApplied = new LongAdder();
  private final LongAdder bytesApplied = new LongAdder();
  private final LongAdder snapshots = new LongAdder();
  private final LongAdder snapshotFailures = new LongAdder();
  private final LongAdder snapshotWaitNanos = new LongAdder();
  private final LongAdder checkpointsSent = new LongAdder();
  private final LongAdder checkpointsInstalled = new LongAdder();
  private final LongAdder proposalsLost = new LongAdder();
  private final LongAdder proposalsRefused = new LongAdder();
  private final AtomicLongArray latencyBuckets = new AtomicLongArray(LATENCY_BOUNDS.length + 1);
  private final LongAdder latencyNanos = new LongAdder();

  /// The commit latency of entries proposed here, from proposal to applied on this node.
  ///
  /// @param bounds upper bounds of the buckets, seconds, inclusive; the last bucket has none
  /// @param counts entries of each bucket, not cumulated; one more than bounds
  /// @param sumSeconds the sum of all latencies
  public record Latency(double[] bounds, long[] counts, double sumSeconds) {}

  public LogMetrics() {
    for (NotTaken why : NotTaken.values()) {
      refusals.put(why, new LongAdder()); // from here on the map is only read
    }
  }

  /// A leader was elected, as this node saw it.
  public void electionSeen() {
    elections.increment();
  }

  /// Another node leads than before, as this node saw it.
  public void leaderChanged() {
    leaderChanges.increment();
  }

  /// This node called an election because the leader's process was gone.
  public void succeeded() {
    successions.increment();
  }

  /// This node became a ready leader so long after it had last heard of the leader before.
  public void failedOver(long nanos) {
    failoverNanos = nanos;
    failovers.accept(nanos / 1e9);
  }

  /// A command proposed here was not taken.
  public void refused(NotTaken why) {
    count(why).increment();
  }

  /// Tells of each latency too, seconds: of commits, as [#commitLatency] counts them, and of
  /// failovers. Called by the log's threads, so it must not block.
  public void observe(DoubleConsumer onCommit, DoubleConsumer onFailover) {
    commits = onCommit;
    failovers = onFailover;
  }

  /// An entry was applied.
  public void applied(int commands, long bytes) {
    entriesApplied.increment();
    commandsApplied.add(commands);
    bytesApplied.add(bytes);
  }

  /// A snapshot was written; at `atNanos` of the ticker it was done, after `tookNanos`.
  public void snapshotWritten(long atNanos, long tookNanos) {
    snapshots.increment();
    snapshotNanos.add(tookNanos);
    lastSnapshotNanos = atNanos;
    everSnapshot = true;
  }

  /// A snapshot could not be written.
  public void snapshotFailed() {
    snapshotFailures.increment();
  }

  /// Applying waited so long for a snapshot, because memory did not allow more before.
  public void waitedForSnapshot(long nanos) {
    snapshotWaitNanos.add(nanos);
  }

  /// The files of a checkpoint were made for a peer.
  public void checkpointSent(long bytes) {
    checkpointsSent.increment();
    checkpointBytes = bytes;
  }

  /// A peer's checkpoint replaced the state here.
  public void checkpointInstalled() {
    checkpointsInstalled.increment();
  }

  /// An entry proposed here was committed and applied here after `nanos`.
  public void committed(long nanos) {
    double seconds = nanos / 1e9;
    int bucket = 0;
    while (bucket < LATENCY_BOUNDS.length && seconds > LATENCY_BOUNDS[bucket]) {
      bucket++;
    }
    latencyBuckets.incrementAndGet(bucket);
    latencyNanos.add(nanos);
    commits.accept(seconds);
  }

  /// The fate of an entry proposed here is unknown.
  public void proposalLost() {
    proposalsLost.increment();
  }

  /// An entry proposed here was refused.
  public void proposalRefused() {
    proposalsRefused.increment();
  }

  public long leaderChanges() {
    return leaderChanges.sum();
  }

  public long refusals(NotTaken why) {
    return count(why).sum();
  }

  private LongAdder count(NotTaken why) {
    return Objects.requireNonNull(refusals.get(why));
  }

  /// How long all snapshots took together, seconds.
  public double snapshotSeconds() {
    return snapshotNanos.sum() / 1e9;
  }

  /// How long ago the last snapshot was written here, seconds; -1 before any since the start.
  ///
  /// @param nowNanos the ticker now
  public double snapshotAgeSeconds(long nowNanos) {
    return everSnapshot ? (nowNanos - lastSnapshotNanos) / 1e9 : -1;
  }

  /// Bytes of the last checkpoint that was made for a peer; 0 before any.
  public long checkpointBytes() {
    return checkpointBytes;
  }

  /// How long the last failover to this node took, seconds: from when it last heard of the old
  /// leader until it was ready. -1 before any.
  public double failoverSeconds() {
    long nanos = failoverNanos;
    return nanos < 0 ? -1 : nanos / 1e9;
  }

  public long successions() {
    return successions.sum();
  }

  public long elections() {
    return elections.sum();
  }

  public long entriesApplied() {
    return entriesApplied.sum();
  }

  public long commandsApplied() {
    return commandsApplied.sum();
  }

  public long bytesApplied() {
    return bytesApplied.sum();
  }

  public long snapshots() {
    return snapshots.sum();
  }

  public long snapshotFailures() {
    return snapshotFailures.sum();
  }

  /// How long applying waited for snapshots, seconds.
  public double snapshotWaitSeconds() {
    return snapshotWaitNanos.sum() / 1e9;
  }

  public long checkpointsSent() {
    return checkpointsSent.sum();
  }

  public long checkpointsInstalled() {
    return checkpointsInstalled.sum();
  }

  public long proposalsLost() {
    return proposalsLost.sum();
  }

  public long proposalsRefused() {
    return proposalsRefused.sum();
  }

  /// The commit latency so far.
  public Latency commitLatency() {
    long[] counts = new long[latencyBuckets.length()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = latencyBuckets.get(i);
    }
    return new Latency(LATENCY_BOUNDS.clone(), counts, latencyNanos.sum() / 1e9);
  }
}
