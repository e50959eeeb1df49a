package io.trivigil.storage.head;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.jspecify.annotations.Nullable;

/// Numbers, zeros at first, in one piece of memory, beside the Java heap or on it. One writer;
/// readers look only at what was published to them before.
final class Ints {
  private static final int LINE = 64; // of the processor's cache, bytes

  private final IntBuffer memory;
  private final @Nullable Arena arena; // null: on the heap

  Ints(int count, boolean offHeap) {
    this.arena = offHeap ? Arena.ofShared() : null;
    if (arena == null) {
      this.memory = IntBuffer.allocate(count);
    } else {
      long bytes = (long) count * Integer.BYTES;
      ByteBuffer buffer = arena.allocate(bytes, LINE).asByteBuffer();
      this.memory = buffer.order(ByteOrder.nativeOrder()).asIntBuffer();
    }
  }

  int get(int at) {
    return memory.get(at);
  }

  void put(int at, int value) {
    memory.put(at, value);
  }

  /// How many there are.
  int count() {
    return memory.capacity();
  }

  long bytes() {
    return (long) memory.capacity() * Integer.BYTES;
  }

  /// Gives the memory back; using it afterwards throws.
  void free() {
    if (arena != null) {
      arena.close();
    }
  }
}
