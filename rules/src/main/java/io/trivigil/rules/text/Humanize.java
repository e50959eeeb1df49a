package io.trivigil.rules.text;

import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFloat;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.GoInt;
import io.trivigil.template.value.GoTime;
import io.trivigil.template.value.GoValues;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Numbers as people like to read them. Spec: Prometheus's template reference.
final class Humanize {
  private static final List<String> LARGE = List.of("k", "M", "G", "T", "P", "E", "Z", "Y");
  private static final List<String> SMALL = List.of("m", "u", "n", "p", "f", "a", "z", "y");

  private Humanize() {}

  /// A number, a numeric string or a duration (in seconds).
  static double number(@Nullable Object value) {
    return switch (value) {
      case Double number -> number;
      case Long number -> number;
      case Integer number -> number;
      case String text -> {
        OptionalDouble parsed = GoFloat.parse(text);
        if (parsed.isEmpty()) {
          throw new GoError(
              "strconv.ParseFloat: parsing "
                  + io.trivigil.template.value.GoStrings.quote(text)
                  + ": invalid syntax");
        }
        yield parsed.getAsDouble();
      }
      case GoInt duration when duration.goType().equals("time.Duration") -> duration.value() / 1e9;
      case null, default ->
          throw new GoError("can't convert " + GoValues.typeOf(value) + " to float");
    };
  }

  static String si(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return four(value);
    }
    return Math.abs(value) >= 1 ? up(value, 1000, "", LARGE) : down(value, "");
  }

  static String binary(double value) {
    return Math.abs(value) <= 1 || !Double.isFinite(value)
        ? four(value)
        : up(value, 1024, "i", LARGE);
  }

  private static String up(double value, double step, String suffix, List<String> prefixes) {
    String prefix = "";
    double rest = value;
    for (String next : prefixes) {
      if (Math.abs(rest) < step) {
        break;
      }
      prefix = next + suffix;
      rest /= step;
    }
    return four(rest) + prefix;
  }

  private static String down(double value, String unit) {
    String prefix = "";
    double rest = value;
    for (String next : SMALL) {
      if (Math.abs(rest) >= 1) {
        break;
      }
      prefix = next;
      rest *= 1000;
    }
    return four(rest) + prefix + unit;
  }

  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return four(seconds);
    }
    if (seconds == 0) {
      return four(seconds) + "s";
    }
    double size = Math.abs(seconds);
    if (size < 1) {
      return down(seconds, "s");
    }
    String sign = seconds < 0 ? "-" : "";
    long whole = (long) size;
    long days = whole / 86_400;
    long hours = whole / 3_600 % 24;
    long minutes = whole / 60 % 60;
    String tail = whole % 60 + "s";
    if (days != 0) {
      return sign + days + "d " + hours + "h " + minutes + "m " + tail;
    }
    if (hours != 0) {
      return sign + hours + "h " + minutes + "m " + tail;
    }
    return sign + (minutes != 0 ? minutes + "m " + tail : four(size) + "s");
  }

  static String percentage(double value) {
    return four(value * 100) + "%";
  }

  static String timestamp(double seconds) {
    return Double.isFinite(seconds) ? GoFormat.sprint(time(seconds)) : four(seconds);
  }

  /// Seconds since 1970 as a time, to the millisecond.
  static @Nullable GoTime time(double seconds) {
    if (!Double.isFinite(seconds)) {
      return null;
    }
    double nanos = seconds * 1e9;
    if (nanos > Long.MAX_VALUE || nanos < Long.MIN_VALUE) {
      throw new GoError(
          GoFloat.shortest(seconds)
              + " cannot be represented as a nanoseconds timestamp since it overflows int64");
    }
    return GoTime.utc(Instant.ofEpochMilli((long) nanos / 1_000_000));
  }

  private static String four(double value) {
    return GoFormat.sprintf("%.4g", List.of(value));
  }
}
