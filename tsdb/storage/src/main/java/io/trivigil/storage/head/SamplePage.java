package io.trivigil.storage.head;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Blocks of the [SampleLog] in one piece of memory beside the Java heap. A block has room for four
/// samples of one series:
///
/// ```
/// i32 link | i32 moment − base | 4 × u16 moment of the sample − the block's
/// narrow, 64 bytes: 4 × i32 timestamp − base | 4 × u64 bits of the value
/// wide,   80 bytes: 4 × u64 timestamp        | 4 × u64 bits of the value
/// ```
///
/// A narrow block is a line of the processor's cache. Nearly all pages are narrow; a wide one takes
/// what is 25 days or more away from its neighbours. One writer, who has places that are within the
/// page and [Bare] memory; a reader looks only at samples that were published to it before.
final class SamplePage {
  /// Samples in a block.
  static final int BLOCK = 1 << SampleLog.BLOCK_SHIFT;

  private static final int NARROW = 64;
  private static final int WIDE = 80;
  private static final int MOMENT = 4;
  private static final int MOMENTS = 8;
  private static final int TIMES = 16;
  private static final int MOST_MOMENTS = 0xFFFF;

  private final ByteBuffer memory; // which keeps what is at the address
  private final long address;
  private final Arena arena;
  private final boolean closes; // else the garbage collector does
  private final long baseMs;
  private final long baseMoment;
  private final boolean wide;
  private final int blockBytes;
  private final int bits; // where they begin in a block

  /// Room for `blocks`, the first of them at `baseMs` and `baseMoment`.
  ///
  /// @param closes whether [#free] gives the memory back, else the garbage collector does
  SamplePage(int blocks, boolean closes, long baseMs, long baseMoment, boolean wide) {
    this.blockBytes = wide ? WIDE : NARROW;
    this.bits = TIMES + BLOCK * (wide ? Long.BYTES : Integer.BYTES);
    int bytes = Math.multiplyExact(blocks, blockBytes);
    this.closes = closes;
    this.arena = closes ? Arena.ofShared() : Arena.ofAuto();
    MemorySegment room = arena.allocate(bytes, NARROW);
    this.memory = room.asByteBuffer().order(ByteOrder.nativeOrder());
    this.address = room.address();
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

  /// Begins the block of which `at` is the first place.
  void begin(int at, long moment) {
    Bare.putInt(address + block(at) + MOMENT, (int) (moment - baseMoment));
  }

  /// Fills the first place of a block that was begun.
  void put(int at, int link, long timestampMs, long moment, long valueBits) {
    long block = address + block(at);
    Bare.putInt(block, link);
    fill(block, in(at), timestampMs, distance(block, moment), valueBits);
  }

  /// Fills the place behind one that is filled, if it is in the same block and that takes a sample
  /// of this time and moment.
  boolean putAfter(int at, long timestampMs, long moment, long valueBits) {
    int in = in(at) + 1;
    if (in == BLOCK || !fits(timestampMs)) {
      return false;
    }
    long block = address + block(at);
    long distance = distance(block, moment);
    if (distance > MOST_MOMENTS) {
      return false;
    }
    fill(block, in, timestampMs, distance, valueBits);
    return true;
  }

  /// From the block's moment to this one.
  private long distance(long block, long moment) {
    return moment - (baseMoment + Bare.getInt(block + MOMENT));
  }

  private void fill(long block, long in, long timestampMs, long distance, long valueBits) {
    if (wide) {
      Bare.putLong(block + TIMES + in * Long.BYTES, timestampMs);
    } else {
      Bare.putInt(block + TIMES + in * Integer.BYTES, (int) (timestampMs - baseMs));
    }
    Bare.putShort(block + MOMENTS + in * Short.BYTES, (short) distance);
    Bare.putLong(block + bits + in * Long.BYTES, valueBits);
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
    if (closes) {
      arena.close();
    }
  }
}
