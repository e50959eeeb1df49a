package io.trivigil.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s", "PT0.0004S, 400µs", "PT0.041S, 41ms", "PT6.12S, 6.1s", "PT12.9S, 12s",
    "PT1M, 1m", "PT3M14S, 3m 14s", "PT26H, 1d 2h", "PT72H0M5S, 3d", "PT2S, 2s"
  })
  void durationsShowTheirTwoLargestUnits(Duration length, String expected) {
    assertThat(Format.duration(length)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "12.345, 12.3", "999, 999", "12345.6, 12.3k", "84211, 84.2k", "4.8e9, 4.8G"})
  void numbersShowThreeDigits(double number, String expected) {
    assertThat(Format.short3(number)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "3812334101, 3.55 GiB"})
  void sizesShowBinaryPrefixes(double number, String expected) {
    assertThat(Format.bytes(number)).isEqualTo(expected);
  }
}
