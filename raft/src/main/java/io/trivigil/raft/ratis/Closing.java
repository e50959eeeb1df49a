package io.trivigil.raft.ratis;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes what may never come to its end.
///
/// Ratis 3.3 can: closing its log it holds the log's lock and waits for the thread that evicts
/// cached segments, and that thread, if it was woken by the last entry, waits for the lock. By then
/// all that was acknowledged is on disk and nothing is applied any more, so the node need not wait.
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  /// Closes it on a thread of its own; blocks for `limit` at most.
  ///
  /// @return whether it is closed, in order or not; else the thread is left behind
  static boolean within(Duration limit, String name, Closeable open) {
    Thread closing =
        Thread.ofPlatform()
            .name("raft-close-" + name)
            .daemon(true)
            .start(
                () -> {
                  try {
                    open.close();
                  } catch (IOException | RuntimeException e) {
                    LOG.warn("Raft server not closed in order reason={}", e.toString());
                  }
                });
    try {
      if (closing.join(limit)) {
        return true;
      }
      LOG.warn("Raft server still closes, it is left behind after_ms={}", limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
