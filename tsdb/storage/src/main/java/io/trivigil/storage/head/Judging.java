package io.trivigil.storage.head;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// What is asked of a series for each sample that comes, by the thread that applies the log alone:
/// nobody changes a slot under it, so it need not look as carefully as others ([Bare]).
public final class Judging {
  private final SlotTable table;
  private final Lock lock = new ReentrantLock(); // guards the head's memory from its end

  Judging(SlotTable table) {
    this.table = table;
  }

  /// Held while a batch is judged and appended, since who closes the head waits for it.
  public Lock lock() {
    return lock;
  }

  /// The slot of a series that has not left and is not retired, or [Head#NO_SLOT].
  public int find(long ref) {
    return table.findToAppend(ref);
  }

  /// As [Head#lastMs].
  public long lastMs(int slot) {
    return table.ownLastMs(slot);
  }

  /// Begins a batch of so many samples, for [#lastOfBatch]; a series may stand in it several times.
  public void beginBatch(int samples) {
    table.beginBatch(samples);
  }

  /// The place of the series' last accepted sample in this batch, -1 if it has none.
  public int lastOfBatch(int slot) {
    return table.marked(slot);
  }

  /// Notes that this one is.
  public void markLastOfBatch(int slot, int sample) {
    table.mark(slot, sample);
  }
}
