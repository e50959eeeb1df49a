package io.trivigil.web.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;

/// Buffers that connections are read into. How large they are is Netty's guess, from what a
/// connection sent before. The large ones are made for each read and given back to the machine
/// behind it, so each event loop keeps one, which is used again once nobody else holds it. Who
/// holds on to what was read has it for himself, as ever; then the next read gets another.
///
/// Thread-safe; a handle belongs to its connection's event loop.
@SuppressWarnings("deprecation") // of a handle: channels still ask for that one
final class KeptReads implements RecvByteBufAllocator {
  /// Up to here Netty has a pool, bytes.
  static final int SMALL = 16 << 10;

  /// What is kept, bytes: the largest of Netty's guesses.
  static final int KEPT = AdaptiveRecvByteBufAllocator.DEFAULT_MAXIMUM;

  private final RecvByteBufAllocator guesses;
  private final FastThreadLocal<ByteBuf> kept =
      new FastThreadLocal<>() {
        @Override
        protected void onRemoval(ByteBuf last) {
          last.release();
        }
      };

  KeptReads(RecvByteBufAllocator guesses) {
    this.guesses = guesses;
  }

  @Override
  public Handle newHandle() {
    return new Reads(guesses.newHandle());
  }

  private final class Reads extends DelegatingHandle {
    private boolean large; // once there was much to read: what is at hand is no dearer than less

    Reads(Handle guess) {
      super(guess);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator buffers) {
      large |= delegate().guess() > SMALL;
      return large ? keptOne(buffers) : delegate().allocate(buffers);
    }

    private ByteBuf keptOne(ByteBufAllocator buffers) {
      ByteBuf last = kept.getIfExists();
      if (last == null || last.refCnt() > 1) {
        if (last != null) {
          last.release();
        }
        last = buffers.ioBuffer(KEPT);
        kept.set(last);
      }
      return last.clear().retain();
    }
  }
}
