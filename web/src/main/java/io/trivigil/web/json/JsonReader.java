package io.trivigil.web.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Reads small JSON bodies whole.
public final class JsonReader {
  /// How deep a body may be nested.
  public static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private JsonReader() {}

  /// Reads exactly one value.
  ///
  /// @throws JsonException if the body is anything else
  public static JsonValue read(byte[] body) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new JsonException("the body is empty");
      }
      JsonValue value = value(parser, first);
      if (parser.nextToken() != null) {
        throw new JsonException("the body goes on behind its JSON value");
      }
      return value;
    } catch (JacksonException e) {
      throw new JsonException("not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static JsonValue value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, JsonValue> fields = new LinkedHashMap<>();
        while (next(parser) == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          fields.put(name, value(parser, next(parser)));
        }
        yield new JsonValue.Fields(fields);
      }
      case START_ARRAY -> {
        List<JsonValue> items = new ArrayList<>();
        JsonToken item = next(parser);
        while (item != JsonToken.END_ARRAY) {
          items.add(value(parser, item));
          item = next(parser);
        }
        yield new JsonValue.Items(items);
      }
      case VALUE_STRING -> new JsonValue.Text(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonValue.Numeral(parser.getString());
      case VALUE_TRUE -> new JsonValue.Bool(true);
      case VALUE_FALSE -> new JsonValue.Bool(false);
      case VALUE_NULL -> new JsonValue.Null();
      default -> throw new JsonException("not valid JSON: unexpected " + token);
    };
  }

  private static JsonToken next(JsonParser parser) {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new JsonException("not valid JSON: it ends too early");
    }
    return token;
  }
}
