package io.trivigil.template;

import io.trivigil.template.value.Args;
import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.GoFunction;
import io.trivigil.template.value.GoStrings;
import io.trivigil.template.value.GoValues;
import io.trivigil.template.value.Safe;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `eq ne lt le gt ge`: strict about types, so that an int never equals a float.
final class Comparing {
  private enum Kind {
    NIL,
    BOOL,
    INT,
    FLOAT,
    STRING,
    OTHER
  }

  private Comparing() {}

  static void addTo(Map<String, GoFunction> all) {
    all.put("eq", GoFunction.variadic(1, Comparing::equalsAny));
    all.put("ne", GoFunction.of(2, args -> !equal(args.any(0), args.any(1))));
    all.put("lt", GoFunction.of(2, args -> less(args.any(0), args.any(1))));
    all.put("le", GoFunction.of(2, Comparing::lessOrEqual));
    all.put("gt", GoFunction.of(2, args -> !lessOrEqual(args)));
    all.put("ge", GoFunction.of(2, args -> !less(args.any(0), args.any(1))));
  }

  private static Kind kind(@Nullable Object value) {
    return switch (value) {
      case null -> Kind.NIL;
      case Boolean _ -> Kind.BOOL;
      case Double _ -> Kind.FLOAT;
      case String _, Safe _ -> Kind.STRING;
      default -> GoValues.integer(value) == null ? Kind.OTHER : Kind.INT;
    };
  }

  private static boolean equalsAny(Args args) {
    if (args.count() == 1) {
      throw new GoError("missing argument for comparison");
    }
    for (int i = 1; i < args.count(); i++) {
      if (equal(args.any(0), args.any(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(@Nullable Object a, @Nullable Object b) {
    Kind kind = kind(a);
    if (a == null || b == null) {
      return a == null && b == null;
    }
    if (kind != kind(b)) {
      throw new GoError("incompatible types for comparison");
    }
    return switch (kind) {
      case INT -> integer(a) == integer(b);
      case FLOAT -> ((Double) a).doubleValue() == ((Double) b).doubleValue();
      case STRING -> string(a).equals(string(b));
      case BOOL, NIL -> a.equals(b);
      case OTHER -> {
        if (GoValues.elements(a) != null || GoValues.map(a) != null || a instanceof GoFunction) {
          throw new GoError(
              "non-comparable type %s: %s".formatted(GoFormat.sprint(a), GoValues.typeOf(a)));
        }
        yield a.equals(b);
      }
    };
  }

  private static boolean less(@Nullable Object a, @Nullable Object b) {
    Kind kind = kind(a);
    if (a == null || b == null) {
      throw new GoError("invalid type for comparison");
    }
    if (kind == Kind.OTHER || kind(b) == Kind.OTHER) {
      throw new GoError("invalid type for comparison");
    }
    if (kind != kind(b)) {
      throw new GoError("incompatible types for comparison");
    }
    return switch (kind) {
      case INT -> integer(a) < integer(b);
      case FLOAT -> (Double) a < (Double) b;
      case STRING -> GoStrings.byteOrder().compare(string(a), string(b)) < 0;
      case BOOL, NIL, OTHER -> throw new GoError("invalid type for comparison");
    };
  }

  // As Go does it: "less" first, then "equal", which differ for NaN.
  private static boolean lessOrEqual(Args args) {
    return less(args.any(0), args.any(1)) || equal(args.any(0), args.any(1));
  }

  private static long integer(Object value) {
    Long number = GoValues.integer(value);
    return number == null ? 0 : number;
  }

  private static String string(Object value) {
    return value instanceof Safe safe ? safe.text() : (String) value;
  }
}
