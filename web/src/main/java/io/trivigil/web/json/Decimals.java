package io.trivigil.web.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Writes whole numbers in decimal, three digits at a time: an answer of raw samples is little else
/// than digits. Stateless. The caller has room for [#MOST_BYTES] behind `at`, and what stands
/// behind the returned end may be overwritten.
final class Decimals {
  /// The longest number, and what a group of three writes beyond itself.
  static final int MOST_BYTES = 20;

  private static final VarHandle FOUR =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int GROUP = 1_000;
  private static final int MILLION = 1_000_000;
  private static final int BILLION = 1_000_000_000;

  /// The three digits of each number below 1000, the first one lowest.
  private static final int[] DIGITS = new int[GROUP];

  static {
    for (int i = 0; i < GROUP; i++) {
      DIGITS[i] = ('0' + i / 100) | ('0' + i / 10 % 10) << 8 | ('0' + i % 10) << 16;
    }
  }

  private Decimals() {}

  /// Writes a number that is not negative; returns where it ends.
  static int write(byte[] out, int at, long number) {
    if (number < BILLION) {
      return write(out, at, (int) number);
    }
    long billions = number / BILLION;
    int rest = (int) (number - billions * BILLION);
    int end = write(out, at, billions);
    int thousands = rest / GROUP;
    three(out, end, thousands / GROUP);
    three(out, end + 3, thousands % GROUP);
    return three(out, end + 6, rest - thousands * GROUP);
  }

  private static int write(byte[] out, int at, int number) {
    if (number < GROUP) {
      return first(out, at, number);
    }
    if (number < MILLION) {
      int thousands = number / GROUP;
      return three(out, first(out, at, thousands), number - thousands * GROUP);
    }
    int thousands = number / GROUP;
    int millions = number / MILLION;
    int end = three(out, first(out, at, millions), thousands - millions * GROUP);
    return three(out, end, number - thousands * GROUP);
  }

  /// Writes a number below 1000 without zeros in front.
  private static int first(byte[] out, int at, int number) {
    int skipped = number < 100 ? number < 10 ? 2 : 1 : 0;
    FOUR.set(out, at, DIGITS[number] >>> (8 * skipped));
    return at + 3 - skipped;
  }

  /// Writes a number below 1000 with its zeros in front.
  static int three(byte[] out, int at, int number) {
    FOUR.set(out, at, DIGITS[number]);
    return at + 3;
  }
}
