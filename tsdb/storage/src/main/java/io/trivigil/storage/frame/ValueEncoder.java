package io.trivigil.storage.frame;

import io.trivigil.model.codec.ByteWriter;

/// Encodes a column of values, given as IEEE bits: as integers behind a common power of ten and of
/// two where they are decimal numbers, or came from integers in another usual way, else as ordered
/// bits. Layout: `docs/frames.md`. Owned by one thread.
public final class ValueEncoder {
  private static final double MAX_EXACT = 0x1p53;

  /// More values than this that are no decimal numbers, and the frame is raw.
  private static final int MAX_SPECIALS = 8;

  /// Digits behind the point that measured numbers have, at most; doubles below 8 are decimal
  /// numbers of 15, whatever they are.
  private static final int USUAL_EXPONENT = 12;

  private static final int MAX_PRODUCT_EXPONENT = 9; // nanoseconds × 1e-9
  private static final int TWO_QUOTIENTS_EXPONENT = 6;

  private final IntegerEncoder integers;
  private final boolean quick;
  private final long[] numbers = new long[Frames.SAMPLES];
  private final int[] specials = new int[MAX_SPECIALS];
  private int specialCount;
  private boolean newForms;

  public ValueEncoder() {
    this(false);
  }

  /// @param quick as in [IntegerEncoder]
  public ValueEncoder(boolean quick) {
    integers = new IntegerEncoder(quick);
    this.quick = quick;
  }

  /// Appends the first `count` values as one frame.
  public void encode(long[] bits, int count, ByteWriter out) {
    Frames.checkCount(count);
    int exponent = decimals(bits, count);
    int code;
    int tenths = 0;
    if ((exponent < 0 || exponent > USUAL_EXPONENT) && !quick) {
      tenths = scale(bits, count);
      if (tenths == 0 && exponent >= 0) {
        exponent = decimals(bits, count); // and its specials
      }
    }
    if (tenths != 0) {
      newForms = true;
      code = tenths < 0 ? Frames.TWO_QUOTIENTS : Frames.PRODUCT;
      fill(bits, count, Math.abs(tenths));
    } else if (exponent < 0) {
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
    if (code == Frames.PRODUCT) {
      out.u8(tenths);
    }
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

  /// How all but a few values come from integers where these were not divided by a power of ten:
  /// the exponent of the power of a tenth by which they were multiplied, its negative if they were
  /// divided twice, 0 if neither. The few are noted.
  private int scale(long[] bits, int count) {
    int probe = undecided(bits, count);
    if (probe < 0) {
      return 0;
    }
    for (int exponent = 1; exponent <= MAX_PRODUCT_EXPONENT; exponent++) {
      if (isProduct(bits[probe], exponent) && areScaled(bits, count, exponent)) {
        return exponent;
      }
    }
    return isTwoQuotients(bits[probe]) && areScaled(bits, count, -TWO_QUOTIENTS_EXPONENT)
        ? -TWO_QUOTIENTS_EXPONENT
        : 0;
  }

  /// The first value that is a number, but no decimal number of usual length; negative if there is
  /// none.
  private static int undecided(long[] bits, int count) {
    for (int i = 0; i < count; i++) {
      double value = Double.longBitsToDouble(bits[i]);
      boolean known = !Double.isFinite(value) || bits[i] == Frames.MINUS_ZERO;
      for (int exponent = 0; exponent <= USUAL_EXPONENT && !known; exponent++) {
        known = isDecimal(value, bits[i], exponent);
      }
      if (!known) {
        return i;
      }
    }
    return -1;
  }

  private boolean areScaled(long[] bits, int count, int tenths) {
    specialCount = 0;
    for (int i = 0; i < count; i++) {
      boolean held = tenths < 0 ? isTwoQuotients(bits[i]) : isProduct(bits[i], tenths);
      if (!held) {
        if (specialCount == MAX_SPECIALS) {
          return false;
        }
        specials[specialCount++] = i;
      }
    }
    return specialCount * 2 <= count;
  }

  private static boolean isProduct(long bits, int exponent) {
    double number = Math.rint(Double.longBitsToDouble(bits) * (double) Frames.TENS[exponent]);
    double product = (double) (long) number * Frames.TENTHS[exponent];
    return Math.abs(number) <= MAX_EXACT && Double.doubleToRawLongBits(product) == bits;
  }

  private static boolean isTwoQuotients(long bits) {
    double million = (double) Frames.TENS[TWO_QUOTIENTS_EXPONENT];
    double number = Math.rint(Double.longBitsToDouble(bits) * million);
    return Math.abs(number) <= MAX_EXACT
        && Double.doubleToRawLongBits(Frames.twoQuotients((long) number)) == bits;
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

  /// Whether a frame since [#forget] has a form that is read from version 3 of a page on.
  public boolean hasNewForms() {
    return newForms || integers.hasNewForms();
  }

  /// Begins anew, for [#hasNewForms].
  public void forget() {
    newForms = false;
    integers.forget();
  }
}
