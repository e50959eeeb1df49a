package io.trivigil.template.value;

import java.math.BigDecimal;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Go's `time.Duration`.
///
/// @param value nanoseconds
public record GoDuration(long value) implements GoInt {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  /// A duration of that many milliseconds.
  public static GoDuration ofMs(long ms) {
    return new GoDuration(Math.multiplyExact(ms, MILLI));
  }

  @Override
  public String goType() {
    return "time.Duration";
  }

  @Override
  public @Nullable Member member(String name) {
    GoFunction method =
        switch (name) {
          case "String" -> GoFunction.of(0, _ -> text());
          case "Seconds" -> GoFunction.of(0, _ -> units(SECOND));
          case "Minutes" -> GoFunction.of(0, _ -> units(MINUTE));
          case "Hours" -> GoFunction.of(0, _ -> units(HOUR));
          case "Milliseconds" -> GoFunction.of(0, _ -> value / MILLI);
          case "Microseconds" -> GoFunction.of(0, _ -> value / MICRO);
          case "Nanoseconds" -> GoFunction.of(0, _ -> value);
          case "Abs" -> GoFunction.of(0, _ -> new GoDuration(Math.absExact(value)));
          case "Truncate" -> GoFunction.of(1, args -> truncate(args.integer(0)));
          case "Round" -> GoFunction.of(1, args -> round(args.integer(0)));
          default -> null;
        };
    return method == null ? null : new Member.Method(method);
  }

  // Whole units plus the fraction, so that the sum is rounded as Go rounds it.
  private double units(long unit) {
    long whole = value / unit;
    return (double) whole + (double) (value % unit) / unit;
  }

  private GoDuration truncate(long unit) {
    return unit <= 0 ? this : new GoDuration(value - value % unit);
  }

  private GoDuration round(long unit) {
    if (unit <= 0) {
      return this;
    }
    long rest = value % unit;
    boolean away = Math.abs(rest) * 2 >= unit;
    return new GoDuration(value - rest + (away ? Long.signum(value) * unit : 0));
  }

  /// Go's text: `1h0m5s`, `1.5s`, `2ms`, `0s`.
  @Override
  public String text() {
    if (value == 0) {
      return "0s";
    }
    // BigDecimal, because the smallest long has no positive twin.
    BigDecimal abs = BigDecimal.valueOf(value).abs();
    String sign = value < 0 ? "-" : "";
    if (abs.compareTo(BigDecimal.valueOf(SECOND)) < 0) {
      long unit = abs.longValue() < MICRO ? 1 : abs.longValue() < MILLI ? MICRO : MILLI;
      String name = unit == 1 ? "ns" : unit == MICRO ? "µs" : "ms";
      return sign + plain(abs.divide(BigDecimal.valueOf(unit))) + name;
    }
    BigDecimal[] hours = abs.divideAndRemainder(BigDecimal.valueOf(HOUR));
    BigDecimal[] minutes = hours[1].divideAndRemainder(BigDecimal.valueOf(MINUTE));
    String seconds = plain(minutes[1].divide(BigDecimal.valueOf(SECOND))) + "s";
    if (hours[0].signum() > 0) {
      return sign + hours[0].toPlainString() + "h" + minutes[0].toPlainString() + "m" + seconds;
    }
    return sign + (minutes[0].signum() > 0 ? minutes[0].toPlainString() + "m" : "") + seconds;
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /// Reads Go's own form, such as `1h30m`, `-1.5h`, `100us`; empty where it is none.
  public static OptionalLong parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return OptionalLong.of(0);
    }
    if (rest.isEmpty()) {
      return OptionalLong.empty();
    }
    BigDecimal total = BigDecimal.ZERO;
    int at = 0;
    while (at < rest.length()) {
      int end = at;
      while (end < rest.length() && "0123456789.".indexOf(rest.charAt(end)) >= 0) {
        end++;
      }
      int unitEnd = end;
      while (unitEnd < rest.length() && "0123456789.".indexOf(rest.charAt(unitEnd)) < 0) {
        unitEnd++;
      }
      String number = rest.substring(at, end);
      long unit = unit(rest.substring(end, unitEnd));
      if (unit == 0
          || number.isEmpty()
          || number.equals(".")
          || number.indexOf('.') != number.lastIndexOf('.')
          || number.length() > 40) {
        return OptionalLong.empty();
      }
      total = total.add(new BigDecimal("0" + number).multiply(BigDecimal.valueOf(unit)));
      at = unitEnd;
    }
    if (total.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(negative ? -total.longValue() : total.longValue());
  }

  private static long unit(String name) {
    return switch (name) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> MICRO;
      case "ms" -> MILLI;
      case "s" -> SECOND;
      case "m" -> MINUTE;
      case "h" -> HOUR;
      default -> 0;
    };
  }
}
