package io.trivigil.promql.eval;

import java.time.LocalDate;

/// Fields of the UTC calendar at a number of seconds, for numbers of any size.
///
/// `hour(NaN)` or `year(1e300)` have no right answer, but Prometheus gives one: the number becomes
/// a 64-bit integer as x86-64 converts it (what does not fit is the smallest one), and the calendar
/// counts on unsigned from a year long before. Dashboards that survive on it get the same here.
final class Calendar {
  private static final long SECONDS_PER_DAY = 86_400;
  private static final long DAYS_PER_CYCLE = 146_097; // 400 years

  /// Where Go's calendar begins, on a Monday and 1 modulo 400 as 2001 does.
  private static final long FIRST_YEAR = -292_277_022_399L;

  private static final long FIRST_YEAR_TO_EPOCH_SECONDS = 9_223_372_028_715_321_600L;
  private static final LocalDate LIKE_FIRST = LocalDate.of(2001, 1, 1);

  private Calendar() {}

  /// @param function one of PromQL's calendar functions
  /// @param seconds since the epoch, UTC
  static double field(String function, double seconds) {
    long sinceFirst = integer(seconds) + FIRST_YEAR_TO_EPOCH_SECONDS; // unsigned
    long days = Long.divideUnsigned(sinceFirst, SECONDS_PER_DAY);
    long secondOfDay = Long.remainderUnsigned(sinceFirst, SECONDS_PER_DAY);
    LocalDate date = LIKE_FIRST.plusDays(days % DAYS_PER_CYCLE);
    return switch (function) {
      case "days_in_month" -> date.lengthOfMonth();
      case "day_of_month" -> date.getDayOfMonth();
      case "day_of_week" -> date.getDayOfWeek().getValue() % 7;
      case "day_of_year" -> date.getDayOfYear();
      case "hour" -> Math.toIntExact(secondOfDay / 3600);
      case "minute" -> Math.toIntExact(secondOfDay / 60 % 60);
      case "month" -> date.getMonthValue();
      default ->
          (double)
              (FIRST_YEAR
                  + 400 * (days / DAYS_PER_CYCLE)
                  + (date.getYear() - LIKE_FIRST.getYear()));
    };
  }

  private static long integer(double seconds) {
    return seconds >= -0x1p63 && seconds < 0x1p63 ? (long) seconds : Long.MIN_VALUE;
  }
}
