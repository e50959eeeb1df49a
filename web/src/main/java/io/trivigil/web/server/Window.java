package io.trivigil.web.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How much of an answer may be on its way to a client, and for how long the client may take
/// nothing of it. The answer's writer waits in [#enter]; whoever brings it away tells. Thread-safe.
final class Window {
  private final int bytes;
  private final Duration maxStall;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long waitingBytes; // guarded by lock, as is the next
  private boolean closed;

  /// @param bytes how much may be on its way; one piece may, however large
  /// @param maxStall how long the writer waits for the client to take anything
  Window(int bytes, Duration maxStall) {
    this.bytes = bytes;
    this.maxStall = maxStall;
  }

  /// Waits until so many bytes fit in; each that is taken starts the wait anew.
  ///
  /// @throws IOException if nothing was taken for too long, or nobody takes any more
  void enter(int more) throws IOException {
    lock.lock();
    try {
      long before = waitingBytes;
      long nanos = maxStall.toNanos();
      while (!closed && waitingBytes > 0 && waitingBytes + more > bytes) {
        if (nanos <= 0) {
          throw new IOException("the client took nothing of the answer for " + maxStall);
        }
        try {
          nanos = changed.awaitNanos(nanos);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while a client takes its answer");
        }
        if (waitingBytes < before) {
          before = waitingBytes;
          nanos = maxStall.toNanos();
        }
      }
      if (closed) {
        throw new IOException("the client went away before it had the whole answer");
      }
      waitingBytes += more;
    } finally {
      lock.unlock();
    }
  }

  /// So many of the bytes that entered are with the client.
  void taken(int some) {
    lock.lock();
    try {
      waitingBytes -= some;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody takes anything any more: the writer fails at its next piece.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
