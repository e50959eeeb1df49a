package io.trivigil.web.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.FloatFormat;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The long way by the JDK's digits and a [java.math.BigDecimal] is the measure.
class ShortestDecimalTest {
  private static final int RUNS = 300_000;

  private static String written(double value) {
    byte[] out = new byte[3 + ShortestDecimal.MOST_BYTES];
    int end = ShortestDecimal.write(out, 3, value);
    return end < 0 ? "none" : new String(out, 3, end - 3, StandardCharsets.US_ASCII);
  }

  private static void check(double value) {
    String text = FloatFormat.api(value);
    boolean plain = Double.isFinite(value) && text.indexOf('e') < 0;
    if (!written(value).equals(plain ? text : "none")) {
      assertThat(written(value)).as("%a", value).isEqualTo(plain ? text : "none");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "364.3458333333333, 364.3458333333333",
    "0.1, 0.1",
    "-0.30000000000000004, -0.30000000000000004",
    "0.000001, 0.000001",
    "0.0000012345678901234567, 0.0000012345678901234567",
    "123456789.0123456, 123456789.0123456",
    "1000000000000000.5, 1000000000000000.5",
    "9007199254740991, 9007199254740991",
    "9007199254740992, 9007199254740992",
    "9007199254740993, 9007199254740992",
    "123456789012345680000, 123456789012345680000",
    "999999999999999900000, 999999999999999900000",
    "-0.0, -0",
  })
  void digitsAreThoseThatReadBack(double value, String expected) {
    assertThat(written(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "Infinity",
        "-Infinity",
        "1e21",
        "9.99999999999999e-7",
        "4.9e-324",
        "-1.7976931348623157e308"
      })
  void whatHasAnotherFormIsNotWritten(String value) {
    assertThat(written(Double.parseDouble(value))).isEqualTo("none");
  }

  @Test
  void anyBitsAreWrittenAsTheLongWayDoes() {
    RandomGenerator random = new Random(3);
    long least = Double.doubleToRawLongBits(5e-7);
    long span = Double.doubleToRawLongBits(2e21) - least;
    for (int i = 0; i < RUNS; i++) {
      double value = Double.longBitsToDouble(least + random.nextLong(span));
      check(random.nextBoolean() ? value : -value);
    }
  }

  @Test
  void neighboursOfPowersAreWrittenAsTheLongWayDoes() {
    for (int exponent = -21; exponent <= 71; exponent++) {
      neighbours(Math.scalb(1.0, exponent));
    }
    for (int exponent = -7; exponent <= 21; exponent++) {
      for (int digit = 1; digit < 10; digit++) {
        neighbours(Double.parseDouble(digit + "e" + exponent));
      }
    }
  }

  private static void neighbours(double value) {
    double up = value;
    double down = value;
    for (int i = 0; i < 200; i++) {
      check(up);
      check(down);
      up = Math.nextUp(up);
      down = Math.nextDown(down);
    }
  }

  @Test
  void whatQueriesAnswerIsWrittenAsTheLongWayDoes() {
    RandomGenerator random = new Random(5);
    for (int i = 0; i < RUNS; i++) {
      double whole = random.nextLong(10L << random.nextInt(55));
      check(whole / Math.pow(10, random.nextInt(18))); // decimals
      check(whole / (1 + random.nextInt(4_000))); // rates, means, shares
      check(100 * (1 - random.nextInt(1_000) / 999.0));
    }
  }

  /// The digits of each of these lie as near to half way between two as they can.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740994.0",
        "9007199254740996.0",
        "18014398509481984.0",
        "18014398509481988.0",
        "2.2250738585072012e-5",
        "5.764607523034235e17",
        "1.152921504606847e18",
        "2.305843009213694e18",
        "4.503599627370497e15",
        "4503599627370497.5",
        "2251799813685248.2",
        "2251799813685248.8",
        "8.41e20",
        "2.0e20",
        "9.5367431640625e-7",
        "1.9073486328125e-6",
        "8.5e15",
        "1.7976931348623157e20"
      })
  void hardOnesAreWrittenAsTheLongWayDoes(String value) {
    neighbours(Double.parseDouble(value));
  }
}
