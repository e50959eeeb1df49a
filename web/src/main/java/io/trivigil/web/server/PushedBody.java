package io.trivigil.web.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.trivigil.web.http.AtHand;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// The body of an answer, pushed to its connection by the thread that writes it, of which never
/// more than a window is in memory, and a piece that is being filled. One that fits into the window
/// is handed over whole by [#end]; the first byte beyond it sends the head and all that waits, and
/// from then on the writer waits for the client. Written by one thread; the connection's event loop
/// tells what was taken.
final class PushedBody extends OutputStream {
  private static final int FIRST_BYTES = 2 << 10;
  private static final int MOST_PIECE_BYTES = 64 << 10;

  private final ChannelHandlerContext context;
  private final HttpResponse head;
  private final int windowBytes;
  private final int pieceBytes;
  private final Window window;
  private byte[] piece = new byte[FIRST_BYTES];
  private int filled;
  private boolean begun;

  /// @param head of the answer, without a length; sent by this only where the body is a long one
  PushedBody(ChannelHandlerContext context, HttpResponse head, int windowBytes, Duration maxStall) {
    this.context = context;
    this.head = head;
    this.windowBytes = windowBytes;
    this.pieceBytes = Math.clamp(windowBytes / 4, 1, MOST_PIECE_BYTES);
    this.window = new Window(windowBytes, maxStall);
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
      int limit = begun ? pieceBytes : windowBytes;
      if (filled == limit) {
        push();
        limit = pieceBytes;
      }
      int more = Math.min(rest, limit - filled);
      if (filled + more > piece.length) {
        piece = Arrays.copyOf(piece, Math.min(limit, Math.max(filled + more, piece.length * 2)));
      }
      System.arraycopy(source, from, piece, filled, more);
      filled += more;
      from += more;
      rest -= more;
    }
  }

  private void push() throws IOException {
    AtHand.refuse();
    int bytes = filled;
    window.enter(bytes);
    if (!begun) {
      begun = true;
      HttpUtil.setTransferEncodingChunked(head, true);
      var _ = context.write(head);
    }
    context
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece, 0, bytes)))
        .addListener(written -> taken(bytes, written.isSuccess()));
    piece = new byte[pieceBytes]; // the other one is the connection's now
    filled = 0;
  }

  private void taken(int bytes, boolean whole) {
    if (!whole) {
      window.close();
    }
    window.taken(bytes);
  }

  /// Nobody takes the answer any more: the writer fails at its next piece.
  void abandon() {
    window.close();
  }

  /// Whether the head was sent.
  boolean isBegun() {
    return begun;
  }

  /// Ends the answer. Returns all of it, unless it was begun; then [#last] is to follow.
  Optional<ByteBuf> end() throws IOException {
    if (!begun) {
      return Optional.of(Unpooled.wrappedBuffer(piece, 0, filled));
    }
    if (filled > 0) {
      push();
    }
    return Optional.empty();
  }

  /// Sends the end of an answer that was begun.
  ChannelFuture last() {
    return context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }
}
