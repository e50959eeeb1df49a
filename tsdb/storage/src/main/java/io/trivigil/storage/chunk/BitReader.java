package io.trivigil.storage.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads what [BitWriter] wrote, from 64 bits at a time. Not thread-safe.
final class BitReader {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Bits that a word surely holds, wherever in its first byte they begin.
  private static final int SURE_BITS = 57;

  private final byte[] buffer;
  private final long endBit;
  private long at; // in bits

  BitReader(byte[] buffer, int from, int to) {
    this.buffer = buffer;
    this.at = 8L * from;
    this.endBit = 8L * to;
  }

  int bit() {
    return (int) bits(1);
  }

  /// The next `count` bits, 0 to 64 of them, as an unsigned number.
  long bits(int count) {
    if (count > SURE_BITS) {
      long high = bits(count - 32);
      return (high << 32) | bits(32);
    }
    if (count == 0) {
      return 0;
    }
    long value = word() >>> (64 - count);
    skip(count);
    return value;
  }

  /// Passes over zero bits, at most `most`; returns how many there were.
  int zeros(int most) {
    int passed = 0;
    while (passed < most) {
      int some = Math.min(Long.numberOfLeadingZeros(word()), Math.min(SURE_BITS, most - passed));
      skip(some);
      passed += some;
      if (some < SURE_BITS) {
        return passed;
      }
    }
    return passed;
  }

  private void skip(int count) {
    at += count;
    if (at > endBit) {
      throw new CorruptChunkException("chunk bits end early: offset=" + (endBit >>> 3));
    }
  }

  /// The bits from here on, the first one on top; zeros behind the buffer's end.
  private long word() {
    int from = (int) (at >>> 3);
    long word =
        from + Long.BYTES <= buffer.length ? (long) LONGS.get(buffer, from) : lastWord(from);
    return word << (at & 7);
  }

  private long lastWord(int from) {
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word = (word << 8) | (from + i < buffer.length ? buffer[from + i] & 0xFFL : 0);
    }
    return word;
  }
}
