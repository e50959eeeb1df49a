package io.trivigil.template.value;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Questions about a value whose type is only known at run time.
public final class GoValues {
  private GoValues() {}

  /// The type as Go names it.
  public static String typeOf(@Nullable Object value) {
    if (value == null) {
      return "<nil>";
    }
    return switch (value) {
      case Boolean _ -> "bool";
      case String _ -> "string";
      case Long _, Integer _ -> "int";
      case Double _ -> "float64";
      case GoObject object -> object.goType();
      case List<?> _ -> "[]interface {}";
      case Map<?, ?> _ -> "map[string]interface {}";
      case GoFunction _ -> "func()";
      default -> value.getClass().getSimpleName();
    };
  }

  /// The elements if the value is a slice, else null.
  public static @Nullable List<? extends @Nullable Object> elements(@Nullable Object value) {
    return switch (value) {
      case GoSlice slice -> slice.elements();
      case List<? extends @Nullable Object> list -> list;
      case null, default -> null;
    };
  }

  /// The entries if the value is a map, else null.
  public static @Nullable SortedMap<String, @Nullable Object> entries(@Nullable Object value) {
    GoMap map = map(value);
    return map == null ? null : map.entries();
  }

  /// The value as a map, if it is one, else null. A plain Java map counts as `map[string]interface
  /// {}`.
  public static @Nullable GoMap map(@Nullable Object value) {
    return switch (value) {
      case GoMap map -> map;
      case Map<?, ? extends @Nullable Object> map -> {
        SortedMap<String, @Nullable Object> entries =
            new java.util.TreeMap<>(GoStrings.byteOrder());
        for (Map.Entry<?, ? extends @Nullable Object> entry : map.entrySet()) {
          entries.put(String.valueOf(entry.getKey()), entry.getValue());
        }
        yield new GoMap.Plain("map[string]interface {}", entries, null);
      }
      case null, default -> null;
    };
  }

  /// The integer, if the value is one.
  public static @Nullable Long integer(@Nullable Object value) {
    return switch (value) {
      case Long number -> number;
      case Integer number -> (long) number;
      case GoInt named -> named.value();
      case null, default -> null;
    };
  }

  /// Go's idea of truth: not the zero value of its type, not empty. A struct is always true.
  public static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean truth -> truth;
      case String text -> !text.isEmpty();
      case Safe safe -> !safe.text().isEmpty();
      case Long number -> number != 0;
      case Integer number -> number != 0;
      case Double number -> number != 0;
      case GoInt named -> named.value() != 0;
      case GoMap map -> !map.entries().isEmpty();
      case GoSlice slice -> !slice.elements().isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }
}
