package io.trivigil.scraper.loop;

import io.trivigil.model.work.Workers;
import java.util.concurrent.Semaphore;

/// The only clock of the loops, and where their threads come from.
public interface Pacer {
  /// Wall time, epoch ms.
  long nowMs();

  /// Elapsed time, ns.
  long nanoTime();

  /// Waits until the wall clock has reached a time; returns at once if it has.
  void sleepUntil(long atMs) throws InterruptedException;

  /// Waits until `signal` has a permit, and takes all of them, or the time has come.
  void await(Semaphore signal, long atMs) throws InterruptedException;

  /// The threads of the loops.
  default Workers workers() {
    return Workers.VIRTUAL;
  }
}
