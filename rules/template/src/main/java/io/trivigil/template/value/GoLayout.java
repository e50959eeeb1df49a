package io.trivigil.template.value;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Go's time layouts, which are written as the time `Mon Jan 2 15:04:05 MST 2006`.
public final class GoLayout {
  // Longer ones first where one begins with another.
  private static final List<String> CHUNKS =
      List.of(
          "January",
          "Jan",
          "Monday",
          "Mon",
          "MST",
          "01",
          "002",
          "02",
          "03",
          "04",
          "05",
          "06",
          "2006",
          "2",
          "__2",
          "_2006",
          "_2",
          "15",
          "1",
          "3",
          "4",
          "5",
          "PM",
          "pm",
          "-07:00:00",
          "-070000",
          "-07:00",
          "-0700",
          "-07",
          "Z07:00:00",
          "Z070000",
          "Z07:00",
          "Z0700",
          "Z07");

  private GoLayout() {}

  /// Formats a time by a layout.
  public static String format(ZonedDateTime time, String layout) {
    StringBuilder out = new StringBuilder();
    for (Part part : parts(layout)) {
      if (part.chunk()) {
        append(out, part.text(), time);
      } else {
        out.append(part.text());
      }
    }
    return out.toString();
  }

  private record Part(String text, boolean chunk) {}

  private static List<Part> parts(String layout) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < layout.length()) {
      String chunk = chunkAt(layout, at);
      if (chunk.isEmpty()) {
        literal.append(layout.charAt(at++));
        continue;
      }
      if (chunk.equals("_2006")) { // An underscore, then the year.
        literal.append('_');
        at++;
        chunk = "2006";
      }
      if (!literal.isEmpty()) {
        parts.add(new Part(literal.toString(), false));
        literal.setLength(0);
      }
      parts.add(new Part(chunk, true));
      at += chunk.length();
    }
    if (!literal.isEmpty()) {
      parts.add(new Part(literal.toString(), false));
    }
    return parts;
  }

  private static String chunkAt(String layout, int at) {
    char c = layout.charAt(at);
    if ((c == '.' || c == ',') && at + 1 < layout.length()) {
      char digit = layout.charAt(at + 1);
      int end = at + 1;
      while (end < layout.length() && layout.charAt(end) == digit) {
        end++;
      }
      boolean more = end < layout.length() && Character.isDigit(layout.charAt(end));
      return (digit == '0' || digit == '9') && !more ? layout.substring(at, end) : "";
    }
    for (String chunk : CHUNKS) {
      if (layout.startsWith(chunk, at)) {
        // "Jan" and "Mon" inside a word such as "Month" are letters.
        int end = at + chunk.length();
        boolean word = chunk.equals("Jan") || chunk.equals("Mon");
        if (word && end < layout.length() && Character.isLowerCase(layout.charAt(end))) {
          continue;
        }
        return chunk;
      }
    }
    return "";
  }

  private static void append(StringBuilder out, String chunk, ZonedDateTime time) {
    switch (chunk) {
      case "2006" -> out.append(pad(time.getYear(), 4, '0'));
      case "06" -> out.append(pad(Math.floorMod(time.getYear(), 100), 2, '0'));
      case "January" -> out.append(time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
      case "Jan" -> out.append(month(time));
      case "1" -> out.append(time.getMonthValue());
      case "01" -> out.append(pad(time.getMonthValue(), 2, '0'));
      case "Monday" ->
          out.append(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
      case "Mon" -> out.append(time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
      case "2" -> out.append(time.getDayOfMonth());
      case "_2" -> out.append(pad(time.getDayOfMonth(), 2, ' '));
      case "02" -> out.append(pad(time.getDayOfMonth(), 2, '0'));
      case "__2" -> out.append(pad(time.getDayOfYear(), 3, ' '));
      case "002" -> out.append(pad(time.getDayOfYear(), 3, '0'));
      case "15" -> out.append(pad(time.getHour(), 2, '0'));
      case "3" -> out.append(hour12(time));
      case "03" -> out.append(pad(hour12(time), 2, '0'));
      case "4" -> out.append(time.getMinute());
      case "04" -> out.append(pad(time.getMinute(), 2, '0'));
      case "5" -> out.append(time.getSecond());
      case "05" -> out.append(pad(time.getSecond(), 2, '0'));
      case "PM" -> out.append(time.getHour() >= 12 ? "PM" : "AM");
      case "pm" -> out.append(time.getHour() >= 12 ? "pm" : "am");
      case "MST" -> out.append(zoneName(time));
      default -> {
        if (chunk.charAt(0) == '.' || chunk.charAt(0) == ',') {
          fraction(out, chunk, time.getNano());
        } else {
          offset(out, chunk, time.getOffset().getTotalSeconds());
        }
      }
    }
  }

  private static int hour12(ZonedDateTime time) {
    return time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
  }

  private static String month(ZonedDateTime time) {
    return time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
  }

  private static String pad(int value, int width, char with) {
    String digits = Integer.toString(Math.abs(value));
    String padding = String.valueOf(with).repeat(Math.max(width - digits.length(), 0));
    return (value < 0 ? "-" : "") + padding + digits;
  }

  private static void fraction(StringBuilder out, String chunk, int nanos) {
    int places = Math.min(chunk.length() - 1, 9);
    String digits = pad(nanos, 9, '0').substring(0, places);
    if (chunk.charAt(1) == '9') {
      int end = digits.length();
      while (end > 0 && digits.charAt(end - 1) == '0') {
        end--;
      }
      if (end == 0) {
        return;
      }
      digits = digits.substring(0, end);
    }
    out.append(chunk.charAt(0)).append(digits);
  }

  private static void offset(StringBuilder out, String chunk, int seconds) {
    if (chunk.charAt(0) == 'Z' && seconds == 0) {
      out.append('Z');
      return;
    }
    int abs = Math.abs(seconds);
    out.append(seconds < 0 ? '-' : '+').append(pad(abs / 3600, 2, '0'));
    String colon = chunk.indexOf(':') >= 0 ? ":" : "";
    int digits = (int) chunk.chars().filter(Character::isDigit).count();
    if (digits >= 4) {
      out.append(colon).append(pad(abs / 60 % 60, 2, '0'));
    }
    if (digits >= 6) {
      out.append(colon).append(pad(abs % 60, 2, '0'));
    }
  }

  private static String zoneName(ZonedDateTime time) {
    if (time.getZone().equals(ZoneOffset.UTC)) {
      return "UTC";
    }
    String name = java.time.format.DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(time);
    if (!name.isEmpty() && Character.isLetter(name.charAt(0)) && name.indexOf(':') < 0) {
      return name;
    }
    StringBuilder numeric = new StringBuilder();
    offset(
        numeric,
        time.getOffset().getTotalSeconds() % 3600 == 0 ? "-07" : "-0700",
        time.getOffset().getTotalSeconds());
    return numeric.toString();
  }

  /// Reads a time written by a layout; fields that the layout lacks are those of the zero time, in
  /// UTC.
  public static GoTime parse(String layout, String text) {
    LayoutReader reader = new LayoutReader(layout, text);
    for (Part part : parts(layout)) {
      reader.read(part.text(), part.chunk());
    }
    return reader.finish();
  }
}
