package io.trivigil.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.FastThreadLocal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A buffer is read into again only when nobody holds what was read before.
@SuppressWarnings("deprecation") // of a handle, as there
final class KeptReadsTest {
  private final ByteBufAllocator buffers = UnpooledByteBufAllocator.DEFAULT;

  private static KeptReads guessing(int bytes) {
    return new KeptReads(new FixedRecvByteBufAllocator(bytes));
  }

  @AfterEach
  void forget() {
    FastThreadLocal.removeAll();
  }

  @Test
  void connectionsOfAnEventLoopReadIntoOneBuffer() {
    KeptReads reads = guessing(KeptReads.KEPT);
    ByteBuf first = reads.newHandle().allocate(buffers);
    assertThat(first.writableBytes()).isEqualTo(KeptReads.KEPT);
    first.writeBytes(new byte[100]).skipBytes(40);
    first.release();
    ByteBuf second = reads.newHandle().allocate(buffers);
    assertThat(second).isSameAs(first);
    assertThat(second.readableBytes()).isZero();
    assertThat(second.writableBytes()).isEqualTo(KeptReads.KEPT);
    second.release();
  }

  @Test
  void whatSomebodyHoldsStaysAsItIs() {
    KeptReads reads = guessing(KeptReads.KEPT);
    ByteBuf first = reads.newHandle().allocate(buffers);
    first.writeByte(7);
    ByteBuf held = first.readRetainedSlice(1);
    first.release();
    ByteBuf second = reads.newHandle().allocate(buffers);
    assertThat(second).isNotSameAs(first);
    second.writeByte(8);
    assertThat(held.getByte(0)).isEqualTo((byte) 7);
    second.release();
    held.release();
    assertThat(first.refCnt()).as("nobody keeps the one that was held").isZero();
    ByteBuf third = reads.newHandle().allocate(buffers);
    assertThat(third).isSameAs(second);
    third.release();
  }

  /// A client that sends little, and slowly, holds little.
  @Test
  void smallReadsAreNotKept() {
    ByteBuf small = guessing(KeptReads.SMALL).newHandle().allocate(buffers);
    assertThat(small.capacity()).isEqualTo(KeptReads.SMALL);
    small.release();
    assertThat(small.refCnt()).isZero();
    ByteBuf kept = guessing(KeptReads.SMALL + 1).newHandle().allocate(buffers);
    assertThat(kept.capacity()).isEqualTo(KeptReads.KEPT);
    kept.release();
    assertThat(kept.refCnt()).isOne();
  }

  @Test
  void whoSentMuchIsReadInLargePieces() {
    RecvByteBufAllocator.Handle handle =
        new KeptReads(new AdaptiveRecvByteBufAllocator()).newHandle();
    assertThat(read(handle, 16)).isLessThanOrEqualTo(KeptReads.SMALL);
    int room = 0;
    for (int i = 0; i < 20 && room <= KeptReads.SMALL; i++) {
      room = read(handle, KeptReads.KEPT);
    }
    assertThat(room).isEqualTo(KeptReads.KEPT);
    for (int i = 0; i < 20; i++) {
      assertThat(read(handle, 16)).isEqualTo(KeptReads.KEPT);
    }
  }

  /// Reads as a connection does that has so much to say; tells how much a read could have taken.
  private int read(RecvByteBufAllocator.Handle handle, int bytes) {
    handle.reset(new EmbeddedChannel().config());
    ByteBuf buffer = handle.allocate(buffers);
    int room = buffer.writableBytes();
    handle.attemptedBytesRead(room);
    handle.lastBytesRead(Math.min(room, bytes));
    handle.readComplete();
    buffer.release();
    return room;
  }

  @Test
  void theThreadsEndGivesItBack() throws InterruptedException {
    KeptReads reads = guessing(KeptReads.KEPT);
    ByteBuf[] kept = new ByteBuf[1];
    Thread loop =
        Thread.ofPlatform()
            .start(
                () -> {
                  kept[0] = reads.newHandle().allocate(buffers);
                  kept[0].release();
                  FastThreadLocal.removeAll(); // as Netty's threads do
                });
    loop.join();
    assertThat(kept[0].refCnt()).isZero();
  }
}
