package io.trivigil.template.html;

import java.util.Locale;
import java.util.Map;

/// Replaces what would change the meaning of HTML.
final class Escapers {
  /// What stands in for a value that can not be made safe, as in Go.
  static final String FAILSAFE = "ZgotmplZ";

  private static final Map<String, String> ENTITIES =
      Map.of(
          "amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0", "colon",
          ":", "sol", "/", "Tab", "\t", "NewLine", "\n");

  private Escapers() {}

  /// Escapes for text and quoted attributes. `normalise` keeps entities that are already there.
  static String html(String text, boolean normalise) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case 0 -> out.append('\ufffd');
        case '"' -> out.append("&#34;");
        case '&' -> out.append(normalise ? "&" : "&amp;");
        case '\'' -> out.append("&#39;");
        case '+' -> out.append("&#43;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /// Escapes for an attribute value without quotes, where blanks would end it.
  static String unquotedAttribute(String text, boolean normalise) {
    if (text.isEmpty()) {
      return FAILSAFE;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    String escaped = html(text, normalise);
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      switch (c) {
        case '\t', '\n', 0x0b, '\f', '\r', ' ', '=', '`' ->
            out.append("&#").append((int) c).append(';');
        case '\ufffd' -> out.append("&#xfffd;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /// Drops tags and comments of markup that is used as an attribute's text.
  static String stripTags(String markup) {
    StringBuilder out = new StringBuilder();
    boolean tag = false;
    char quote = 0;
    for (int i = 0; i < markup.length(); i++) {
      char c = markup.charAt(i);
      if (!tag) {
        boolean opens =
            c == '<'
                && i + 1 < markup.length()
                && (Character.isLetter(markup.charAt(i + 1))
                    || "/!".indexOf(markup.charAt(i + 1)) >= 0);
        if (opens) {
          tag = true;
        } else {
          out.append(c);
        }
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        tag = false;
      }
    }
    return out.toString();
  }

  /// Resolves numeric entities and the few named ones that matter for the context of a value.
  static String unescapeEntities(String text) {
    if (text.indexOf('&') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int end = text.charAt(i) == '&' ? text.indexOf(';', i) : -1;
      String value = end > i && end - i < 12 ? entity(text.substring(i + 1, end)) : "";
      if (value.isEmpty()) {
        out.append(text.charAt(i++));
      } else {
        out.append(value);
        i = end + 1;
      }
    }
    return out.toString();
  }

  private static String entity(String name) {
    if (!name.startsWith("#")) {
      return ENTITIES.getOrDefault(name, "");
    }
    boolean hex = name.toLowerCase(Locale.ROOT).startsWith("#x");
    try {
      int c = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
      return Character.isValidCodePoint(c) ? Character.toString(c) : "";
    } catch (NumberFormatException _) {
      return "";
    }
  }
}
