package io.trivigil.storage.frame;

import java.util.Arrays;

/// The narrowest window that holds most of a column: a base and a width; the rest are exceptions,
/// stored by place and full distance, or by place and what their distance has above the width
/// (patched). Scratch memory of one encoder.
final class Window {
  private static final int[] TRIED = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};
  private static final int EVEN = 9; // 4 where all is equally likely, 6 or 7 for a normal spread
  private static final int SUMMED_BITS = 54; // of distances: a frame's fit into a long
  private static final int EXCEPTION_BYTES = 1; // its place, beside the distance

  private final long[] sorted = new long[Frames.SAMPLES];

  private long base;
  private int width;
  private int exceptions;
  private boolean patched;
  private int bytes;

  /// Takes the first `count` numbers without an exception; returns the highest.
  long whole(long[] values, int count) {
    long min = values[0];
    long max = values[0];
    for (int i = 1; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    set(min, Bits.width(max - min), 0, false, Bits.bytes(count, Bits.width(max - min)));
    return max;
  }

  /// Chooses for the first `count` numbers.
  void choose(long[] values, int count) {
    long max = whole(values, count);
    long min = base;
    if (bytes <= 2 * EXCEPTION_BYTES || count < 4 || isEven(values, count, min, max)) {
      return;
    }
    System.arraycopy(values, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
    for (int left : TRIED) {
      if (left * 3 > count) {
        break;
      }
      leaveOut(left, count);
    }
  }

  /// Whether the numbers fill their range so evenly that leaving some out can not pay: then there
  /// is no need to sort.
  private static boolean isEven(long[] values, int count, long min, long max) {
    long range = max - min;
    if (range < 0) {
      return false; // wider than a signed number: look closely
    }
    int shift = Math.max(0, Bits.width(range) - SUMMED_BITS);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (values[i] - min) >> shift;
    }
    long mean = (sum + count / 2) / count;
    long deviation = 0;
    for (int i = 0; i < count; i++) {
      deviation += Math.abs(((values[i] - min) >> shift) - mean);
    }
    return deviation > (range >> shift) * count / EVEN;
  }

  private void leaveOut(int left, int count) {
    int first = 0;
    int kept = count - left;
    long narrowest = -1; // unsigned: the widest there is
    for (int i = 0; i <= left; i++) {
      long range = sorted[i + kept - 1] - sorted[i];
      if (Long.compareUnsigned(range, narrowest) < 0) {
        narrowest = range;
        first = i;
      }
    }
    int bits = Bits.width(narrowest);
    int fields = Bits.bytes(count, bits);
    if (fields + left >= bytes) {
      return;
    }
    long from = sorted[first];
    leaveOutPatched(left, count, from, bits, fields);
    int all = fields + 1; // and their count
    for (int i = 0; i < first; i++) {
      all += EXCEPTION_BYTES + Bits.zigzagBytes(sorted[i] - from);
    }
    for (int i = first + kept; i < count; i++) {
      all += EXCEPTION_BYTES + Bits.zigzagBytes(sorted[i] - from);
    }
    if (all < bytes) {
      set(from, bits, left, false, all);
    }
  }

  private void leaveOutPatched(int left, int count, long from, int bits, int fields) {
    long below = sorted[0] - from;
    long above = sorted[count - 1] - from;
    if (below > 0 || above < 0) {
      return; // a distance that is no signed number
    }
    int high = Bits.highWidth(below, above, bits);
    int all = fields + 2 + Bits.bytes(left, Frames.PLACE_BITS) + Bits.bytes(left, high);
    if (all < bytes) {
      set(from, bits, left, true, all);
    }
  }

  private void set(long from, int bits, int left, boolean isPatched, int all) {
    base = from;
    width = bits;
    exceptions = left;
    patched = isPatched;
    bytes = all;
  }

  /// The lowest number inside.
  long base() {
    return base;
  }

  int width() {
    return width;
  }

  /// At most so many numbers are outside.
  int exceptions() {
    return exceptions;
  }

  /// Whether the exceptions are stored by what their distance has above the width.
  boolean patched() {
    return patched;
  }

  /// The size of fields and exceptions, without base and width.
  int bytes() {
    return bytes;
  }
}
