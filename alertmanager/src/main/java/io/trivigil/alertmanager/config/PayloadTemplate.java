package io.trivigil.alertmanager.config;

import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import java.util.stream.Collectors;

/// The field `payload` of a webhook as one template.
final class PayloadTemplate {
  private static final Problems IGNORED = new Problems();

  private PayloadTemplate() {}

  /// A text as it is; a mapping or list as JSON whose texts are templates.
  static String of(YamlValue value) {
    return value.isMap() || value.isList() ? json(value) : value.text();
  }

  private static String json(YamlValue value) {
    if (value.isMap()) {
      YamlMap map = value.map("payload", IGNORED);
      return map.names().stream()
          .map(
              name ->
                  "\"" + escape(name) + "\":" + map.value(name).map(v -> json(v)).orElse("null"))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value.isList()) {
      return value.items(IGNORED).stream()
          .map(PayloadTemplate::json)
          .collect(Collectors.joining(",", "[", "]"));
    }
    if (value.isNull()) {
      return "null";
    }
    String text = value.text();
    boolean literal =
        value.isPlain() && (text.equals("true") || text.equals("false") || isNumber(text));
    return literal ? text : "\"" + escape(text) + "\"";
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '-' || c == '.')
        && Character.isDigit(text.charAt(text.length() - 1));
  }

  // Actions stand as they are: their quotes are the template's.
  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf("{{", at);
      int close = open < 0 ? -1 : text.indexOf("}}", open);
      int until = close < 0 ? text.length() : open;
      out.append(
          text.substring(at, until)
              .replace("\\", "\\\\")
              .replace("\"", "\\\"")
              .replace("\n", "\\n"));
      at = until;
      if (close >= 0) {
        out.append(text, open, close + 2);
        at = close + 2;
      }
    }
    return out.toString();
  }
}
