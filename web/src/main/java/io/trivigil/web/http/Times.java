package io.trivigil.web.http;

import io.trivigil.model.Names;
import io.trivigil.model.PromDuration;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Pattern;

/// Points and lengths of time as Prometheus's API reads and writes them.
public final class Times {
  /// What a missing `start` means: the earliest time of Prometheus.
  public static final long MIN_MS = -9_223_372_036_854_775L;

  /// What a missing `end` means: the latest time of Prometheus.
  public static final long MAX_MS = 9_223_372_036_854_775L;

  /// Go's zero time.
  public static final String ZERO = "0001-01-01T00:00:00Z";

  /// So many digits of seconds and three behind the point are exact in the `double` of [#parseMs].
  private static final int PLAIN_DIGITS = 11;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");

  private static final DateTimeFormatter RFC3339_MILLIS =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 3, 3, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter RFC3339_NANO =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  /// A point of time: seconds since the epoch, rounded to milliseconds, or RFC 3339.
  ///
  /// @throws IllegalArgumentException in Prometheus's words
  public static long parseMs(String text) {
    long plain = plainMs(text);
    if (plain >= 0) {
      return plain;
    }
    if (NUMBER.matcher(text).matches()) {
      double seconds = Double.parseDouble(text);
      double whole = seconds < 0 ? Math.ceil(seconds) : Math.floor(seconds);
      if (Math.abs(whole) < 9.2e15) {
        return ((long) whole) * 1000 + Math.round((seconds - whole) * 1000);
      }
    } else {
      try {
        return OffsetDateTime.parse(text.replace('t', 'T').replace('z', 'Z'))
            .toInstant()
            .toEpochMilli();
      } catch (DateTimeException | ArithmeticException _) {
        // falls through to the one message
      }
    }
    throw new IllegalArgumentException(
        "cannot parse %s to a valid timestamp".formatted(Names.quote(text)));
  }

  /// What most clients send: digits, and behind a point up to three more; -1 for all else.
  private static long plainMs(String text) {
    int length = text.length();
    int point = text.indexOf('.');
    int whole = point < 0 ? length : point;
    if (whole == 0 || whole > PLAIN_DIGITS || length - whole > 4) {
      return -1;
    }
    long ms = 0;
    for (int i = 0; i < whole + 4; i++) {
      if (i != whole) { // the point
        char c = i < length ? text.charAt(i) : '0';
        if (c < '0' || c > '9') {
          return -1;
        }
        ms = ms * 10 + (c - '0');
      }
    }
    return ms;
  }

  /// A length of time in milliseconds: seconds as a number, or `5m`.
  ///
  /// @throws IllegalArgumentException in Prometheus's words
  public static long parseDurationMs(String text) {
    if (NUMBER.matcher(text).matches()) {
      double seconds = Double.parseDouble(text);
      if (Math.abs(seconds) > 9_223_372_036.0) {
        throw new IllegalArgumentException(
            "cannot parse %s to a valid duration. It overflows int64".formatted(Names.quote(text)));
      }
      return Math.round(seconds * 1000);
    }
    try {
      return PromDuration.parseMs(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "cannot parse %s to a valid duration".formatted(Names.quote(text)), e);
    }
  }

  /// The point of time of a parameter; the default if it is not there.
  ///
  /// @throws ApiException if it can not be read
  public static long param(Params params, String name, long byDefaultMs) {
    String text = params.first(name);
    if (text.isEmpty()) {
      return byDefaultMs;
    }
    try {
      return parseMs(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.badParam(
          name, "invalid time value for '%s': %s".formatted(name, e.getMessage()));
    }
  }

  /// The point of time of a parameter that has to be there.
  ///
  /// @throws ApiException if it is not there, or can not be read
  public static long requiredParam(Params params, String name) {
    try {
      return parseMs(params.first(name));
    } catch (IllegalArgumentException e) {
      throw ApiException.badParam(name, String.valueOf(e.getMessage()));
    }
  }

  /// The length of time of a parameter in milliseconds; the default if it is not there.
  ///
  /// @throws ApiException if it can not be read
  public static long durationParam(Params params, String name, long byDefaultMs) {
    String text = params.first(name);
    if (text.isEmpty()) {
      return byDefaultMs;
    }
    try {
      return parseDurationMs(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.badParam(name, String.valueOf(e.getMessage()));
    }
  }

  /// RFC 3339 with as many decimals as are needed: how Go writes a time in JSON.
  public static String goTime(long epochMs) {
    return RFC3339_NANO.format(Instant.ofEpochMilli(epochMs));
  }

  /// RFC 3339 with three decimals: how Alertmanager's API writes a time.
  public static String millisTime(long epochMs) {
    return RFC3339_MILLIS.format(Instant.ofEpochMilli(epochMs));
  }
}
