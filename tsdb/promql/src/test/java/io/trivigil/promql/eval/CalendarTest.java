package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1970, 1, 1, 4, 0, 0",
    "-1, 1969, 12, 31, 3, 23, 59",
    "951782400, 2000, 2, 29, 2, 0, 0",
    "1795241078.9, 2026, 11, 21, 6, 6, 4",
    "-62135596801, 0, 12, 31, 0, 23, 59",
  })
  void knowsTheCalendar(
      double seconds, int year, int month, int day, int weekday, int hour, int minute) {
    assertThat(Calendar.field("year", seconds)).isEqualTo(year);
    assertThat(Calendar.field("month", seconds)).isEqualTo(month);
    assertThat(Calendar.field("day_of_month", seconds)).isEqualTo(day);
    assertThat(Calendar.field("day_of_week", seconds)).isEqualTo(weekday);
    assertThat(Calendar.field("hour", seconds)).isEqualTo(hour);
    assertThat(Calendar.field("minute", seconds)).isEqualTo(minute);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity", "1e300", "-9223372036854775808"})
  void whatFitsNoIntegerIsTheSmallestOneAsInPrometheus(double seconds) {
    assertThat(Calendar.field("year", seconds)).isEqualTo(292_277_026_596.0);
    assertThat(Calendar.field("month", seconds)).isEqualTo(12);
    assertThat(Calendar.field("hour", seconds)).isEqualTo(15);
    assertThat(Calendar.field("days_in_month", seconds)).isEqualTo(31);
  }

  @Test
  void leapDayOfTheYear() {
    assertThat(Calendar.field("day_of_year", 1_735_603_200)).isEqualTo(366);
    assertThat(Calendar.field("days_in_month", 951_782_400)).isEqualTo(29);
  }
}
