package io.trivigil.alertmanager.interval;

import io.trivigil.alertmanager.interval.TimeInterval.Range;
import io.trivigil.config.YamlMap;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Reads a time interval from YAML.
public final class TimeIntervalReader {
  private static final List<String> WEEKDAYS =
      List.of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");
  private static final List<String> MONTHS =
      List.of(
          "january",
          "february",
          "march",
          "april",
          "may",
          "june",
          "july",
          "august",
          "september",
          "october",
          "november",
          "december");

  private TimeIntervalReader() {}

  /// Reads one interval; what is wrong is reported and left out.
  public static TimeInterval read(YamlMap map) {
    return new TimeInterval(
        map.list("times", "time_range", TimeIntervalReader::time).stream()
            .flatMap(Optional::stream)
            .toList(),
        ranges(map, "weekdays", TimeIntervalReader::weekdays),
        ranges(map, "days_of_month", TimeIntervalReader::days),
        ranges(map, "months", TimeIntervalReader::months),
        ranges(map, "years", TimeIntervalReader::years),
        map.parsed("location", "location", TimeIntervalReader::zone).orElse(ZoneOffset.UTC));
  }

  private static List<Range> ranges(YamlMap map, String key, Function<String, Range> parser) {
    List<Range> ranges = new ArrayList<>();
    for (String text : map.strings(key)) {
      try {
        ranges.add(parser.apply(text.toLowerCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        map.problem(key, String.valueOf(e.getMessage()));
      }
    }
    return ranges;
  }

  private static ZoneId zone(String name) {
    try {
      return switch (name) {
        case "", "UTC" -> ZoneOffset.UTC;
        case "Local" -> ZoneId.systemDefault();
        default -> ZoneId.of(name);
      };
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("unknown time zone " + name, e);
    }
  }

  private static Optional<Range> time(YamlMap map) {
    Optional<Integer> start = map.parsed("start_time", "time", TimeIntervalReader::minute);
    Optional<Integer> end = map.parsed("end_time", "time", TimeIntervalReader::minute);
    if (start.isEmpty() || end.isEmpty()) {
      if (!map.has("start_time") || !map.has("end_time")) {
        map.problem("start_time", "both start and end times must be provided");
      }
      return Optional.empty();
    }
    if (start.get() >= end.get()) {
      map.problem("end_time", "start time cannot be equal or greater than end time");
      return Optional.empty();
    }
    return Optional.of(new Range(start.get(), end.get()));
  }

  private static int minute(String text) {
    if (text.equals("24:00")) {
      return 24 * 60;
    }
    boolean formed =
        text.length() == 5
            && text.charAt(2) == ':'
            && (text.substring(0, 2) + text.substring(3))
                .chars()
                .allMatch(c -> c >= '0' && c <= '9');
    int hour = formed ? Integer.parseInt(text.substring(0, 2)) : 24;
    int minute = formed ? Integer.parseInt(text.substring(3)) : 60;
    if (hour > 23 || minute > 59) {
      throw new IllegalArgumentException(
          "couldn't parse timestamp %s, invalid format".formatted(text));
    }
    return hour * 60 + minute;
  }

  private static Range weekdays(String text) {
    return ordered(
        text, part -> name(WEEKDAYS, part, 0, "weekday"), "start day cannot be before end day");
  }

  private static Range months(String text) {
    return ordered(
        text,
        part -> {
          if (!part.chars().allMatch(Character::isDigit)) {
            return name(MONTHS, part, 1, "month");
          }
          int month = number(part);
          if (month < 1 || month > 12) {
            throw new IllegalArgumentException(
                "%s is not a valid month: out of range".formatted(part));
          }
          return month;
        },
        "start month cannot be before end month");
  }

  private static Range years(String text) {
    return ordered(text, TimeIntervalReader::number, "start year cannot be before end year");
  }

  private static Range days(String text) {
    Range range = parts(text, TimeIntervalReader::number);
    for (int day : new int[] {range.begin(), range.end()}) {
      if (day == 0 || day < -31 || day > 31) {
        throw new IllegalArgumentException(
            "%d is not a valid day of the month: out of range".formatted(day));
      }
    }
    if (range.begin() < 0 && range.end() > 0) {
      throw new IllegalArgumentException("end day must be negative if start day is negative");
    }
    // What is wrong in the shortest month is wrong in all.
    int begin = range.begin() < 0 ? 28 + range.begin() : range.begin();
    int end = range.end() < 0 ? 28 + range.end() : range.end();
    if (begin > end) {
      throw new IllegalArgumentException(
          "end day %d is always before start day %d".formatted(range.end(), range.begin()));
    }
    return range;
  }

  private static Range ordered(String text, Function<String, Integer> parser, String problem) {
    Range range = parts(text, parser);
    if (range.begin() > range.end()) {
      throw new IllegalArgumentException(problem);
    }
    return range;
  }

  private static Range parts(String text, Function<String, Integer> parser) {
    String[] parts = text.split(":", -1);
    if (parts.length > 2) {
      throw new IllegalArgumentException("couldn't parse range %s, invalid format".formatted(text));
    }
    int begin = parser.apply(parts[0].strip());
    return new Range(begin, parts.length == 1 ? begin : parser.apply(parts[1].strip()));
  }

  private static int name(List<String> names, String text, int first, String what) {
    int index = names.indexOf(text);
    if (index < 0) {
      throw new IllegalArgumentException("%s is not a valid %s".formatted(text, what));
    }
    return index + first;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "couldn't parse range %s, invalid format".formatted(text), e);
    }
  }
}
