package io.trivigil.storage.frame;

import java.util.Arrays;

/// Decodes what [IntegerEncoder] wrote. Owned by one thread.
public final class IntegerDecoder {
  private final Cursor cursor;
  private final long[] runs = new long[Frames.SAMPLES];
  private final long[] places = new long[Frames.SAMPLES];
  private final long[] patched = new long[Frames.SAMPLES]; // which
  private final long[] highs = new long[Frames.SAMPLES]; // what these have above the width

  public IntegerDecoder() {
    this(new Cursor());
  }

  IntegerDecoder(Cursor cursor) {
    this.cursor = cursor;
  }

  /// Decodes the frame of `count` numbers that stands from `from` up to `end` into the first places
  /// of `out`, which has room for [Frames#SAMPLES]; returns where the frame ended.
  ///
  /// @throws CorruptFrameException if it makes no sense
  public int decode(byte[] bytes, int from, int end, int count, long[] out) {
    Frames.checkCount(count);
    cursor.reset(bytes, from, end);
    decode(count, 0, count, out);
    return cursor.at();
  }

  /// As above, from where the cursor stands, and only the numbers `first <= i < to` into their
  /// places: what stands in the others is not defined.
  void decode(int count, int first, int to, long[] out) {
    int head = cursor.u8();
    if ((head & ~Frames.KNOWN_BITS) != 0) {
      throw unknown(head);
    }
    switch (head & Frames.PREDICTOR_MASK) {
      case Frames.CONSTANT -> Arrays.fill(out, 0, count, cursor.zigzag());
      case Frames.RUNS -> decodeRuns(count, out);
      default -> decodePacked(head, count, first, to, out);
    }
  }

  private static CorruptFrameException unknown(int head) {
    return new CorruptFrameException("frame form is not known: found=0x%02x".formatted(head));
  }

  private void decodeRuns(int count, long[] out) {
    int changes = cursor.u8Below(count, "changes");
    int listed = Bits.bytes(changes, Frames.PLACE_BITS);
    int mapped = Bits.bytes(count - 1, 1);
    if (listed < mapped) {
      int at = cursor.skip(listed);
      Bits.unpack(cursor.bytes(), at, 0, changes, Frames.PLACE_BITS, places);
    } else {
      int found = places(cursor.skip(mapped), count);
      if (found != changes) {
        throw new CorruptFrameException(
            "frame changes differ: expected=%d found=%d".formatted(changes, found));
      }
    }
    int head = cursor.u8();
    if ((head & Frames.PREDICTOR_MASK) == Frames.RUNS
        || (head & Frames.PREDICTOR_MASK) == Frames.CONSTANT) {
      throw unknown(head);
    }
    decodePacked(head, changes + 1, 0, changes + 1, runs);
    int at = 0;
    for (int run = 0; run <= changes; run++) {
      int to = run == changes ? count : (int) places[run];
      if ((to <= at && run > 0) || to > count) {
        throw new CorruptFrameException(
            "frame changes do not rise: before=%d then=%d".formatted(at, to));
      }
      Arrays.fill(out, at, Math.max(at, to), runs[run]);
      at = to;
    }
  }

  private int places(int from, int count) {
    int found = 0;
    for (int i = 1; i < count; i++) {
      int bit = cursor.bytes()[from + ((i - 1) >>> 3)] >>> ((i - 1) & 7) & 1;
      if (bit != 0) {
        places[found++] = i;
      }
    }
    return found;
  }

  private void decodePacked(int head, int count, int from, int to, long[] out) {
    int predictor = head & Frames.PREDICTOR_MASK;
    if (predictor > Frames.CURVE) {
      throw unknown(head);
    }
    int width = cursor.u8Below(65, "width");
    long base = cursor.zigzag();
    if ((head & Frames.COARSE) != 0) {
      base <<= Math.max(0, width - Frames.COARSE_BITS);
    }
    int before = predictor == Frames.DELTA ? 1 : predictor == Frames.DELTA_OF_DELTA ? 2 : 0;
    long first = before > 0 ? cursor.zigzag() : 0;
    long step = before > 1 ? cursor.zigzag() : 0;
    long slope = predictor >= Frames.LINE ? cursor.zigzag() : 0;
    long curvature = predictor == Frames.CURVE ? cursor.zigzag() : 0;
    int exceptions = head & (Frames.HAS_EXCEPTIONS | Frames.PATCHED);
    if (predictor == Frames.DELTA && width == 0 && exceptions == 0) {
      steps(out, count, first, base);
      return;
    }
    int fields = count - before;
    if (fields < 0) {
      throw new CorruptFrameException("frame is too short for its form: count=" + count);
    }
    // Differences are needed from the first one on, but none behind the last number that is wanted.
    int wanted = before > 0 ? Math.max(to, before) : to;
    int fieldsAt = cursor.skip(Bits.bytes(fields, width));
    Bits.unpack(cursor.bytes(), fieldsAt, before > 0 ? 0 : from, wanted - before, width, out);
    if (exceptions == Frames.HAS_EXCEPTIONS) {
      replace(fields, out);
    } else if (exceptions == Frames.PATCHED) {
      patch(fields, width, out);
    } else if (exceptions != 0) {
      throw unknown(head);
    }
    switch (predictor) {
      case Frames.DELTA -> sum(out, wanted, first, base);
      case Frames.DELTA_OF_DELTA -> sumTwice(out, wanted, first, step, base);
      case Frames.LINE -> line(out, from, to, base, slope, width);
      case Frames.CURVE -> curve(out, from, to, base, slope, curvature, width);
      default -> add(out, from, to, base);
    }
  }

  private void replace(int fields, long[] out) {
    for (int left = cursor.u8(); left > 0; left--) {
      int at = cursor.u8Below(fields, "exception");
      out[at] = cursor.zigzag();
    }
  }

  private void patch(int fields, int width, long[] out) {
    int count = cursor.u8Below(fields + 1, "exceptions");
    int head = cursor.u8();
    int high = head & ~Frames.FOLDED;
    if (high > 64) {
      throw new CorruptFrameException("frame exceptions are too wide: found=" + high);
    }
    int placesAt = cursor.skip(Bits.bytes(count, Frames.PLACE_BITS));
    Bits.unpack(cursor.bytes(), placesAt, 0, count, Frames.PLACE_BITS, patched);
    int highsAt = cursor.skip(Bits.bytes(count, high));
    Bits.unpack(cursor.bytes(), highsAt, 0, count, high, highs);
    boolean folded = (head & Frames.FOLDED) != 0;
    for (int i = 0; i < count; i++) {
      int at = (int) patched[i];
      if (at >= fields) {
        throw new CorruptFrameException(
            "frame exception out of range: expected_below=%d found=%d".formatted(fields, at));
      }
      long above = folded ? Bits.unfolded(highs[i]) : highs[i];
      out[at] += above << width;
    }
  }

  private static void add(long[] out, int from, int to, long base) {
    for (int i = from; i < to; i++) {
      out[i] += base;
    }
  }

  /// Equal steps: timestamps without jitter. (Each number on its own: the loop is vectorized.)
  private static void steps(long[] out, int count, long first, long step) {
    for (int i = 0; i < count; i++) {
      out[i] = first + i * step;
    }
  }

  private static void sum(long[] out, int count, long first, long base) {
    long value = first;
    for (int i = 0; i < count - 1; i++) {
      long next = value + base + out[i];
      out[i] = value;
      value = next;
    }
    out[count - 1] = value;
  }

  private static void sumTwice(long[] out, int count, long first, long step, long base) {
    long value = first;
    long delta = step;
    for (int i = 0; i < count - 2; i++) {
      long change = base + out[i];
      out[i] = value;
      value += delta;
      delta += change;
    }
    out[count - 2] = value;
    out[count - 1] = value + delta;
  }

  private static void line(long[] out, int from, int to, long base, long slope, int width) {
    int exponent = width - Frames.SLOPE_BITS;
    int left = Math.max(0, exponent);
    int right = Math.max(0, -exponent);
    for (int i = from; i < to; i++) {
      out[i] += base + (((slope * i) << left) >> right);
    }
  }

  private static void curve(
      long[] out, int from, int to, long base, long slope, long curvature, int width) {
    int left = Math.max(0, width - Frames.SLOPE_BITS);
    int right = Math.max(0, Frames.SLOPE_BITS - width);
    int leftTwice = Math.max(0, width - Frames.CURVATURE_BITS);
    int rightTwice = Math.max(0, Frames.CURVATURE_BITS - width);
    for (int i = from; i < to; i++) {
      long line = ((slope * i) << left) >> right;
      out[i] += base + line + (((curvature * i * i) << leftTwice) >> rightTwice);
    }
  }
}
