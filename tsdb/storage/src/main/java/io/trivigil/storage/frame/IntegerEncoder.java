package io.trivigil.storage.frame;

import io.trivigil.model.codec.ByteWriter;

/// Encodes a column of integers: tries the predictors and writes the smallest. Layout:
/// `docs/frames.md`. Owned by one thread.
///
/// A quick one does not try what costs most and seldom gains much in a few numbers: lines, curves
/// and exceptions.
public final class IntegerEncoder {
  private static final int RARE = 3; // runs are tried where they are this long on average
  private static final int MAX_LINE_WIDTH = 48;
  private static final double MAX_SLOPE = 0x1p45;

  private final long[] residuals = new long[Frames.SAMPLES];
  private final long[] tops = new long[Frames.SAMPLES];
  private final Window window = new Window();
  private final Fit fit = new Fit();
  private final Choice best = new Choice();
  private final Choice trial = new Choice();
  private final boolean quick;
  private boolean newForms;

  public IntegerEncoder() {
    this(false);
  }

  public IntegerEncoder(boolean quick) {
    this.quick = quick;
  }

  /// One way to write a column, and its size.
  private static final class Choice {
    private int predictor;
    private long base;
    private int width;
    private int exceptions;
    private boolean patched;
    private long slope;
    private long curvature;
    private int bytes;

    private void copy(Choice other) {
      predictor = other.predictor;
      base = other.base;
      width = other.width;
      exceptions = other.exceptions;
      patched = other.patched;
      slope = other.slope;
      curvature = other.curvature;
      bytes = other.bytes;
    }
  }

  /// Appends the first `count` numbers as one frame.
  public void encode(long[] values, int count, ByteWriter out) {
    Frames.checkCount(count);
    int changes = changes(values, count);
    if (changes == 0) {
      out.u8(Frames.CONSTANT).zigzag(values[0]);
      return;
    }
    choose(values, count);
    if ((changes + 1) * RARE <= count) {
      int packed = best.bytes;
      boolean hadNewForms = newForms;
      ByteWriter runs = runs(values, count, changes);
      if (runs.size() < packed) {
        byte[] bytes = runs.toBytes();
        out.raw(bytes, 0, bytes.length);
        return;
      }
      newForms = hadNewForms; // and forget the runs
      choose(values, count); // their values were chosen for in between
    }
    write(values, count, out);
  }

  private static int changes(long[] values, int count) {
    int changes = 0;
    for (int i = 1; i < count; i++) {
      changes += values[i] != values[i - 1] ? 1 : 0;
    }
    return changes;
  }

  private ByteWriter runs(long[] values, int count, int changes) {
    ByteWriter out = new ByteWriter(64).u8(Frames.RUNS).u8(changes);
    long[] runValues = new long[changes + 1];
    long[] places = new long[changes];
    byte[] map = new byte[Bits.bytes(count - 1, 1)];
    runValues[0] = values[0];
    int at = 0;
    for (int i = 1; i < count; i++) {
      if (values[i] != values[i - 1]) {
        places[at++] = i;
        runValues[at] = values[i];
        map[(i - 1) >>> 3] |= (byte) (1 << ((i - 1) & 7));
      }
    }
    byte[] listed = Bits.pack(places, changes, Frames.PLACE_BITS);
    byte[] shorter = listed.length < map.length ? listed : map;
    out.raw(shorter, 0, shorter.length);
    choose(runValues, changes + 1);
    write(runValues, changes + 1, out);
    return out;
  }

  /// Finds the smallest way into `best`.
  private void choose(long[] values, int count) {
    best.bytes = Integer.MAX_VALUE;
    for (int predictor = Frames.VALUE; predictor <= Frames.DELTA_OF_DELTA; predictor++) {
      trial.slope = 0;
      trial.curvature = 0;
      tryWith(predictor, values, count);
    }
    if (!quick && count > 4 && best.width > 0) {
      fit.line(values, count);
      tryFitted(Frames.LINE, values, count);
      if (fit.roundSlope(count, best.width)) { // timestamps, and whatever else ticks
        tryFitted(Frames.LINE, values, count);
      }
      fit.line(values, count);
      fit.curve(values, count);
      tryFitted(Frames.CURVE, values, count);
    }
  }

  private void tryWith(int predictor, long[] values, int count) {
    trial.predictor = predictor;
    int from = predict(trial, values, count);
    if (from >= count) {
      trial.base = 0;
      trial.width = 0;
      trial.exceptions = 0;
      trial.patched = false;
      trial.bytes = header(trial, values);
    } else {
      if (quick) {
        window.whole(residuals, count - from);
      } else {
        window.choose(residuals, count - from);
      }
      trial.width = window.width();
      trial.exceptions = window.exceptions();
      trial.patched = window.patched();
      trial.base = window.base();
      trial.bytes = window.bytes() + header(trial, values);
    }
    if (trial.bytes < best.bytes) {
      best.copy(trial);
    }
  }

  /// A line's units depend on the width, and the width on the line: a few rounds settle it.
  private void tryFitted(int predictor, long[] values, int count) {
    int width = Math.max(1, fit.width(values, count));
    for (int round = 0; round < 3 && width <= MAX_LINE_WIDTH; round++) {
      double slope = Math.scalb(fit.slope(), Frames.SLOPE_BITS - width);
      double curvature = Math.scalb(fit.curvature(), Frames.CURVATURE_BITS - width);
      if (!(Math.abs(slope) < MAX_SLOPE) || !(Math.abs(curvature) < MAX_SLOPE)) {
        return;
      }
      trial.predictor = predictor;
      trial.slope = Math.round(slope);
      trial.curvature = Math.round(curvature);
      trial.width = width;
      predict(trial, values, count);
      window.choose(residuals, count);
      if (window.width() <= width) {
        trial.exceptions = window.exceptions();
        trial.patched = window.patched();
        trial.base = window.base();
        trial.bytes =
            window.bytes()
                + Bits.bytes(count, width)
                - Bits.bytes(count, window.width())
                + header(trial, values);
        if (trial.bytes < best.bytes) {
          best.copy(trial);
        }
        return;
      }
      width = window.width();
    }
  }

  /// Fills `residuals` from the first that is predicted on; returns which that is.
  private int predict(Choice by, long[] values, int count) {
    switch (by.predictor) {
      case Frames.DELTA -> {
        for (int i = 1; i < count; i++) {
          residuals[i - 1] = values[i] - values[i - 1];
        }
        return 1;
      }
      case Frames.DELTA_OF_DELTA -> {
        for (int i = 2; i < count; i++) {
          residuals[i - 2] = values[i] - 2 * values[i - 1] + values[i - 2];
        }
        return 2;
      }
      case Frames.LINE, Frames.CURVE -> {
        for (int i = 0; i < count; i++) {
          residuals[i] = values[i] - fitted(by, i);
        }
        return 0;
      }
      default -> {
        System.arraycopy(values, 0, residuals, 0, count);
        return 0;
      }
    }
  }

  private static long fitted(Choice by, int i) {
    long line = Frames.scaled(by.slope * i, by.width - Frames.SLOPE_BITS);
    return by.predictor == Frames.LINE
        ? line
        : line + Frames.scaled(by.curvature * i * i, by.width - Frames.CURVATURE_BITS);
  }

  /// Bytes before the fields, nearly: a base that can be coarse is not known yet.
  private static int header(Choice of, long[] values) {
    int bytes = 2 + Bits.zigzagBytes(of.base);
    return switch (of.predictor) {
      case Frames.DELTA -> bytes + Bits.zigzagBytes(values[0]);
      case Frames.DELTA_OF_DELTA ->
          bytes + Bits.zigzagBytes(values[0]) + Bits.zigzagBytes(values[1] - values[0]);
      case Frames.LINE -> bytes + Bits.zigzagBytes(of.slope);
      case Frames.CURVE -> bytes + Bits.zigzagBytes(of.slope) + Bits.zigzagBytes(of.curvature);
      default -> bytes;
    };
  }

  private void write(long[] values, int count, ByteWriter out) {
    int fields = count - predict(best, values, count);
    long base = best.base;
    int width = best.width;
    int spare = width - Frames.COARSE_BITS;
    long coarse = spare > 0 ? base >> spare << spare : base;
    boolean isCoarse = spare > 0 && fits(coarse, fields);
    if (isCoarse) {
      base = coarse;
    }
    int head = best.predictor;
    if (best.exceptions > 0) {
      head |= best.patched ? Frames.PATCHED : Frames.HAS_EXCEPTIONS;
    }
    head |= isCoarse ? Frames.COARSE : 0;
    out.u8(head).u8(width).zigzag(isCoarse ? base >> spare : base);
    switch (best.predictor) {
      case Frames.DELTA -> out.zigzag(values[0]);
      case Frames.DELTA_OF_DELTA -> out.zigzag(values[0]).zigzag(values[1] - values[0]);
      case Frames.LINE -> out.zigzag(best.slope);
      case Frames.CURVE -> out.zigzag(best.slope).zigzag(best.curvature);
      default -> {}
    }
    if (best.exceptions > 0 && best.patched) {
      newForms = true;
      writePatched(base, width, fields, out);
    } else {
      writeFields(base, width, fields, out);
    }
  }

  /// Whether the window can begin at `base` without losing a number that it held.
  private boolean fits(long base, int fields) {
    for (int i = 0; i < fields; i++) {
      boolean held = inside(residuals[i] - best.base, best.width);
      if (held && !inside(residuals[i] - base, best.width)) {
        return false;
      }
    }
    return true;
  }

  private static boolean inside(long distance, int width) {
    return Bits.width(distance) <= width;
  }

  private void writeFields(long base, int width, int fields, ByteWriter out) {
    int outside = 0;
    ByteWriter exceptions = new ByteWriter(16);
    for (int i = 0; i < fields; i++) {
      long distance = residuals[i] - base;
      boolean held = inside(distance, width);
      tops[i] = held ? distance : 0;
      if (!held) {
        outside++;
        exceptions.u8(i).zigzag(distance);
      }
    }
    byte[] packed = Bits.pack(tops, fields, width);
    out.raw(packed, 0, packed.length);
    if (best.exceptions > 0) {
      byte[] bytes = exceptions.toBytes();
      out.u8(outside).raw(bytes, 0, bytes.length);
    }
  }

  /// As above, but all fields have the lowest bits of their numbers, and what the exceptions have
  /// above them stands behind.
  private void writePatched(long base, int width, int fields, ByteWriter out) {
    long lowest = 0;
    long highest = 0;
    for (int i = 0; i < fields; i++) {
      tops[i] = residuals[i] - base;
      lowest = Math.min(lowest, tops[i]);
      highest = Math.max(highest, tops[i]);
    }
    byte[] packed = Bits.pack(tops, fields, width);
    out.raw(packed, 0, packed.length);
    int outside = 0;
    for (int i = 0; i < fields; i++) {
      long high = tops[i] >> width;
      if (high != 0) {
        residuals[outside] = i; // they are not needed any more
        tops[outside++] = lowest < 0 ? Bits.zigzag(high) : high;
      }
    }
    int high = Bits.highWidth(lowest, highest, width);
    out.u8(outside).u8(lowest < 0 ? high | Frames.FOLDED : high);
    byte[] places = Bits.pack(residuals, outside, Frames.PLACE_BITS);
    byte[] highs = Bits.pack(tops, outside, high);
    out.raw(places, 0, places.length).raw(highs, 0, highs.length);
  }

  /// Whether a frame since [#forget] has a form that is read from version 3 of a page on.
  public boolean hasNewForms() {
    return newForms;
  }

  /// Begins anew, for [#hasNewForms].
  public void forget() {
    newForms = false;
  }
}
