package io.trivigil.storage.chunk;

import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;

/// Writes bits, the highest first, into a buffer that grows. Not thread-safe.
final class BitWriter {
  private byte[] buffer;
  private int bytes; // whole bytes written
  private long pending; // the lowest `pendingBits` bits wait to become a byte
  private int pendingBits; // below 8 between calls

  BitWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  void bit(int bit) {
    bits(bit, 1);
  }

  /// Writes the lowest `count` bits of `value`, 0 to 64 of them.
  void bits(long value, int count) {
    if (count > 32) {
      bits32(value >>> 32, count - 32);
      bits32(value, 32);
    } else {
      bits32(value, count);
    }
  }

  private void bits32(long value, int count) {
    long masked = count == 0 ? 0 : value & (-1L >>> (64 - count));
    pending = (pending << count) | masked;
    pendingBits += count;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      put((byte) (pending >>> pendingBits));
    }
  }

  private void put(byte value) {
    if (bytes == buffer.length) {
      buffer = Arrays.copyOf(buffer, bytes * 2);
    }
    buffer[bytes++] = value;
  }

  /// Fills the last byte with zeros and appends the bytes to `out`.
  void finish(ByteWriter out) {
    if (pendingBits > 0) {
      bits32(0, 8 - pendingBits);
    }
    out.raw(buffer, 0, bytes);
  }
}
