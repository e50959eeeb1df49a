package io.trivigil.storage.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Fields of one width, one behind the other, lowest bit first. Stateless.
final class Bits {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int WIDE = 57; // a field of this width may touch nine bytes
  private static final int ROOM = 9; // what is read from the last field's first byte on, at most

  private Bits() {}

  /// The eight bytes from `at` on.
  static long word(byte[] bytes, int at) {
    return (long) WORD.get(bytes, at);
  }

  /// How many bits the number takes, read as unsigned.
  static int width(long value) {
    return 64 - Long.numberOfLeadingZeros(value);
  }

  /// Folds a signed number, so that numbers near zero are small.
  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  /// What [#zigzag] folded.
  static long unfolded(long zigzag) {
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /// How many bits are needed for what distances between two have above `width` bits: folded if
  /// some are below zero.
  static int highWidth(long lowest, long highest, int width) {
    long above = highest >> width;
    return lowest >= 0
        ? width(above)
        : Math.max(width(zigzag(above)), width(zigzag(lowest >> width)));
  }

  /// How many bytes `count` fields take.
  static int bytes(int count, int width) {
    return (count * width + 7) >>> 3;
  }

  /// How many bytes a number takes as a zigzag varint.
  static int zigzagBytes(long value) {
    return (Math.max(1, width(zigzag(value))) + 6) / 7;
  }

  /// Packs the low `width` bits of the first `count` numbers into a new array.
  static byte[] pack(long[] values, int count, int width) {
    int bytes = bytes(count, width);
    byte[] out = new byte[bytes + ROOM];
    long mask = mask(width);
    for (int i = 0; i < count && width > 0; i++) {
      int bit = i * width;
      int at = bit >>> 3;
      int shift = bit & 7;
      long value = values[i] & mask;
      WORD.set(out, at, word(out, at) | (value << shift));
      if (shift + width > 64) {
        out[at + 8] |= (byte) (value >>> (64 - shift));
      }
    }
    return Arrays.copyOf(out, bytes);
  }

  private static long mask(int width) {
    return width == 64 ? -1L : (1L << width) - 1;
  }

  /// Unpacks the fields `first <= i < to` of those that begin at `from` into their places. Reads up
  /// to nine bytes beyond them where the array has them, and copies where it ends.
  static void unpack(byte[] in, int from, int first, int to, int width, long[] out) {
    if (first >= to) {
      return;
    }
    if (width == 0) {
      Arrays.fill(out, first, to, 0);
      return;
    }
    if (from + bytes(to, width) + ROOM > in.length) {
      byte[] padded = new byte[bytes(to, width) + ROOM];
      System.arraycopy(in, from, padded, 0, bytes(to, width));
      unpackPadded(padded, 0, first, to, width, out);
    } else {
      unpackPadded(in, from, first, to, width, out);
    }
  }

  private static void unpackPadded(byte[] in, int from, int first, int to, int width, long[] out) {
    long mask = mask(width);
    if (width < WIDE) {
      for (int i = first, bit = first * width; i < to; i++, bit += width) {
        out[i] = (word(in, from + (bit >>> 3)) >>> (bit & 7)) & mask;
      }
      return;
    }
    for (int i = first, bit = first * width; i < to; i++, bit += width) {
      int at = from + (bit >>> 3);
      int shift = bit & 7;
      // Twice, since a shift by 64 is a shift by 0.
      long above = ((in[at + 8] & 0xFFL) << 1) << (63 - shift);
      out[i] = ((word(in, at) >>> shift) | above) & mask;
    }
  }
}
