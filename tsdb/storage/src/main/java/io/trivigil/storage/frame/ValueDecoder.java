package io.trivigil.storage.frame;

/// Decodes what [ValueEncoder] wrote. Owned by one thread.
public final class ValueDecoder {
  private final Cursor cursor = new Cursor();
  private final IntegerDecoder integers = new IntegerDecoder(cursor);
  private final long[] numbers = new long[Frames.SAMPLES];

  /// Decodes the frame of `count` values that stands from `from` up to `end` into `out` from
  /// `outFrom` on; returns where the frame ended.
  ///
  /// @throws CorruptFrameException if it makes no sense
  public int decode(byte[] bytes, int from, int end, int count, double[] out, int outFrom) {
    return decode(bytes, from, end, count, 0, count, out, outFrom);
  }

  /// As above, but only the values `first <= i < to` are wanted, in their places: what stands in
  /// the others is not defined.
  ///
  /// @throws CorruptFrameException if the frame makes no sense
  public int decode(
      byte[] bytes, int from, int end, int count, int first, int to, double[] out, int outFrom) {
    Frames.checkCount(count);
    cursor.reset(bytes, from, end);
    int head = cursor.u8();
    if ((head & ~Frames.KNOWN_VALUE_BITS) != 0) {
      throw new CorruptFrameException("frame form is not known: found=0x%02x".formatted(head));
    }
    int code = head & Frames.EXPONENT_MASK;
    int tenths = code == Frames.PRODUCT ? cursor.u8Below(Frames.TENTHS.length, "exponent") : 0;
    int shift = (head & Frames.HAS_SHIFT) == 0 ? 0 : cursor.u8Below(64, "shift");
    integers.decode(count, first, to, numbers);
    switch (code) {
      case Frames.RAW -> raw(first, to, shift, out, outFrom);
      case Frames.PRODUCT -> product(Frames.TENTHS[tenths], first, to, shift, out, outFrom);
      case Frames.TWO_QUOTIENTS -> twoQuotients(first, to, shift, out, outFrom);
      default -> decimal(code - Frames.EXPONENT_BIAS, first, to, shift, out, outFrom);
    }
    if ((head & Frames.HAS_SPECIALS) != 0) {
      for (int left = cursor.u8(); left > 0; left--) {
        int at = cursor.u8Below(count, "special value");
        int special = cursor.u8();
        long bits = special == Frames.OTHER_SPECIAL ? cursor.fixed64() : Frames.special(special);
        out[outFrom + at] = Double.longBitsToDouble(bits);
      }
    }
    return cursor.at();
  }

  private void raw(int first, int to, int shift, double[] out, int outFrom) {
    for (int i = first; i < to; i++) {
      out[outFrom + i] = Double.longBitsToDouble(Frames.ordered(numbers[i] << shift));
    }
  }

  private void product(double factor, int first, int to, int shift, double[] out, int outFrom) {
    for (int i = first; i < to; i++) {
      out[outFrom + i] = (double) (numbers[i] << shift) * factor;
    }
  }

  private void twoQuotients(int first, int to, int shift, double[] out, int outFrom) {
    for (int i = first; i < to; i++) {
      out[outFrom + i] = Frames.twoQuotients(numbers[i] << shift);
    }
  }

  private void decimal(int exponent, int first, int to, int shift, double[] out, int outFrom) {
    if (exponent > Frames.MAX_EXPONENT) {
      throw new CorruptFrameException("frame exponent out of range: found=" + exponent);
    }
    if (exponent <= 0) {
      long factor = Frames.TENS[-exponent];
      for (int i = first; i < to; i++) {
        out[outFrom + i] = (double) ((numbers[i] << shift) * factor);
      }
      return;
    }
    double divisor = (double) Frames.TENS[exponent];
    for (int i = first; i < to; i++) {
      out[outFrom + i] = (double) (numbers[i] << shift) / divisor;
    }
  }
}
