package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FloatFormatTest {
  @Test
  void plainDigitsAreTheShortest() {
    RandomGenerator random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double scale = Math.pow(10, random.nextInt(24) - 8);
      double value = (random.nextInt(2_000_000) - 1_000_000) / 1000.0 * scale;
      if (i % 2 == 0) {
        value *= random.nextDouble();
      }
      String text = FloatFormat.plain(value);
      assertThat(text).doesNotContain("E").doesNotEndWith(".0");
      assertThat(Double.parseDouble(text)).isEqualTo(value);
      BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
      assertThat(new BigDecimal(text)).as(text).isEqualByComparingTo(digits);
      assertThat(text).isEqualTo(value == 0 ? text : digits.toPlainString());
    }
  }

  @Test
  void bordersOfTheShortWay() {
    assertThat(FloatFormat.plain(0.001)).isEqualTo("0.001");
    assertThat(FloatFormat.plain(Math.nextDown(0.001))).isEqualTo("0.0009999999999999998");
    assertThat(FloatFormat.plain(Math.nextDown(1e7))).isEqualTo("9999999.999999998");
    assertThat(FloatFormat.plain(-10000000.5)).isEqualTo("-10000000.5");
    assertThat(FloatFormat.plain(-0.25)).isEqualTo("-0.25");
  }
}
