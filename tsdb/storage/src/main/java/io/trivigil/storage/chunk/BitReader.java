package io.trivigil.storage.chunk;

/// Reads what [BitWriter] wrote. Not thread-safe.
final class BitReader {
  private final byte[] buffer;
  private final int end;
  private int at;
  private long pending;
  private int pendingBits; // below 8 between calls

  BitReader(byte[] buffer, int from, int to) {
    this.buffer = buffer;
    this.at = from;
    this.end = to;
  }

  int bit() {
    return (int) bits(1);
  }

  /// The next `count` bits, 0 to 64 of them, as an unsigned number.
  long bits(int count) {
    if (count > 32) {
      long high = bits32(count - 32);
      return (high << 32) | bits32(32);
    }
    return bits32(count);
  }

  private long bits32(int count) {
    while (pendingBits < count) {
      if (at == end) {
        throw new CorruptChunkException("chunk bits end early: offset=" + at);
      }
      pending = (pending << 8) | (buffer[at++] & 0xFFL);
      pendingBits += 8;
    }
    pendingBits -= count;
    long value = pending >>> pendingBits;
    return count == 0 ? 0 : value & (-1L >>> (64 - count));
  }
}
