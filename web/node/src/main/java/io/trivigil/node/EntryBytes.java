package io.trivigil.node;

import io.trivigil.model.codec.ByteWriter;
import java.util.concurrent.ArrayBlockingQueue;

/// Writes the store's commands as they stand in the log, into a few buffers that are used again and
/// again: nobody knows how long a batch will be, and what is too long for a guess is copied as it
/// grows. Thread-safe.
final class EntryBytes {
  /// Buffers that are kept.
  private static final int KEPT = 4;

  /// Larger ones are not kept, bytes.
  private static final int LARGEST_KEPT = 256 << 10;

  /// Room of a new one, bytes: enough for 2,000 samples.
  private static final int FIRST_ROOM = 32 << 10;

  private final ArrayBlockingQueue<ByteWriter> free = new ArrayBlockingQueue<>(KEPT);

  /// The bytes of a command, an array of its own.
  ///
  /// @param runs whether a batch is written in runs, which is for feature level 2
  byte[] of(WriteCommand command, boolean runs) {
    ByteWriter kept = free.poll();
    ByteWriter out = kept == null ? new ByteWriter(FIRST_ROOM) : kept;
    byte[] bytes = command.entry(runs, out);
    if (out.capacity() <= LARGEST_KEPT) {
      var _ = free.offer(out);
    }
    return bytes;
  }
}
