package io.trivigil.storage.head;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Blocks of the [SampleLog] in one piece of memory, beside the Java heap or on it. A block has
/// room for four samples of one series:
///
/// ```
/// i32 link | i32 moment − base | 4 × u16 moment of the sample − the block's
/// narrow, 64 bytes: 4 × i32 timestamp − base | 4 × u64 bits of the value
/// wide,   80 bytes: 4 × u64 timestamp        | 4 × u64 bits of the value
/// ```
///
/// A narrow block is a line of the processor's cache. Nearly all pages are narrow; a wide one takes
/// what is 25 days or more away from its neighbours. One writer; a reader looks only at samples
/// that were published to it before.
final class SamplePage {
  /// Samples in a block.
  static final int BLOCK = 1 << SampleLog.BLOCK_SHIFT;

  private static final int NARROW = 64;
  private static final int WIDE = 80;
  private static final int MOMENT = 4;
  private static final int MOMENTS = 8;
  private static final int TIMES = 16;
  private static final int MOST_MOMENTS = 0xFFFF;

  private final ByteBuffer memory;
  private final @Nullable Arena arena; // null: on the heap
  private final long baseMs;
  private final long baseMoment;
  private final boolean wide;
  private final int blockBytes;
  private final int bits; // where they begin in a block

  /// Room for `blocks`, the first of them at `baseMs` and `baseMoment`.
  SamplePage(int blocks, boolean offHeap, long baseMs, long baseMoment, boolean wide) {
    this.blockBytes = wide ? WIDE : NARROW;
    this.bits = TIMES + BLOCK * (wide ? Long.BYTES : Integer.BYTES);
    int bytes = Math.multiplyExact(blocks, blockBytes);
    this.arena = offHeap ? Arena.ofShared() : null;
    ByteBuffer buffer =
        arena == null ? ByteBuffer.allocate(bytes) : arena.allocate(bytes, NARROW).asByteBuffer();
    this.memory = buffer.order(ByteOrder.nativeOrder());
    this.baseMs = baseMs;
    this.baseMoment = baseMoment;
    this.wide = wide;
  }

  /// Whether a sample of this time can stand here.
  boolean fits(long timestampMs) {
    long distance = timestampMs - baseMs;
    boolean overflow = ((timestampMs ^ baseMs) & (timestampMs ^ distance)) < 0;
    return wide || (!overflow && distance == (int) distance);
  }

  /// Whether a block of this moment can stand here.
  boolean takes(long moment) {
    return moment - baseMoment <= Integer.MAX_VALUE;
  }

  /// Whether the block in which `at` stands can have a sample of this time and moment as well.
  boolean holds(int at, long timestampMs, long moment) {
    return fits(timestampMs) && moment - blockMoment(block(at)) <= MOST_MOMENTS;
  }

  /// Begins the block of which `at` is the first place.
  void begin(int at, long moment) {
    memory.putInt(block(at) + MOMENT, (int) (moment - baseMoment));
  }

  void put(int at, long timestampMs, long moment, long valueBits) {
    int block = block(at);
    int in = in(at);
    if (wide) {
      memory.putLong(block + TIMES + in * Long.BYTES, timestampMs);
    } else {
      memory.putInt(block + TIMES + in * Integer.BYTES, (int) (timestampMs - baseMs));
    }
    memory.putShort(block + MOMENTS + in * Short.BYTES, (short) (moment - blockMoment(block)));
    memory.putLong(block + bits + in * Long.BYTES, valueBits);
  }

  void link(int at, int link) {
    memory.putInt(block(at), link);
  }

  int link(int at) {
    return memory.getInt(block(at));
  }

  long timestampMs(int at) {
    int from = block(at) + TIMES;
    return wide
        ? memory.getLong(from + in(at) * Long.BYTES)
        : baseMs + memory.getInt(from + in(at) * Integer.BYTES);
  }

  long moment(int at) {
    int block = block(at);
    return blockMoment(block)
        + (memory.getShort(block + MOMENTS + in(at) * Short.BYTES) & MOST_MOMENTS);
  }

  long bits(int at) {
    return memory.getLong(block(at) + bits + in(at) * Long.BYTES);
  }

  private long blockMoment(int block) {
    return baseMoment + memory.getInt(block + MOMENT);
  }

  private int block(int at) {
    return (at >>> SampleLog.BLOCK_SHIFT) * blockBytes;
  }

  private static int in(int at) {
    return at & (BLOCK - 1);
  }

  long bytes() {
    return memory.capacity();
  }

  /// Gives the memory back; using the page afterwards throws.
  void free() {
    if (arena != null) {
      arena.close();
    }
  }
}
