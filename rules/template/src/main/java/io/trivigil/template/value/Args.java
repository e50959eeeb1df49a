package io.trivigil.template.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arguments of a call, with the conversions that Go's templates make.
public final class Args {
  private static final Args NONE = new Args(List.of());
  private final List<@Nullable Object> values;

  /// Arguments in order.
  public Args(List<? extends @Nullable Object> values) {
    this.values = Collections.unmodifiableList(new ArrayList<@Nullable Object>(values));
  }

  /// No arguments.
  public static Args none() {
    return NONE;
  }

  /// How many there are.
  public int count() {
    return values.size();
  }

  /// All of them.
  public List<@Nullable Object> all() {
    return values;
  }

  /// Any value.
  public @Nullable Object any(int index) {
    return values.get(index);
  }

  /// A `string` argument.
  public String string(int index) {
    return switch (values.get(index)) {
      case String text -> text;
      case Safe safe -> safe.text();
      case null -> throw wrong(index, "string");
      default -> throw wrong(index, "string");
    };
  }

  /// An `int` argument.
  public long integer(int index) {
    Object value = values.get(index);
    if (value instanceof GoInt named) {
      return named.value();
    }
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    throw wrong(index, "int");
  }

  /// A `float64` argument; integers are converted.
  public double number(int index) {
    Object value = values.get(index);
    if (value instanceof Double number) {
      return number;
    }
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).doubleValue();
    }
    throw wrong(index, "float64");
  }

  /// A list argument.
  public List<? extends @Nullable Object> list(int index) {
    Object value = values.get(index);
    List<? extends @Nullable Object> elements = GoValues.elements(value);
    if (elements == null) {
      throw wrong(index, "[]interface {}");
    }
    return elements;
  }

  /// An argument of one of our own types.
  public <T extends GoObject> T object(int index, Class<T> type, String goType) {
    Object value = values.get(index);
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    throw wrong(index, goType);
  }

  /// The error for an argument of the wrong type.
  public GoError wrong(int index, String expected) {
    Object value = values.get(index);
    String message =
        value == null
            ? "invalid value; expected " + expected
            : "wrong type for value; expected %s; got %s"
                .formatted(expected, GoValues.typeOf(value));
    return new GoError.WrongType(index, message);
  }
}
