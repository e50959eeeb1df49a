package io.trivigil.storage.head;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Numbers, zeros at first, in one piece of memory, beside the Java heap or on it; narrow ones are
/// from 0 to [#MOST_NARROW] and take half as much. One writer; readers look only at what was
/// published to them before.
final class Ints {
  /// The highest number that narrow ones hold.
  static final int MOST_NARROW = 0xFFFF;

  private static final int LINE = 64; // of the processor's cache, bytes

  private final ByteBuffer memory;
  private final boolean narrow;
  private final @Nullable Arena arena; // null: on the heap

  Ints(int count, boolean offHeap) {
    this(count, false, offHeap);
  }

  Ints(int count, boolean narrow, boolean offHeap) {
    int bytes = Math.multiplyExact(count, narrow ? Short.BYTES : Integer.BYTES);
    this.narrow = narrow;
    this.arena = offHeap ? Arena.ofShared() : null;
    ByteBuffer room =
        arena == null ? ByteBuffer.allocate(bytes) : arena.allocate(bytes, LINE).asByteBuffer();
    this.memory = room.order(ByteOrder.nativeOrder());
  }

  int get(int at) {
    return narrow
        ? Short.toUnsignedInt(memory.getShort(at * Short.BYTES))
        : memory.getInt(at * Integer.BYTES);
  }

  void put(int at, int value) {
    if (narrow) {
      memory.putShort(at * Short.BYTES, (short) value);
    } else {
      memory.putInt(at * Integer.BYTES, value);
    }
  }

  boolean isNarrow() {
    return narrow;
  }

  /// How many there are.
  int count() {
    return memory.capacity() / (narrow ? Short.BYTES : Integer.BYTES);
  }

  long bytes() {
    return memory.capacity();
  }

  /// Gives the memory back; using it afterwards throws.
  void free() {
    if (arena != null) {
      arena.close();
    }
  }
}
