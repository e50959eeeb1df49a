package io.trivigil.template;

import io.trivigil.template.value.Args;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoMap;
import io.trivigil.template.value.GoStrings;
import io.trivigil.template.value.GoValues;
import io.trivigil.template.value.Safe;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that every template has.
final class Builtins {
  /// Marks for the executor, which evaluates their arguments one by one and stops early.
  static final GoFunction AND = GoFunction.variadic(1, _ -> null);

  static final GoFunction OR = GoFunction.variadic(1, _ -> null);

  private Builtins() {}

  static Map<String, GoFunction> functions(boolean html) {
    Map<String, GoFunction> all = new HashMap<>();
    all.put("and", AND);
    all.put("or", OR);
    all.put("not", GoFunction.of(1, args -> !GoValues.isTrue(args.any(0))));
    all.put("len", GoFunction.of(1, args -> length(args.any(0))));
    all.put("index", GoFunction.variadic(1, Builtins::index));
    all.put("slice", GoFunction.variadic(1, Builtins::slice));
    all.put("call", GoFunction.variadic(1, Builtins::call));
    all.put("print", GoFunction.variadic(0, args -> GoFormat.sprint(args.all())));
    all.put("println", GoFunction.variadic(0, args -> GoFormat.sprintln(args.all())));
    all.put(
        "printf",
        GoFunction.variadic(
            1, args -> GoFormat.sprintf(args.string(0), args.all().subList(1, args.count()))));
    // In HTML the result must not be escaped a second time.
    all.put(
        "html",
        GoFunction.variadic(
            0, args -> html ? (Object) Safe.html(html(joined(args))) : html(joined(args))));
    all.put("js", GoFunction.variadic(0, args -> js(joined(args))));
    all.put("urlquery", GoFunction.variadic(0, args -> GoStrings.queryEscape(joined(args))));
    Comparing.addTo(all);
    return all;
  }

  private static String joined(Args args) {
    return args.count() == 1 && args.any(0) instanceof String text
        ? text
        : GoFormat.sprint(args.all());
  }

  private static Object length(@Nullable Object value) {
    if (value == null) {
      throw new GoError("len of nil pointer");
    }
    List<? extends @Nullable Object> elements = GoValues.elements(value);
    if (elements != null) {
      return (long) elements.size();
    }
    GoMap map = GoValues.map(value);
    if (map != null) {
      return (long) map.entries().size();
    }
    return switch (value) {
      case String text -> (long) GoStrings.byteLength(text);
      case Safe safe -> (long) GoStrings.byteLength(safe.text());
      default -> throw new GoError("len of type " + GoValues.typeOf(value));
    };
  }

  private static @Nullable Object index(Args args) {
    Object item = args.any(0);
    if (item == null) {
      throw new GoError("index of untyped nil");
    }
    for (int i = 1; i < args.count(); i++) {
      Object key = args.any(i);
      List<? extends @Nullable Object> elements = GoValues.elements(item);
      GoMap map = GoValues.map(item);
      if (elements != null) {
        item = elements.get(checked(key, elements.size()));
      } else if (map != null) {
        if (!(key instanceof String name)) {
          throw new GoError("value has type " + GoValues.typeOf(key) + "; should be string");
        }
        item = map.entries().containsKey(name) ? map.entries().get(name) : map.zero();
      } else if (item instanceof String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        item = (long) (bytes[checked(key, bytes.length)] & 0xff);
      } else if (item == null) {
        throw new GoError("index of nil pointer");
      } else {
        throw new GoError("can't index item of type " + GoValues.typeOf(item));
      }
    }
    return item;
  }

  private static int checked(@Nullable Object key, int size) {
    if (key == null) {
      throw new GoError("cannot index slice/array with nil");
    }
    Long index = GoValues.integer(key);
    if (index == null) {
      throw new GoError("cannot index slice/array with type " + GoValues.typeOf(key));
    }
    if (index == size) {
      throw new GoError("reflect: slice index out of range");
    }
    if (index < 0 || index > size) {
      throw new GoError("index out of range: " + index);
    }
    return index.intValue();
  }

  private static Object slice(Args args) {
    Object item = args.any(0);
    List<? extends @Nullable Object> elements = GoValues.elements(item);
    if (item == null) {
      throw new GoError("slice of untyped nil");
    }
    if (args.count() > 4) {
      throw new GoError("too many slice indexes: " + (args.count() - 1));
    }
    if (elements == null && !(item instanceof String)) {
      throw new GoError("can't slice item of type " + GoValues.typeOf(item));
    }
    if (elements == null && args.count() == 4) {
      throw new GoError("cannot 3-index slice a string");
    }
    int size = elements != null ? elements.size() : GoStrings.byteLength((String) item);
    int from = args.count() > 1 ? bound(args.any(1), size) : 0;
    int to = args.count() > 2 ? bound(args.any(2), size) : size;
    if (from > to) {
      throw new GoError("invalid slice index: " + from + " > " + to);
    }
    return elements != null
        ? elements.subList(from, to)
        : GoStrings.byteSlice((String) item, from, to);
  }

  private static int bound(@Nullable Object key, int size) {
    Long index = GoValues.integer(key);
    if (index == null) {
      throw new GoError("cannot index slice/array with type " + GoValues.typeOf(key));
    }
    if (index < 0 || index > size) {
      throw new GoError("index out of range: " + index);
    }
    return index.intValue();
  }

  private static @Nullable Object call(Args args) {
    Object target = args.any(0);
    if (target == null) {
      throw new GoError("call of nil");
    }
    if (!(target instanceof GoFunction function)) {
      throw new GoError("non-function of type " + GoValues.typeOf(target));
    }
    List<@Nullable Object> rest = args.all().subList(1, args.count());
    String problem = function.countProblem("call", rest.size());
    if (problem != null) {
      throw new GoError(problem);
    }
    return function.call(new Args(rest));
  }

  private static String html(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&#34;");
        case '\'' -> out.append("&#39;");
        case 0 -> out.append('\ufffd');
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static String js(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> out.append("\\\\");
                case '\'' -> out.append("\\'");
                case '"' -> out.append("\\\"");
                case '<' -> out.append("\\u003C");
                case '>' -> out.append("\\u003E");
                case '&' -> out.append("\\u0026");
                case '=' -> out.append("\\u003D");
                default -> {
                  if (c >= ' ' && GoStrings.isPrintable(c)) {
                    out.appendCodePoint(c);
                  } else {
                    out.append(String.format(Locale.ROOT, "\\u%04X", c));
                  }
                }
              }
            });
    return out.toString();
  }
}
