package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The hash by which `limit_ratio` samples series: xxHash64 over the length-prefixed names and
/// values, as Prometheus stores its labels.
final class LabelHash {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private LabelHash() {}

  /// Whether a series is among the share `ratio` of all; a negative ratio takes the other end.
  static boolean isSampled(Labels labels, double ratio) {
    double offset = unsigned(hash(labels)) / 0x1p64;
    return ratio >= 0 ? offset < ratio : offset >= 1 + ratio;
  }

  private static double unsigned(long bits) {
    double value = bits & Long.MAX_VALUE;
    return bits < 0 ? value + 0x1p63 : value;
  }

  static long hash(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    labels.forEach(
        (name, value) -> {
          put(out, name);
          put(out, value);
        });
    return xx(out.toByteArray());
  }

  private static void put(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 255) {
      out.write(bytes.length);
    } else {
      out.write(255);
      out.write(bytes.length);
      out.write(bytes.length >> 8);
      out.write(bytes.length >> 16);
    }
    out.writeBytes(bytes);
  }

  static long xx(byte[] in) {
    int at = 0;
    long h;
    if (in.length >= 32) {
      long a = 0x60EA27EEADC0B5D6L; // P1 + P2, which overflows
      long b = P2;
      long c = 0;
      long d = -P1;
      for (; at + 32 <= in.length; at += 32) {
        a = round(a, word(in, at));
        b = round(b, word(in, at + 8));
        c = round(c, word(in, at + 16));
        d = round(d, word(in, at + 24));
      }
      h =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      h = merge(merge(merge(merge(h, a), b), c), d);
    } else {
      h = P5;
    }
    h += in.length;
    for (; at + 8 <= in.length; at += 8) {
      h = Long.rotateLeft(h ^ round(0, word(in, at)), 27) * P1 + P4;
    }
    if (at + 4 <= in.length) {
      long half = (in[at] & 0xffL) | (in[at + 1] & 0xffL) << 8 | (in[at + 2] & 0xffL) << 16;
      half |= (in[at + 3] & 0xffL) << 24;
      h = Long.rotateLeft(h ^ half * P1, 23) * P2 + P3;
      at += 4;
    }
    for (; at < in.length; at++) {
      h = Long.rotateLeft(h ^ (in[at] & 0xffL) * P5, 11) * P1;
    }
    h = (h ^ h >>> 33) * P2;
    h = (h ^ h >>> 29) * P3;
    return h ^ h >>> 32;
  }

  private static long round(long acc, long word) {
    return Long.rotateLeft(acc + word * P2, 31) * P1;
  }

  private static long merge(long h, long acc) {
    return (h ^ round(0, acc)) * P1 + P4;
  }

  private static long word(byte[] in, int at) {
    long word = 0;
    for (int i = 7; i >= 0; i--) {
      word = (word << 8) | (in[at + i] & 0xff);
    }
    return word;
  }
}
