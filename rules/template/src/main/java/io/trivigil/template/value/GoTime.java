package io.trivigil.template.value;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Go's `time.Time`, in the time zone in which it is to be shown.
public record GoTime(ZonedDateTime time) implements GoObject {
  private static final ZonedDateTime ZERO =
      ZonedDateTime.of(LocalDateTime.of(1, 1, 1, 0, 0), ZoneOffset.UTC);
  private static final String DEFAULT_LAYOUT = "2006-01-02 15:04:05.999999999 -0700 MST";

  /// A moment, shown in UTC.
  public static GoTime utc(Instant instant) {
    return new GoTime(instant.atZone(ZoneOffset.UTC));
  }

  /// Go's zero time, the first second of the year 1.
  public static GoTime zero() {
    return new GoTime(ZERO);
  }

  /// A time zone as an argument of `.In`.
  public record Location(ZoneId zone) implements GoObject {
    /// Finds a zone by its IANA name; `UTC`, the empty name and `Local` are known too.
    public static Location named(String name) {
      try {
        return new Location(
            switch (name) {
              case "", "UTC" -> ZoneOffset.UTC;
              case "Local" -> ZoneId.systemDefault();
              default -> ZoneId.of(name);
            });
      } catch (DateTimeException _) {
        throw new GoError("unknown time zone " + name);
      }
    }

    @Override
    public String goType() {
      return "*time.Location";
    }

    @Override
    public String text() {
      return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }

    @Override
    public @Nullable Member member(String name) {
      return name.equals("String") ? new Member.Method(GoFunction.of(0, _ -> text())) : null;
    }
  }

  @Override
  public String goType() {
    return "time.Time";
  }

  @Override
  public String text() {
    return GoLayout.format(time, DEFAULT_LAYOUT);
  }

  @Override
  public @Nullable Member member(String name) {
    GoFunction method = reading(name);
    if (method == null) {
      method = arithmetic(name);
    }
    return method == null ? null : new Member.Method(method);
  }

  private @Nullable GoFunction reading(String name) {
    Instant instant = time.toInstant();
    return switch (name) {
      case "Format" -> GoFunction.of(1, args -> GoLayout.format(time, args.string(0)));
      case "String" -> GoFunction.of(0, _ -> text());
      case "Unix" -> GoFunction.of(0, _ -> instant.getEpochSecond());
      case "UnixMilli" -> GoFunction.of(0, _ -> instant.toEpochMilli());
      case "UnixMicro" ->
          GoFunction.of(0, _ -> instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000);
      case "UnixNano" ->
          GoFunction.of(0, _ -> instant.getEpochSecond() * 1_000_000_000 + instant.getNano());
      case "Year" -> GoFunction.of(0, _ -> (long) time.getYear());
      case "Month" -> GoFunction.of(0, _ -> month());
      case "Day" -> GoFunction.of(0, _ -> (long) time.getDayOfMonth());
      case "YearDay" -> GoFunction.of(0, _ -> (long) time.getDayOfYear());
      case "Hour" -> GoFunction.of(0, _ -> (long) time.getHour());
      case "Minute" -> GoFunction.of(0, _ -> (long) time.getMinute());
      case "Second" -> GoFunction.of(0, _ -> (long) time.getSecond());
      case "Nanosecond" -> GoFunction.of(0, _ -> (long) time.getNano());
      case "Weekday" -> GoFunction.of(0, _ -> weekday());
      case "IsZero" -> GoFunction.of(0, _ -> instant.equals(ZERO.toInstant()));
      case "Location" -> GoFunction.of(0, _ -> new Location(time.getZone()));
      default -> null;
    };
  }

  private @Nullable GoFunction arithmetic(String name) {
    Instant instant = time.toInstant();
    return switch (name) {
      case "UTC" -> GoFunction.of(0, _ -> utc(instant));
      case "Local" -> GoFunction.of(0, _ -> new GoTime(instant.atZone(ZoneId.systemDefault())));
      case "In" ->
          GoFunction.of(
              1,
              args ->
                  new GoTime(
                      instant.atZone(args.object(0, Location.class, "*time.Location").zone())));
      case "Add" -> GoFunction.of(1, args -> new GoTime(time.plusNanos(args.integer(0))));
      case "AddDate" ->
          GoFunction.of(
              3,
              args ->
                  new GoTime(
                      time.plusYears(args.integer(0))
                          .plusMonths(args.integer(1))
                          .plusDays(args.integer(2))));
      case "Sub" -> GoFunction.of(1, args -> since(other(args)));
      case "After" -> GoFunction.of(1, args -> instant.isAfter(other(args)));
      case "Before" -> GoFunction.of(1, args -> instant.isBefore(other(args)));
      case "Equal" -> GoFunction.of(1, args -> instant.equals(other(args)));
      case "Compare" ->
          GoFunction.of(1, args -> (long) Integer.signum(instant.compareTo(other(args))));
      case "Truncate" -> GoFunction.of(1, args -> truncate(args.integer(0)));
      default -> null;
    };
  }

  private static Instant other(Args args) {
    return args.object(0, GoTime.class, "time.Time").time.toInstant();
  }

  // Go's difference saturates instead of overflowing.
  private GoDuration since(Instant from) {
    Duration distance = Duration.between(from, time.toInstant());
    try {
      return new GoDuration(distance.toNanos());
    } catch (ArithmeticException _) {
      return new GoDuration(distance.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE);
    }
  }

  // Go truncates since the zero time, not since 1970.
  private GoTime truncate(long unit) {
    if (unit <= 0) {
      return this;
    }
    Duration age = Duration.between(ZERO.toInstant(), time.toInstant());
    java.math.BigInteger nanos =
        java.math.BigInteger.valueOf(age.getSeconds())
            .multiply(java.math.BigInteger.valueOf(1_000_000_000))
            .add(java.math.BigInteger.valueOf(age.getNano()));
    return new GoTime(time.minusNanos(nanos.mod(java.math.BigInteger.valueOf(unit)).longValue()));
  }

  private GoInt month() {
    return new GoInt.Named(
        "time.Month",
        time.getMonthValue(),
        time.getMonth().getDisplayName(java.time.format.TextStyle.FULL, Locale.ENGLISH));
  }

  private GoInt weekday() {
    return new GoInt.Named(
        "time.Weekday",
        time.getDayOfWeek().getValue() % 7,
        time.getDayOfWeek().getDisplayName(java.time.format.TextStyle.FULL, Locale.ENGLISH));
  }
}
