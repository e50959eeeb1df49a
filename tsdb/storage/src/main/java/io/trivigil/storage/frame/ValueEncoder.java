package io.trivigil.storage.frame;

import io.trivigil.model.codec.ByteWriter;

/// Encodes a column of values, given as IEEE bits: as integers behind a common power of ten and of
/// two where they are decimal numbers, else as ordered bits. Layout: `docs/frames.md`. Owned by one
/// thread.
public final class ValueEncoder {
  private static final double MAX_EXACT = 0x1p53;

  /// More values than this that are no decimal numbers, and the frame is raw.
  private static final int MAX_SPECIALS = 8;

  private final IntegerEncoder integers;
  private final long[] numbers = new long[Frames.SAMPLES];
  private final int[] specials = new int[MAX_SPECIALS];
  private int specialCount;

  public ValueEncoder() {
    this(false);
  }

  /// @param quick as in [IntegerEncoder]
  public ValueEncoder(boolean quick) {
    integers = new IntegerEncoder(quick);
  }

  /// Appends the first `count` values as one frame.
  public void encode(long[] bits, int count, ByteWriter out) {
    Frames.checkCount(count);
    int exponent = decimals(bits, count);
    int code;
    if (exponent < 0) {
      code = Frames.RAW;
      specialCount = 0;
      for (int i = 0; i < count; i++) {
        numbers[i] = Frames.ordered(bits[i]);
      }
    } else {
      fill(bits, count, exponent);
      code = (exponent == 0 ? -divideByTens(count) : exponent) + Frames.EXPONENT_BIAS;
    }
    int shift = divideByTwos(count);
    int head = code;
    head |= shift > 0 ? Frames.HAS_SHIFT : 0;
    head |= specialCount > 0 ? Frames.HAS_SPECIALS : 0;
    out.u8(head);
    if (shift > 0) {
      out.u8(shift);
    }
    integers.encode(numbers, count, out);
    if (specialCount > 0) {
      writeSpecials(bits, out);
    }
  }

  private void writeSpecials(long[] bits, ByteWriter out) {
    out.u8(specialCount);
    for (int i = 0; i < specialCount; i++) {
      long special = bits[specials[i]];
      int code = Frames.specialCode(special);
      out.u8(specials[i]).u8(code);
      if (code == Frames.OTHER_SPECIAL) {
        out.fixed64(special);
      }
    }
  }

  /// The power of ten that makes all but a few values integers; those few are noted. Negative if
  /// there is none.
  private int decimals(long[] bits, int count) {
    int exponent = 0;
    specialCount = 0;
    for (int i = 0; i < count; i++) {
      double value = Double.longBitsToDouble(bits[i]);
      int needed = exponent;
      while (needed <= Frames.MAX_EXPONENT && !isDecimal(value, bits[i], needed)) {
        // Larger powers only make larger numbers.
        needed =
            Math.abs(value) * (double) Frames.TENS[needed] < MAX_EXACT
                ? needed + 1
                : Frames.MAX_EXPONENT + 1;
      }
      if (needed <= Frames.MAX_EXPONENT) {
        exponent = needed;
      } else if (specialCount == MAX_SPECIALS) {
        return -1;
      } else {
        specials[specialCount++] = i;
      }
    }
    if (specialCount * 2 > count || !holds(bits, count, exponent)) {
      return -1;
    }
    return exponent;
  }

  /// Whether the values that came before the exponent was found are decimal with it, too.
  private boolean holds(long[] bits, int count, int exponent) {
    for (int i = 0, special = 0; i < count; i++) {
      if (special < specialCount && specials[special] == i) {
        special++;
      } else if (!isDecimal(Double.longBitsToDouble(bits[i]), bits[i], exponent)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDecimal(double value, long bits, int exponent) {
    double number = Math.rint(value * (double) Frames.TENS[exponent]);
    return Math.abs(number) <= MAX_EXACT
        && Double.doubleToRawLongBits((double) (long) number / (double) Frames.TENS[exponent])
            == bits;
  }

  private void fill(long[] bits, int count, int exponent) {
    double tens = (double) Frames.TENS[exponent];
    int special = 0;
    long before = 0;
    boolean any = false;
    for (int i = 0; i < count; i++) {
      if (special < specialCount && specials[special] == i) {
        special++;
      } else {
        before = (long) Math.rint(Double.longBitsToDouble(bits[i]) * tens);
        for (int j = any ? i : 0; j < i; j++) {
          numbers[j] = before; // specials at the begin stand for nothing
        }
        any = true;
      }
      numbers[i] = before;
    }
  }

  private int divideByTens(int count) {
    int divided = 0;
    while (divided < -Frames.MIN_EXPONENT) {
      boolean zero = true;
      for (int i = 0; i < count; i++) {
        if (numbers[i] % 10 != 0) {
          return divided;
        }
        zero &= numbers[i] == 0;
      }
      if (zero) {
        return divided;
      }
      for (int i = 0; i < count; i++) {
        numbers[i] /= 10;
      }
      divided++;
    }
    return divided;
  }

  private int divideByTwos(int count) {
    long any = 0;
    for (int i = 0; i < count; i++) {
      any |= numbers[i];
    }
    int shift = any == 0 ? 0 : Long.numberOfTrailingZeros(any);
    for (int i = 0; i < count && shift > 0; i++) {
      numbers[i] >>= shift;
    }
    return shift;
  }
}
