package io.trivigil.storage.frame;

/// What encoders and decoders agree on. Layout: `docs/frames.md`.
public final class Frames {
  /// The most numbers in one frame.
  public static final int SAMPLES = 128;

  /// Bytes that a decoder likes to find behind a frame in its array, whatever they hold; without
  /// them it copies.
  public static final int ROOM = 9;

  // The first byte of an integer frame: a predictor, and flags.
  static final int CONSTANT = 0;
  static final int VALUE = 1;
  static final int DELTA = 2;
  static final int DELTA_OF_DELTA = 3;
  static final int LINE = 4;
  static final int CURVE = 5;
  static final int RUNS = 6;
  static final int PREDICTOR_MASK = 7;
  static final int HAS_EXCEPTIONS = 8;
  static final int COARSE = 16;
  static final int PATCHED = 32;
  static final int KNOWN_BITS = 63;

  /// The place of a number in a frame.
  static final int PLACE_BITS = 7;

  /// Of patched exceptions: what they have above the width is folded, since some is negative.
  static final int FOLDED = 128;

  /// A coarse base leaves out so many bits less than the width has.
  static final int COARSE_BITS = 3;

  /// Slopes and curvatures are counted in units that shift the last of 128 numbers by at most a
  /// 64th of the window.
  static final int SLOPE_BITS = 12;

  static final int CURVATURE_BITS = 19;

  // The first byte of a value frame.
  static final int EXPONENT_MASK = 31;
  static final int RAW = 31;
  static final int EXPONENT_BIAS = 9;
  static final int MIN_EXPONENT = -9;
  static final int MAX_EXPONENT = 15;
  static final int PRODUCT = 25;
  static final int TWO_QUOTIENTS = 26;
  static final int HAS_SHIFT = 32;
  static final int HAS_SPECIALS = 64;
  static final int KNOWN_VALUE_BITS = 127;

  static final long[] TENS = tens();

  /// The doubles nearest to the powers of a tenth.
  static final double[] TENTHS = tenths();

  static final long MINUS_ZERO = 0x8000_0000_0000_0000L;

  /// Special values that have a number of their own; the place in the list is the format.
  private static final long[] SPECIALS = {
    0x7ff0_0000_0000_0002L, // stale marker
    0x7ff8_0000_0000_0001L, // Prometheus's NaN
    0x7ff8_0000_0000_0000L, // Java's NaN
    MINUS_ZERO,
    0x7ff0_0000_0000_0000L, // infinity
    0xfff0_0000_0000_0000L
  };

  /// Of a special value that has no number.
  public static final int OTHER_SPECIAL = 255;

  private Frames() {}

  private static long[] tens() {
    long[] tens = new long[MAX_EXPONENT + 1];
    tens[0] = 1;
    for (int i = 1; i < tens.length; i++) {
      tens[i] = tens[i - 1] * 10;
    }
    return tens;
  }

  private static double[] tenths() {
    double[] tenths = new double[MAX_EXPONENT + 1];
    for (int i = 0; i < tenths.length; i++) {
      tenths[i] = 1 / (double) TENS[i];
    }
    return tenths;
  }

  /// What a number stands for in a frame of two quotients: microseconds that were made seconds by
  /// way of milliseconds, which rounds twice.
  static double twoQuotients(long number) {
    return (double) number / 1000.0 / 1000.0;
  }

  /// `number × 2^exponent`, rounded down; wraps where it overflows, alike in both directions.
  static long scaled(long number, int exponent) {
    return exponent >= 0 ? number << exponent : number >> -exponent;
  }

  /// The number of a special value; [#OTHER_SPECIAL] if it has none.
  public static int specialCode(long bits) {
    for (int i = 0; i < SPECIALS.length; i++) {
      if (SPECIALS[i] == bits) {
        return i;
      }
    }
    return OTHER_SPECIAL;
  }

  /// The special value with a number.
  ///
  /// @throws CorruptFrameException if there is none
  public static long special(int code) {
    if (code >= SPECIALS.length) {
      throw new CorruptFrameException(
          "frame special value: expected_below=%d found=%d".formatted(SPECIALS.length, code));
    }
    return SPECIALS[code];
  }

  /// IEEE bits such that they order as their numbers do; its own inverse.
  static long ordered(long bits) {
    return bits ^ ((bits >> 63) >>> 1);
  }

  static void checkCount(int count) {
    if (count < 1 || count > SAMPLES) {
      throw new IllegalArgumentException("frame samples out of range: count=" + count);
    }
  }
}
