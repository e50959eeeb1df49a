package io.trivigil.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {
  @ParameterizedTest
  @CsvSource({
    "1h30m,5400000,1h30m",
    "60s,60000,1m",
    "0,0,0s",
    "1d,86400000,1d",
    "7d,604800000,1w",
    "1w1d,691200000,8d",
    "1y,31536000000,1y",
    "250ms,250,250ms",
    "90m,5400000,1h30m"
  })
  void durationIsReadAndPrintedInItsNormalForm(String text, long ms, String printed) {
    assertThat(PromDuration.parseMs(text)).isEqualTo(ms);
    assertThat(PromDuration.formatMs(ms)).isEqualTo(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "m", "1.5h", "-1m", "1m1h", "1m 1s", "1m1m", "9223372036854775807y"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> PromDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1e+00",
    "0.1,0.1,0.1,1e-01",
    "100000,100000,100000,1e+05",
    "1000000,1000000,1e+06,1e+06",
    "1234567,1234567,1.234567e+06,1.234567e+06",
    "1e21,1e+21,1e+21,1e+21",
    "1e-7,1e-07,1e-07,1e-07",
    "0.00001,0.00001,1e-05,1e-05",
    "-2.5,-2.5,-2.5,-2.5e+00",
    "123456789012345680000,123456789012345680000,1.2345678901234568e+20,1.2345678901234568e+20",
    "0,0,0,0e+00",
    "5e-324,5e-324,5e-324,5e-324"
  })
  void numberIsPrintedAsGoDoes(double value, String api, String general, String exponent) {
    assertThat(FloatFormat.api(value)).isEqualTo(api);
    assertThat(FloatFormat.general(value)).isEqualTo(general);
    assertThat(FloatFormat.exponent(value)).isEqualTo(exponent);
  }

  @ParameterizedTest
  @CsvSource({"NaN,NaN", "Infinity,+Inf", "-Infinity,-Inf", "-0.0,-0"})
  void specialNumberHasItsName(double value, String text) {
    assertThat(FloatFormat.api(value)).isEqualTo(text);
    assertThat(FloatFormat.general(value)).isEqualTo(text);
  }
}
