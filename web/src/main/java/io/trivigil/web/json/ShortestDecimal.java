package io.trivigil.web.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Writes floating point numbers in plain decimal with the shortest digits that read back to the
/// same number, straight into a buffer: what `strconv.FormatFloat(v, 'f', -1, 64)` says of numbers
/// from 1e-6 up to 1e21. The digits are found by Schubfach (R. Giulietti, "The Schubfach way to
/// render doubles", 2021), which the JDK has as well, but ends in a text. Stateless. The caller has
/// room for [#MOST_BYTES] behind `at`, and what stands behind the returned end may be overwritten.
final class ShortestDecimal {
  /// A sign, zero, a point, five zeros and 17 digits, and what a group of eight writes beyond.
  static final int MOST_BYTES = 48;

  /// Whole numbers below this have all of their digits.
  private static final double MAX_WHOLE = 0x1p53;

  private static final double MAX_THOUSANDTHS = 1e11; // 14 digits with its decimals
  private static final double LEAST = 1e-6;
  private static final double END = 1e21;

  /// More than two roundings make of a number, as a share of it.
  private static final double NEAR = 1e-15;

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int FRACTION_BITS = 52;
  private static final long HIDDEN_BIT = 1L << FRACTION_BITS;
  private static final int UNIT_EXPONENT = 1023 + FRACTION_BITS; // biased, of what ends in ones
  private static final long LOW_63 = Long.MAX_VALUE;
  private static final long TENTH = 115_292_150_460_684_698L << 4; // of 2^64, rounded up

  /// The least and the greatest power of ten that the digits of such numbers count.
  private static final int LEAST_POWER = -22;

  private static final int GREATEST_POWER = 5;

  /// For each of these powers `k` the first 126 bits of 10^-k and one: 63 bits each.
  private static final long[] HIGH = new long[GREATEST_POWER - LEAST_POWER + 1];

  private static final long[] LOW = new long[HIGH.length];

  static {
    for (int i = 0; i < HIGH.length; i++) {
      int k = LEAST_POWER + i;
      BigInteger ten = BigInteger.TEN.pow(Math.abs(k));
      BigInteger bits = k <= 0 ? ten : BigInteger.ONE.shiftLeft(126 + ten.bitLength()).divide(ten);
      BigInteger first = bits.shiftRight(bits.bitLength() - 126).add(BigInteger.ONE);
      HIGH[i] = first.shiftRight(63).longValueExact();
      LOW[i] = first.longValue() & LOW_63;
    }
  }

  private ShortestDecimal() {}

  /// Writes a number; returns where it ends, or -1 if it has another form: it is not finite, or is
  /// not zero and smaller than 1e-6, or at least 1e21.
  static int write(byte[] out, int from, double value) {
    long bits = Double.doubleToRawLongBits(value);
    int at = from;
    if (bits < 0) {
      out[at++] = '-';
    }
    double magnitude = Math.abs(value);
    if (magnitude < MAX_WHOLE && magnitude == (long) magnitude) {
      return Decimals.write(out, at, (long) magnitude);
    }
    if (!(magnitude >= LEAST && magnitude < END)) {
      return -1;
    }
    int end = magnitude < MAX_THOUSANDTHS ? thousandths(out, at, magnitude) : -1;
    return end >= 0 ? end : shortest(out, at, bits);
  }

  /// Writes a value that has one to three decimals, and returns where it ends; else -1. A text of
  /// at most 15 digits that reads back to the value is the shortest one, for no two of these read
  /// back to the same.
  private static int thousandths(byte[] out, int from, double magnitude) {
    double thousandths = magnitude * 1000;
    long number = (long) (thousandths + 0.5);
    // Dividing takes long, and the product alone tells of nearly all that are not near a number.
    if (Math.abs(thousandths - number) > thousandths * NEAR
        || (double) number / 1000 != magnitude) {
      return -1;
    }
    long whole = number / 1000;
    int rest = (int) (number - whole * 1000);
    int at = Decimals.write(out, from, whole);
    out[at] = '.';
    at = Decimals.three(out, at + 1, rest);
    return rest % 10 != 0 ? at : rest % 100 != 0 ? at - 1 : at - 2;
  }

  /// Section 9 of the paper, for numbers of 53 bits: `c` times two to the `q`.
  private static int shortest(byte[] out, int at, long bits) {
    int q = (int) ((bits >>> FRACTION_BITS) & 0x7ff) - UNIT_EXPONENT;
    long fraction = bits & (HIDDEN_BIT - 1);
    long c = fraction | HIDDEN_BIT;
    int odd = (int) c & 1;
    long middle = c << 2;
    // Below a power of two the numbers are twice as near to one another.
    long left = fraction != 0 ? middle - 2 : middle - 1;
    int k = fraction != 0 ? log10(q) : log10OfThreeQuarters(q);
    int shift = q + log2(-k) + 2;
    long high = HIGH[k - LEAST_POWER];
    long low = LOW[k - LEAST_POWER];
    long number = scaled(high, low, middle << shift);
    long least = scaled(high, low, left << shift) + odd;
    long most = scaled(high, low, (middle + 2) << shift) - odd;

    long below = number >> 2;
    long tensBelow = 10 * Math.multiplyHigh(below, TENTH);
    long tensAbove = tensBelow + 10;
    boolean belowFits = least <= tensBelow << 2;
    boolean aboveFits = tensAbove << 2 <= most;
    if (belowFits != aboveFits) { // one digit less is enough
      return digits(out, at, belowFits ? tensBelow : tensAbove, k);
    }
    long above = below + 1;
    belowFits = least <= below << 2;
    aboveFits = above << 2 <= most;
    if (belowFits != aboveFits) {
      return digits(out, at, belowFits ? below : above, k);
    }
    long side = number - ((below + above) << 1);
    return digits(out, at, side < 0 || (side == 0 && (below & 1) == 0) ? below : above, k);
  }

  /// The upper half of the product, its last bit set if anything is cut off (9.9 in the paper).
  private static long scaled(long high, long low, long number) {
    long middle = ((high * number) >>> 1) + Math.multiplyHigh(low, number);
    long upper = Math.multiplyHigh(high, number) + (middle >>> 63);
    return upper | (((middle & LOW_63) + LOW_63) >>> 63);
  }

  private static int log10(int powerOfTwo) {
    return (int) ((powerOfTwo * 661_971_961_083L) >> 41);
  }

  private static int log10OfThreeQuarters(int powerOfTwo) {
    return (int) ((powerOfTwo * 661_971_961_083L - 274_743_187_321L) >> 41);
  }

  private static int log2(int powerOfTen) {
    return (int) ((powerOfTen * 913_124_641_741L) >> 38);
  }

  /// Writes `number` times ten to the `power`, of 16 or 17 digits, without zeros at its end behind
  /// the point.
  private static int digits(byte[] out, int at, long number, int power) {
    int count = number >= 10_000_000_000_000_000L ? 17 : 16;
    int whole = count + power; // digits before the point
    if (whole <= 0) {
      int first = at + 2 - whole;
      EIGHT.set(out, at, 0x3030_3030_3030_2e30L); // 0.000000
      return trimmed(out, first, Decimals.write(out, first, number));
    }
    int end = Decimals.write(out, at, number);
    if (power >= 0) {
      Arrays.fill(out, end, end + power, (byte) '0');
      return end + power;
    }
    int point = at + whole;
    end = trimmed(out, point, end);
    if (end == point) {
      return end;
    }
    long first = (long) EIGHT.get(out, point);
    long second = (long) EIGHT.get(out, point + 8);
    out[point] = '.';
    EIGHT.set(out, point + 1, first);
    EIGHT.set(out, point + 9, second);
    return end + 1;
  }

  private static int trimmed(byte[] out, int from, int end) {
    int last = end;
    while (last > from && out[last - 1] == '0') {
      last--;
    }
    return last;
  }
}
