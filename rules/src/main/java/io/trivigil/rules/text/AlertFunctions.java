package io.trivigil.rules.text;

import io.trivigil.model.PromDuration;
import io.trivigil.model.Regex;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.template.value.Args;
import io.trivigil.template.value.GoDuration;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoStrings;
import io.trivigil.template.value.GoStruct;
import io.trivigil.template.value.GoValues;
import io.trivigil.template.value.Safe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The functions that Prometheus adds to Go's templates.
final class AlertFunctions {
  private AlertFunctions() {}

  /// All functions, for one evaluation time.
  ///
  /// @param query runs an instant query at that time
  static Map<String, GoFunction> of(
      Function<String, List<VectorSample>> query, double nowSeconds, String externalUrl) {
    Map<String, GoFunction> all = new HashMap<>();
    vectors(all, query);
    numbers(all, nowSeconds);
    texts(all);
    all.put("externalURL", GoFunction.of(0, _ -> externalUrl));
    all.put("pathPrefix", GoFunction.of(0, _ -> pathOf(externalUrl)));
    all.put("graphLink", GoFunction.of(1, args -> "/graph?g0.expr=" + escaped(args) + "&g0.tab=0"));
    all.put("tableLink", GoFunction.of(1, args -> "/graph?g0.expr=" + escaped(args) + "&g0.tab=1"));
    return all;
  }

  private static String escaped(Args args) {
    return GoStrings.queryEscape(args.string(0));
  }

  private static void vectors(
      Map<String, GoFunction> all, Function<String, List<VectorSample>> query) {
    all.put("query", GoFunction.of(1, args -> samples(query.apply(args.string(0)))));
    all.put(
        "first",
        GoFunction.of(
            1,
            args -> {
              List<? extends @Nullable Object> list = args.list(0);
              if (list.isEmpty()) {
                throw new GoError("first() called on vector with no elements");
              }
              return list.getFirst();
            }));
    all.put("label", GoFunction.of(2, args -> label(args, 1, args.string(0))));
    all.put("value", GoFunction.of(1, args -> field(args, 0, "Value")));
    all.put("strvalue", GoFunction.of(1, args -> label(args, 0, "__value__")));
    all.put(
        "sortByLabel",
        GoFunction.of(
            2,
            args -> {
              List<@Nullable Object> sorted = new ArrayList<>(args.list(1));
              String name = args.string(0);
              sorted.sort(
                  Comparator.comparing(
                      (@Nullable Object sample) -> labelOf(sample, name), GoStrings.byteOrder()));
              return sorted;
            }));
    all.put(
        "args",
        GoFunction.variadic(
            0,
            args -> {
              Map<String, @Nullable Object> named = new TreeMap<>();
              for (int i = 0; i < args.count(); i++) {
                named.put("arg" + i, args.any(i));
              }
              return GoMap.ofAny(named);
            }));
  }

  static List<Object> samples(List<VectorSample> vector) {
    List<Object> samples = new ArrayList<>(vector.size());
    for (VectorSample sample : vector) {
      samples.add(
          GoStruct.named("*template.sample")
              .field("Labels", GoMap.ofStrings(sample.labels().toMap()))
              .field("Value", sample.value())
              .build());
    }
    return samples;
  }

  private static String label(Args args, int sample, String name) {
    field(args, sample, "Labels");
    return labelOf(args.any(sample), name);
  }

  private static @Nullable Object field(Args args, int index, String name) {
    if (args.any(index) instanceof GoStruct struct && struct.fields().containsKey(name)) {
      return struct.fields().get(name);
    }
    throw args.wrong(index, "*template.sample");
  }

  private static String labelOf(@Nullable Object sample, String name) {
    if (sample instanceof GoStruct struct) {
      GoMap labels = GoValues.map(struct.fields().get("Labels"));
      if (labels != null && labels.entries().get(name) instanceof String text) {
        return text;
      }
    }
    return "";
  }

  private static void numbers(Map<String, GoFunction> all, double nowSeconds) {
    put(all, "humanize", value -> Humanize.si(Humanize.number(value)));
    put(all, "humanize1024", value -> Humanize.binary(Humanize.number(value)));
    put(all, "humanizeDuration", value -> Humanize.duration(Humanize.number(value)));
    put(all, "humanizePercentage", value -> Humanize.percentage(Humanize.number(value)));
    put(all, "humanizeTimestamp", value -> Humanize.timestamp(Humanize.number(value)));
    put(all, "toTime", value -> Humanize.time(Humanize.number(value)));
    put(all, "toDuration", value -> new GoDuration((long) (Humanize.number(value) * 1e9)));
    all.put("now", GoFunction.of(0, _ -> nowSeconds));
    all.put("parseDuration", GoFunction.of(1, args -> parseDuration(args.string(0))));
  }

  private interface OneArgument {
    @Nullable Object call(@Nullable Object value);
  }

  private static void put(Map<String, GoFunction> all, String name, OneArgument function) {
    all.put(name, GoFunction.of(1, args -> function.call(args.any(0))));
  }

  private static double parseDuration(String text) {
    boolean negative = text.startsWith("-");
    try {
      long ms = PromDuration.parseMs(negative ? text.substring(1) : text);
      return (negative ? -ms : ms) / 1000.0;
    } catch (IllegalArgumentException e) {
      throw new GoError(String.valueOf(e.getMessage()));
    }
  }

  private static void texts(Map<String, GoFunction> all) {
    all.put("title", GoFunction.of(1, args -> title(args.string(0))));
    all.put("toUpper", GoFunction.of(1, args -> args.string(0).toUpperCase(Locale.ROOT)));
    all.put("toLower", GoFunction.of(1, args -> args.string(0).toLowerCase(Locale.ROOT)));
    all.put("match", GoFunction.of(2, args -> regex(args.string(0)).matches(args.string(1))));
    all.put(
        "reReplaceAll",
        GoFunction.of(3, args -> regex(args.string(0)).replaceAll(args.string(2), args.string(1))));
    all.put("stripPort", GoFunction.of(1, args -> HostPort.of(args.string(0)).host()));
    all.put("stripDomain", GoFunction.of(1, args -> HostPort.stripDomain(args.string(0))));
    all.put("urlQueryEscape", GoFunction.of(1, AlertFunctions::escaped));
    all.put("safeHtml", GoFunction.of(1, args -> Safe.html(args.string(0))));
  }

  private static Regex regex(String source) {
    try {
      return Regex.unanchored(source);
    } catch (IllegalArgumentException e) {
      throw new GoError("error parsing regexp: " + e.getMessage());
    }
  }

  /// Go's `strings.Title`: the first letter of every word, the rest as it is.
  static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int previous = ' ';
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      out.appendCodePoint(separates(previous) ? Character.toTitleCase(c) : c);
      previous = c;
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean separates(int c) {
    if (c < 0x80) {
      return !Character.isLetterOrDigit(c) && c != '_';
    }
    return !Character.isLetterOrDigit(c) && Character.isWhitespace(c);
  }

  private static String pathOf(String url) {
    int scheme = url.indexOf("://");
    int slash = url.indexOf('/', scheme < 0 ? 0 : scheme + 3);
    if (slash < 0) {
      return "";
    }
    int end = slash;
    while (end < url.length() && "?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    return url.substring(slash, end);
  }
}
