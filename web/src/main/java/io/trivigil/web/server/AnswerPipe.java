package io.trivigil.web.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An answer on its way from the thread that writes it to the connection that takes it, of which
/// never more than a window is in memory. One that fits into the window is handed over whole by
/// [#end]; the first byte beyond it opens a stream, and from then on the writer waits for the
/// client. Written by one thread, read by another; [#abandon] may be called from any.
final class AnswerPipe extends OutputStream {
  private static final int PIECE_BYTES = 32 << 10;

  private final int windowBytes;
  private final Window window;
  private final Consumer<InputStream> opener;

  private byte[] piece = new byte[1 << 10]; // the writer's own, as are the next
  private int filled;
  private long pushed;
  private boolean open;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> waiting = new ArrayDeque<>(); // this and all below: guarded by lock
  private boolean ended;
  private boolean abandoned;
  private @Nullable Throwable failure; // what the writer failed of

  /// @param windowBytes how much of the answer may wait here
  /// @param maxStall how long the writer waits for the client to take anything
  /// @param opener is told once, on the writer's thread, if the answer does not fit into the window
  AnswerPipe(int windowBytes, Duration maxStall, Consumer<InputStream> opener) {
    this.windowBytes = windowBytes;
    this.window = new Window(windowBytes, maxStall);
    this.opener = opener;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    int from = offset;
    int rest = length;
    while (rest > 0) {
      if (filled == PIECE_BYTES) {
        push();
      }
      int more = Math.min(rest, PIECE_BYTES - filled);
      if (filled + more > piece.length) {
        int size = Math.max(filled + more, piece.length * 2);
        piece = Arrays.copyOf(piece, Math.min(PIECE_BYTES, size));
      }
      System.arraycopy(source, from, piece, filled, more);
      filled += more;
      from += more;
      rest -= more;
    }
  }

  private void push() throws IOException {
    byte[] full = filled == piece.length ? piece : Arrays.copyOf(piece, filled);
    piece = new byte[PIECE_BYTES];
    filled = 0;
    pushed += full.length;
    if (!open && pushed > windowBytes) {
      open = true;
      opener.accept(new Stream());
    }
    window.enter(full.length);
    lock.lock();
    try {
      if (!abandoned) { // or nobody would take it away again
        waiting.add(full);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends the answer. Returns all of it, unless a stream of it was opened.
  Optional<byte[]> end() throws IOException {
    if (open) {
      if (filled > 0) {
        push();
      }
      finish(null);
      return Optional.empty();
    }
    lock.lock();
    try {
      ByteArrayOutputStream whole = new ByteArrayOutputStream((int) pushed + filled);
      waiting.forEach(whole::writeBytes);
      whole.write(piece, 0, filled);
      return Optional.of(whole.toByteArray());
    } finally {
      lock.unlock();
    }
  }

  /// Whether a stream was opened. The writer asks.
  boolean isOpen() {
    return open;
  }

  /// Ends the answer where it is: the reader gets the failure.
  void fail(Throwable cause) {
    finish(cause);
  }

  private void finish(@Nullable Throwable cause) {
    lock.lock();
    try {
      failure = cause;
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody takes the answer any more: the writer fails at its next write.
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    window.close();
  }

  /// The reader's end.
  private final class Stream extends InputStream {
    private byte[] current = new byte[0];
    private int at;

    @Override
    public int read() throws IOException {
      return hasMore() ? current[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!hasMore()) {
        return -1;
      }
      int taken = Math.min(length, current.length - at);
      System.arraycopy(current, at, target, offset, taken);
      at += taken;
      return taken;
    }

    @Override
    public int available() {
      return current.length - at;
    }

    private boolean hasMore() throws IOException {
      if (at < current.length) {
        return true;
      }
      lock.lock();
      try {
        while (waiting.isEmpty() && !ended && !abandoned) {
          changed.awaitUninterruptibly();
        }
        if (failure != null || abandoned) {
          throw new IOException("the answer ends before its end", failure);
        }
        if (waiting.isEmpty()) {
          return false;
        }
        current = waiting.remove();
        at = 0;
      } finally {
        lock.unlock();
      }
      window.taken(current.length);
      return true;
    }

    @Override
    public void close() {
      abandon();
    }
  }
}
