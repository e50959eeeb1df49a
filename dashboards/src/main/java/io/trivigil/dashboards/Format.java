package io.trivigil.dashboards;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Numbers, times and links as people read them. The bundle's `format.js` says the same in the
/// browser.
final class Format {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P"};
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Format() {}

  static String time(long epochMs) {
    return UTC.format(Instant.ofEpochMilli(epochMs));
  }

  static String iso(long epochMs) {
    return Instant.ofEpochMilli(epochMs).toString();
  }

  /// Returns a length of time by its two largest units: `3d 4h`, `12s`, `250ms`.
  static String duration(Duration length) {
    long ms = length.toMillis();
    if (length.isZero()) {
      return "0s";
    }
    if (ms < 1) {
      return length.toNanos() / 1_000 + "µs";
    }
    if (ms < 1_000) {
      return ms + "ms";
    }
    if (ms < 10_000 && ms % 1_000 != 0) {
      return String.format(Locale.ROOT, "%.1fs", ms / 1_000.0).replace(".0s", "s");
    }
    long[] units = {86_400, 3_600, 60, 1};
    String[] names = {"d", "h", "m", "s"};
    long rest = ms / 1_000;
    for (int i = 0; i < units.length; i++) {
      if (rest >= units[i]) {
        String first = rest / units[i] + names[i];
        long second = i + 1 < units.length ? rest % units[i] / units[i + 1] : 0;
        return second == 0 ? first : first + " " + second + names[i + 1];
      }
    }
    return "0s";
  }

  /// Returns a whole number with its thousands apart: `1,234,567`.
  static String whole(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// Returns a number in three digits and a decimal prefix: `12.3k`.
  static String short3(double number) {
    return scaled(number, 1_000, DECIMAL, "");
  }

  /// Returns a size in three digits and a binary prefix: `1.50 GiB`.
  static String bytes(double number) {
    return scaled(number, 1_024, BINARY, " ");
  }

  private static String scaled(double number, int base, String[] prefixes, String gap) {
    double rest = number;
    int i = 0;
    while (Math.abs(rest) >= base && i < prefixes.length - 1) {
      rest /= base;
      i++;
    }
    double size = Math.abs(rest);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    String text =
        BigDecimal.valueOf(rest)
            .setScale(decimals, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString();
    return text + gap + prefixes[i];
  }

  /// Returns `text` for use in a query string; a space becomes `%20`.
  static String url(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
