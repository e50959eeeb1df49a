package io.trivigil.web.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON value that was read. Immutable.
public sealed interface JsonValue {
  /// `null`.
  record Null() implements JsonValue {}

  record Bool(boolean truth) implements JsonValue {}

  /// A number as it was written.
  record Numeral(String text) implements JsonValue {}

  record Text(String text) implements JsonValue {}

  record Items(List<JsonValue> items) implements JsonValue {
    public Items {
      items = List.copyOf(items);
    }
  }

  /// The fields in the order of the body; of a name that stands twice, the last.
  record Fields(Map<String, JsonValue> fields) implements JsonValue {
    public Fields {
      fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// A field that is there and not null.
    public Optional<JsonValue> value(String name) {
      return Optional.ofNullable(fields.get(name)).filter(value -> !(value instanceof Null));
    }

    /// A text; the default if it is absent or null.
    ///
    /// @throws JsonException if it is something else
    public String text(String name, String byDefault) {
      return switch (value(name).orElse(new Text(byDefault))) {
        case Text(String text) -> text;
        default -> throw new JsonException("%s must be a string".formatted(name));
      };
    }

    /// A truth value; the default if it is absent or null.
    ///
    /// @throws JsonException if it is something else
    public boolean bool(String name, boolean byDefault) {
      return switch (value(name).orElse(new Bool(byDefault))) {
        case Bool(boolean truth) -> truth;
        default -> throw new JsonException("%s must be a boolean".formatted(name));
      };
    }

    /// A list; empty if it is absent or null.
    ///
    /// @throws JsonException if it is something else
    public List<JsonValue> items(String name) {
      return switch (value(name).orElse(new Items(List.of()))) {
        case Items(List<JsonValue> items) -> items;
        default -> throw new JsonException("%s must be a list".formatted(name));
      };
    }

    /// An object of texts; empty if it is absent or null.
    ///
    /// @throws JsonException if it is something else
    public Map<String, String> texts(String name) {
      return switch (value(name).orElse(new Fields(Map.of()))) {
        case Fields object -> {
          Map<String, String> texts = new LinkedHashMap<>();
          object.fields.keySet().forEach(key -> texts.put(key, object.text(key, "")));
          yield texts;
        }
        default -> throw new JsonException("%s must be an object".formatted(name));
      };
    }
  }

  /// This value as an object.
  ///
  /// @throws JsonException if it is none
  default Fields object(String what) {
    return switch (this) {
      case Fields fields -> fields;
      default -> throw new JsonException("%s must be an object".formatted(what));
    };
  }

  /// This value as a list.
  ///
  /// @throws JsonException if it is none
  default List<JsonValue> list(String what) {
    return switch (this) {
      case Items(List<JsonValue> items) -> items;
      default -> throw new JsonException("%s must be a list".formatted(what));
    };
  }
}
