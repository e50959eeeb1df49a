package io.trivigil.alertmanager.notify;

import io.trivigil.model.Regex;
import io.trivigil.template.value.Args;
import io.trivigil.template.value.GoDuration;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFloat;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoLayout;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoTime;
import io.trivigil.template.value.GoValues;
import io.trivigil.template.value.Safe;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that the Alertmanager adds to Go's templates.
final class TemplateFunctions {
  private TemplateFunctions() {}

  /// All of them, for a notification at `nowMs`.
  static Map<String, GoFunction> at(long nowMs, Map<String, String> routeLabels) {
    Map<String, GoFunction> all = new HashMap<>(TEXT);
    Instant now = Instant.ofEpochMilli(nowMs);
    all.put("now", GoFunction.of(0, _ -> GoTime.utc(now)));
    all.put(
        "since",
        GoFunction.of(
            1,
            args ->
                GoDuration.ofMs(
                    Duration.between(time(args, 0).time().toInstant(), now).toMillis())));
    all.put("routeLabels", GoFunction.of(0, _ -> GoMap.ofStrings(routeLabels)));
    return all;
  }

  private static final Map<String, GoFunction> TEXT = functions();

  private static Map<String, GoFunction> functions() {
    Map<String, GoFunction> all = new HashMap<>();
    all.put("toUpper", GoFunction.of(1, args -> args.string(0).toUpperCase(Locale.ROOT)));
    all.put("toLower", GoFunction.of(1, args -> args.string(0).toLowerCase(Locale.ROOT)));
    all.put("title", GoFunction.of(1, args -> title(args.string(0))));
    all.put("trimSpace", GoFunction.of(1, args -> args.string(0).strip()));
    all.put("join", GoFunction.of(2, args -> String.join(args.string(0), strings(args.list(1)))));
    all.put("match", GoFunction.of(2, args -> regex(args.string(0)).matches(args.string(1))));
    all.put(
        "reReplaceAll",
        GoFunction.of(3, args -> regex(args.string(0)).replaceAll(args.string(2), args.string(1))));
    all.put("safeHtml", GoFunction.of(1, args -> Safe.html(args.string(0))));
    all.put("safeUrl", GoFunction.of(1, args -> Safe.url(args.string(0))));
    all.put("urlUnescape", GoFunction.of(1, args -> unescape(args.string(0))));
    all.put("stringSlice", GoFunction.variadic(0, args -> new GoData.Strings(strings(args.all()))));
    all.put(
        "date", GoFunction.of(2, args -> GoLayout.format(time(args, 1).time(), args.string(0))));
    all.put(
        "tz",
        GoFunction.of(
            2,
            args ->
                new GoTime(
                    time(args, 1)
                        .time()
                        .withZoneSameInstant(GoTime.Location.named(args.string(0)).zone()))));
    all.put("humanizeDuration", GoFunction.of(1, args -> humanize(seconds(args.any(0)))));
    all.put("toDate", GoFunction.of(2, TemplateFunctions::toDate));
    all.put("mustToDate", GoFunction.of(2, args -> GoLayout.parse(args.string(0), args.string(1))));
    all.put("toJson", GoFunction.of(1, args -> json(args.any(0))));
    all.put(
        "base64encode",
        GoFunction.of(
            1,
            args ->
                Base64.getUrlEncoder()
                    .encodeToString(args.string(0).getBytes(StandardCharsets.UTF_8))));
    all.put("base64decode", GoFunction.of(1, args -> decode(args.string(0))));
    all.put("list", GoFunction.variadic(0, Args::all));
    all.put("append", GoFunction.variadic(1, TemplateFunctions::append));
    all.put("dict", GoFunction.variadic(0, TemplateFunctions::dict));
    return all;
  }

  private static GoTime time(Args args, int index) {
    return args.object(index, GoTime.class, "time.Time");
  }

  private static List<String> strings(List<? extends @Nullable Object> values) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(GoFormat.sprint(value)));
    return texts;
  }

  private static Regex regex(String source) {
    try {
      return Regex.unanchored(source);
    } catch (IllegalArgumentException e) {
      throw new GoError(String.valueOf(e.getMessage()));
    }
  }

  // The first letter of each word in upper case, the rest in lower case.
  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean start = true;
    for (int c : text.codePoints().toArray()) {
      boolean letter = Character.isLetterOrDigit(c) || c == '\'' || c == '_';
      out.appendCodePoint(start && letter ? Character.toTitleCase(c) : Character.toLowerCase(c));
      start = !letter;
    }
    return out.toString();
  }

  private static String unescape(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new GoError("invalid URL escape in " + text);
    }
  }

  private static GoTime toDate(Args args) {
    try {
      return GoLayout.parse(args.string(0), args.string(1));
    } catch (GoError _) {
      return GoTime.zero();
    }
  }

  private static String decode(String text) {
    try {
      return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new GoError("illegal base64 data");
    }
  }

  private static List<@Nullable Object> append(Args args) {
    List<@Nullable Object> all = new ArrayList<@Nullable Object>(args.list(0));
    all.addAll(args.all().subList(1, args.count()));
    return all;
  }

  private static GoMap dict(Args args) {
    if (args.count() % 2 != 0) {
      throw new GoError("dict expects an even number of arguments");
    }
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < args.count(); i += 2) {
      entries.put(args.string(i), args.any(i + 1));
    }
    return GoMap.ofAny(entries);
  }

  private static double seconds(@Nullable Object value) {
    return switch (value) {
      case GoDuration duration -> duration.value() / 1e9;
      case Long whole -> whole.doubleValue();
      case Double number -> number;
      case String text -> {
        if (GoFloat.parse(text).isPresent()) {
          yield GoFloat.parse(text).getAsDouble();
        }
        if (GoDuration.parse(text).isPresent()) {
          yield GoDuration.parse(text).getAsLong() / 1e9;
        }
        throw new GoError("cannot parse %s as a number".formatted(text));
      }
      case null, default -> throw new GoError("humanizeDuration wants a number");
    };
  }

  /// Prometheus's form: `1d 2h 3m 4s`, and `%.4gms` below a second.
  private static String humanize(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return GoFloat.format(seconds, 'g', 4);
    }
    if (seconds == 0) {
      return GoFloat.format(0, 'g', 4) + "s";
    }
    double abs = Math.abs(seconds);
    if (abs >= 1) {
      long whole = (long) abs;
      String sign = seconds < 0 ? "-" : "";
      long days = whole / 86_400;
      long hours = whole / 3_600 % 24;
      long minutes = whole / 60 % 60;
      if (days != 0) {
        return "%s%dd %dh %dm %ds".formatted(sign, days, hours, minutes, whole % 60);
      }
      if (hours != 0) {
        return "%s%dh %dm %ds".formatted(sign, hours, minutes, whole % 60);
      }
      if (minutes != 0) {
        return "%s%dm %ds".formatted(sign, minutes, whole % 60);
      }
      return GoFloat.format(seconds, 'g', 4) + "s";
    }
    double value = seconds;
    String prefix = "";
    for (String next : List.of("m", "u", "n", "p", "f", "a", "z", "y")) {
      if (Math.abs(value) >= 1) {
        break;
      }
      prefix = next;
      value *= 1000;
    }
    return GoFloat.format(value, 'g', 4) + prefix + "s";
  }

  private static String json(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    GoMap map = GoValues.map(value);
    if (map != null) {
      List<String> fields = new ArrayList<>();
      map.entries().forEach((name, entry) -> fields.add(quoted(name) + ":" + json(entry)));
      return "{" + String.join(",", fields) + "}";
    }
    List<? extends @Nullable Object> elements = GoValues.elements(value);
    if (elements != null) {
      List<String> texts = new ArrayList<>();
      elements.forEach(element -> texts.add(json(element)));
      return "[" + String.join(",", texts) + "]";
    }
    return switch (value) {
      case Boolean truth -> truth.toString();
      case Long whole -> whole.toString();
      case Double number -> GoFloat.shortest(number);
      case GoDuration duration -> Long.toString(duration.value());
      case GoTime time ->
          quoted(GoLayout.format(time.time(), "2006-01-02T15:04:05.999999999Z07:00"));
      case io.trivigil.template.value.GoStruct struct -> structJson(struct);
      default -> quoted(GoFormat.sprint(value));
    };
  }

  // Our structs' fields are written in lower camel case, as their tags say upstream.
  private static String structJson(io.trivigil.template.value.GoStruct struct) {
    List<String> fields = new ArrayList<>();
    struct
        .fields()
        .forEach(
            (name, entry) -> {
              String key =
                  switch (name) {
                    case "GeneratorURL" -> "generatorURL";
                    case "ExternalURL" -> "externalURL";
                    case "NotificationReason" -> "notification_reason";
                    default -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
                  };
              boolean pair = struct.goType().equals("template.Pair");
              fields.add(quoted(pair ? name : key) + ":" + json(entry));
            });
    return "{" + String.join(",", fields) + "}";
  }

  private static String quoted(String text) {
    return new GoJson().quoted(text).toString();
  }
}
