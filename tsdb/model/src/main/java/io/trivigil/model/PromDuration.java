package io.trivigil.model;

import java.time.Duration;

/// Durations as Prometheus writes them: `1h30m`, units `y w d h m s ms` in falling order, whole
/// numbers.
///
/// A year is 365 days, a week 7, a day 24 hours. Spec: `model.ParseDuration` of prometheus/common.
public final class PromDuration {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] UNIT_MS = {
    31_536_000_000L, 604_800_000L, 86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L
  };

  private PromDuration() {}

  /// Parses `1h30m`, `0`, `250ms`.
  ///
  /// @throws IllegalArgumentException in Prometheus's words
  public static Duration parse(String text) {
    return Duration.ofMillis(parseMs(text));
  }

  /// Parses to milliseconds.
  ///
  /// @throws IllegalArgumentException in Prometheus's words
  public static long parseMs(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string");
    }
    if (text.equals("0")) {
      return 0;
    }
    long total = 0;
    int unit = -1;
    int at = 0;
    while (at < text.length()) {
      int digits = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      int letters = at;
      while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
        at++;
      }
      int next = unitIndex(text.substring(letters, at));
      if (digits == letters || letters == at || next <= unit) {
        throw new IllegalArgumentException("not a valid duration string: " + Names.quote(text));
      }
      unit = next;
      try {
        total =
            Math.addExact(
                total,
                Math.multiplyExact(Long.parseLong(text.substring(digits, letters)), UNIT_MS[unit]));
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException("duration out of range", e);
      }
    }
    if (total > Long.MAX_VALUE / 1_000_000) {
      throw new IllegalArgumentException("duration out of range");
    }
    return total;
  }

  private static int unitIndex(String text) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(text)) {
        return i;
      }
    }
    return -1;
  }

  /// The normalised form: `1m`, never `60s`; `1h30m`; `0s`.
  public static String format(Duration duration) {
    return formatMs(duration.toMillis());
  }

  /// The normalised form of milliseconds.
  public static String formatMs(long durationMs) {
    if (durationMs == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder(durationMs < 0 ? "-" : "");
    long rest = Math.abs(durationMs);
    for (int i = 0; i < UNITS.length; i++) {
      boolean onlyWhole = i < 2; // years and weeks only where nothing is left over
      long count = rest / UNIT_MS[i];
      if (count == 0 || (onlyWhole && rest % UNIT_MS[i] != 0)) {
        continue;
      }
      out.append(count).append(UNITS[i]);
      rest -= count * UNIT_MS[i];
    }
    return out.toString();
  }
}
