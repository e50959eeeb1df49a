package io.trivigil.raft;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Counts what happens to the log of one node. Thread-safe; every method may be called from any
/// thread. Only grows.
public final class LogMetrics {
  /// Upper bounds of the commit latency's buckets, seconds, inclusive; a last one is +Inf.
  private static final double[] LATENCY_BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final LongAdder elections = new LongAdder();
  private final LongAdder entriesApplied = new LongAdder();
  private final LongAdder commandsApplied = new LongAdder();
  private final LongAdder bytesApplied = new LongAdder();
  private final LongAdder snapshots = new LongAdder();
  private final LongAdder snapshotFailures = new LongAdder();
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

  /// A leader was elected, as this node saw it.
  public void electionSeen() {
    elections.increment();
  }

  /// An entry was applied.
  public void applied(int commands, long bytes) {
    entriesApplied.increment();
    commandsApplied.add(commands);
    bytesApplied.add(bytes);
  }

  /// A snapshot was written.
  public void snapshotWritten() {
    snapshots.increment();
  }

  /// A snapshot could not be written.
  public void snapshotFailed() {
    snapshotFailures.increment();
  }

  /// The files of a checkpoint were made for a peer.
  public void checkpointSent() {
    checkpointsSent.increment();
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
  }

  /// The fate of an entry proposed here is unknown.
  public void proposalLost() {
    proposalsLost.increment();
  }

  /// An entry proposed here was refused.
  public void proposalRefused() {
    proposalsRefused.increment();
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
