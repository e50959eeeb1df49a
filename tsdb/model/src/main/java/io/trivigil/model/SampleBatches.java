package io.trivigil.model;

import java.util.concurrent.ArrayBlockingQueue;

/// A few batches, used again and again: the arrays of one of 2,000 samples are 48 kB, which remote
/// write would ask the collector for twice with each request. Thread-safe.
public final class SampleBatches {
  /// Batches that are kept.
  static final int KEPT = 4;

  /// Larger ones are not kept, samples: together at most 1.5 MiB wait here.
  static final int LARGEST_KEPT = 16 << 10;

  /// Room of a new one, samples: what senders put into one request by default.
  private static final int FIRST_ROOM = 2_000;

  private final ArrayBlockingQueue<SampleBatch> free = new ArrayBlockingQueue<>(KEPT);

  /// An empty batch.
  public SampleBatch take() {
    SampleBatch kept = free.poll();
    return kept == null ? new SampleBatch(FIRST_ROOM) : kept;
  }

  /// Gives a batch back; nobody may use it any more.
  public void give(SampleBatch batch) {
    batch.clear();
    if (batch.room() <= LARGEST_KEPT) {
      var _ = free.offer(batch);
    }
  }
}
