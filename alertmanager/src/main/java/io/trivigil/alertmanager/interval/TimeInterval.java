package io.trivigil.alertmanager.interval;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/// A recurring time. An empty list restricts nothing; of all others one range each must match.
///
/// @param times minutes of the day, end exclusive
/// @param weekdays 0 is Sunday
/// @param daysOfMonth from 1; negative counts from the end of the month
/// @param months 1 to 12
/// @param years as they are written
/// @param zone where the clock hangs
public record TimeInterval(
    List<Range> times,
    List<Range> weekdays,
    List<Range> daysOfMonth,
    List<Range> months,
    List<Range> years,
    ZoneId zone) {

  /// From `begin` to `end`; whether the end is inside depends on the field.
  public record Range(int begin, int end) {}

  public TimeInterval {
    times = List.copyOf(times);
    weekdays = List.copyOf(weekdays);
    daysOfMonth = List.copyOf(daysOfMonth);
    months = List.copyOf(months);
    years = List.copyOf(years);
  }

  /// Whether the moment lies in this interval.
  public boolean contains(long atMs) {
    ZonedDateTime at = Instant.ofEpochMilli(atMs).atZone(zone);
    int minute = at.getHour() * 60 + at.getMinute();
    return (times.isEmpty()
            || times.stream().anyMatch(r -> minute >= r.begin() && minute < r.end()))
        && within(weekdays, at.getDayOfWeek().getValue() % 7)
        && (daysOfMonth.isEmpty() || daysOfMonth.stream().anyMatch(r -> hasDay(r, at)))
        && within(months, at.getMonthValue())
        && within(years, at.getYear());
  }

  private static boolean within(List<Range> ranges, int value) {
    return ranges.isEmpty()
        || ranges.stream().anyMatch(r -> value >= r.begin() && value <= r.end());
  }

  private static boolean hasDay(Range range, ZonedDateTime at) {
    int length = at.toLocalDate().lengthOfMonth();
    int begin = range.begin() < 0 ? length + range.begin() + 1 : range.begin();
    int end = range.end() < 0 ? length + range.end() + 1 : range.end();
    return begin <= length
        && at.getDayOfMonth() >= begin
        && at.getDayOfMonth() <= Math.min(end, length);
  }
}
