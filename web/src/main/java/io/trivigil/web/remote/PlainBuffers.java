package io.trivigil.web.remote;

import java.util.concurrent.ArrayBlockingQueue;

/// A few buffers for requests out of snappy, used again and again: a request of 2,000 samples needs
/// some hundred kilobytes, which would be a large object for the collector each time. Thread-safe.
final class PlainBuffers {
  /// Buffers that are kept.
  private static final int KEPT = 4;

  /// Larger ones are not kept, bytes.
  private static final int LARGEST_KEPT = 1 << 20;

  private final ArrayBlockingQueue<byte[]> free = new ArrayBlockingQueue<>(KEPT);

  /// A buffer of at least this size, with anything in it.
  byte[] take(int bytes) {
    byte[] kept = bytes <= LARGEST_KEPT ? free.poll() : null;
    if (kept != null && kept.length >= bytes) {
      return kept;
    }
    // In steps, so that requests of about one size find each other's buffers large enough.
    return new byte[bytes <= LARGEST_KEPT ? (bytes | 0xffff) + 1 : bytes];
  }

  /// Gives a buffer back; nobody may use it any more.
  void give(byte[] buffer) {
    if (buffer.length <= LARGEST_KEPT + 1) {
      var _ = free.offer(buffer);
    }
  }
}
