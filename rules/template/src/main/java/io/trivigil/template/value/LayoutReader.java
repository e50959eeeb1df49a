package io.trivigil.template.value;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/// Reads one text by the parts of a layout.
final class LayoutReader {
  private final String layout;
  private final String text;
  private int at;
  private int year;
  private int month = 1;
  private int day = 1;
  private int hour;
  private int minute;
  private int second;
  private int nanos;
  private boolean fractionRead;
  private boolean afternoon;
  private boolean twelve;
  private ZoneOffset offset = ZoneOffset.UTC;

  LayoutReader(String layout, String text) {
    this.layout = layout;
    this.text = text;
  }

  void read(String part, boolean chunk) {
    if (!chunk) {
      if (!text.startsWith(part, at)) {
        throw bad(part);
      }
      at += part.length();
      return;
    }
    switch (part) {
      case "2006" -> year = digits(part, 4, 4);
      case "06" -> {
        int two = digits(part, 2, 2);
        year = two >= 69 ? 1900 + two : 2000 + two;
      }
      case "01" -> month = digits(part, 2, 2);
      case "1" -> month = digits(part, 1, 2);
      case "Jan" -> month = name(part, MONTHS, 3);
      case "January" -> month = name(part, MONTHS, 20);
      case "Mon" -> name(part, DAYS, 3);
      case "Monday" -> name(part, DAYS, 20);
      case "02" -> day = digits(part, 2, 2);
      case "2", "_2" -> {
        while (part.equals("_2") && text.startsWith(" ", at)) {
          at++;
        }
        day = digits(part, 1, 2);
      }
      case "15" -> hour = digits(part, 2, 2);
      case "3", "03" -> {
        twelve = true;
        hour = digits(part, part.length(), 2);
      }
      case "4", "04" -> minute = digits(part, part.length(), 2);
      case "5", "05" -> second = secondsAndFraction(part);
      case "PM", "pm" -> {
        if (!text.regionMatches(true, at, "am", 0, 2)
            && !text.regionMatches(true, at, "pm", 0, 2)) {
          throw bad(part);
        }
        afternoon = Character.toLowerCase(text.charAt(at)) == 'p';
        at += 2;
      }
      case "MST" -> at += text.startsWith("UTC", at) ? 3 : letters(part);
      default -> {
        if (part.charAt(0) == '.' || part.charAt(0) == ',') {
          fraction(part);
        } else {
          zone(part);
        }
      }
    }
  }

  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");
  private static final List<String> DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

  private int name(String part, List<String> names, int length) {
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String wanted = name.substring(0, Math.min(length, name.length()));
      if (text.regionMatches(true, at, wanted, 0, wanted.length())) {
        at += wanted.length();
        return i + 1;
      }
    }
    throw bad(part);
  }

  private int letters(String part) {
    int end = at;
    while (end < text.length() && Character.isUpperCase(text.charAt(end))) {
      end++;
    }
    if (end - at < 3) {
      throw bad(part);
    }
    return end - at;
  }

  private int digits(String part, int min, int max) {
    int end = at;
    while (end < text.length() && end - at < max && Character.isDigit(text.charAt(end))) {
      end++;
    }
    if (end - at < min) {
      throw bad(part);
    }
    int value = Integer.parseInt(text.substring(at, end));
    at = end;
    return value;
  }

  // Go accepts a fraction after the seconds even where the layout has none.
  private int secondsAndFraction(String part) {
    int value = digits(part, part.length(), 2);
    boolean fractionFollows =
        at + 1 < text.length() && text.charAt(at) == '.' && Character.isDigit(text.charAt(at + 1));
    if (fractionFollows) {
      fraction(".9");
    }
    return value;
  }

  private void fraction(String part) {
    boolean present = at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',');
    if (!present) {
      if (part.charAt(1) == '0' && !fractionRead) {
        throw bad(part);
      }
      return;
    }
    fractionRead = true;
    int end = at + 1;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    String places = (text.substring(at + 1, end) + "000000000").substring(0, 9);
    nanos = Integer.parseInt(places);
    at = end;
  }

  private void zone(String part) {
    if (part.charAt(0) == 'Z' && text.startsWith("Z", at)) {
      at++;
      return;
    }
    int sign = text.startsWith("-", at) ? -1 : text.startsWith("+", at) ? 1 : 0;
    if (sign == 0) {
      throw bad(part);
    }
    at++;
    int seconds = digits(part, 2, 2) * 3600;
    int count = (int) part.chars().filter(Character::isDigit).count();
    for (int unit = 60, left = count - 2; left > 0; left -= 2, unit /= 60) {
      if (part.indexOf(':') >= 0) {
        if (!text.startsWith(":", at)) {
          throw bad(part);
        }
        at++;
      }
      seconds += digits(part, 2, 2) * unit;
    }
    offset = ZoneOffset.ofTotalSeconds(sign * seconds);
  }

  GoTime finish() {
    if (at < text.length()) {
      throw new GoError(
          "parsing time %s: extra text: %s"
              .formatted(GoStrings.quote(text), GoStrings.quote(text.substring(at))));
    }
    int hour24 = twelve ? hour % 12 + (afternoon ? 12 : 0) : hour;
    try {
      return new GoTime(
          LocalDateTime.of(year, month, day, hour24, minute, second, nanos).atZone(offset));
    } catch (java.time.DateTimeException _) {
      throw new GoError("parsing time " + GoStrings.quote(text) + ": out of range");
    }
  }

  private GoError bad(String part) {
    return new GoError(
        "parsing time %s as %s: cannot parse %s as %s"
            .formatted(
                GoStrings.quote(text),
                GoStrings.quote(layout),
                GoStrings.quote(text.substring(Math.min(at, text.length()))),
                GoStrings.quote(part)));
  }
}
