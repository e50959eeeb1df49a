package io.trivigil.template.html;

import io.trivigil.template.value.GoError;
import io.trivigil.template.value.GoFormat;
import io.trivigil.template.value.Safe;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes HTML: trusted source text passes and moves the context, values are escaped for it.
public final class HtmlWriter {
  private static final String SPACES = " \t\n\f\r";

  private enum State {
    TEXT,
    COMMENT,
    TAG,
    TAG_NAME, // directly behind a name that the source text has not ended
    ATTR_NAME,
    AFTER_NAME,
    BEFORE_VALUE,
    VALUE,
    RAW // inside script, style, textarea or title
  }

  private final StringBuilder out = new StringBuilder();
  private State state = State.TEXT;
  private String element = "";
  private final StringBuilder attr = new StringBuilder();
  private char delim;
  private Language language = Language.plain();

  /// Source text of the template.
  public void text(String text) {
    int i = 0;
    while (i < text.length()) {
      i =
          switch (state) {
            case TEXT -> inText(text, i);
            case COMMENT -> inComment(text, i);
            case TAG -> inTag(text, i);
            case TAG_NAME -> inTagName(text, i);
            case ATTR_NAME -> inAttrName(text, i);
            case AFTER_NAME -> afterName(text, i);
            case BEFORE_VALUE -> beforeValue(text, i);
            case VALUE -> inValue(text, i);
            case RAW -> inRaw(text, i);
          };
    }
  }

  private int inText(String text, int from) {
    int lt = text.indexOf('<', from);
    if (lt < 0) {
      out.append(text, from, text.length());
      return text.length();
    }
    out.append(text, from, lt);
    if (text.startsWith("<!--", lt)) {
      state = State.COMMENT; // Comments do not reach the reader.
      return lt + 4;
    }
    boolean end = text.startsWith("</", lt);
    int name = lt + (end ? 2 : 1);
    int i = name;
    while (i < text.length()
        && isTagChar(text.charAt(i))
        && (i > name || isLetter(text.charAt(i)))) {
      i++;
    }
    if (i == name) {
      boolean doctype = text.startsWith("<!", lt);
      out.append(doctype ? "<" : "&lt;");
      return lt + 1;
    }
    out.append(text, lt, i);
    String tag = text.substring(name, i).toLowerCase(Locale.ROOT);
    element =
        switch (tag) {
          case "script", "style", "textarea", "title" -> end ? "" : tag;
          default -> "";
        };
    state = i == text.length() ? State.TAG_NAME : State.TAG;
    return i;
  }

  private int inTagName(String text, int from) {
    if (isTagChar(text.charAt(from))) {
      throw new GoError("a tag name may not be made of parts");
    }
    state = State.TAG;
    return from;
  }

  private int inComment(String text, int from) {
    int end = text.indexOf("-->", from);
    if (end < 0) {
      return text.length();
    }
    state = State.TEXT;
    return end + 3;
  }

  private int inTag(String text, int from) {
    char c = text.charAt(from);
    if (c == '>') {
      out.append(c);
      enterContent();
      return from + 1;
    }
    if (SPACES.indexOf(c) >= 0 || c == '/') {
      out.append(c);
      return from + 1;
    }
    if (c == '=' || c == '"' || c == '\'' || c == '<') {
      throw new GoError("expected space, attr name, or end of tag, but got '" + c + "'");
    }
    attr.setLength(0);
    state = State.ATTR_NAME;
    return from;
  }

  private void enterContent() {
    state = element.isEmpty() ? State.TEXT : State.RAW;
    language =
        switch (element) {
          case "script" -> Language.script();
          case "style" -> Language.style();
          default -> Language.plain();
        };
  }

  private int inAttrName(String text, int from) {
    int i = from;
    while (i < text.length()
        && SPACES.indexOf(text.charAt(i)) < 0
        && "=>/".indexOf(text.charAt(i)) < 0) {
      if ("'\"<".indexOf(text.charAt(i)) >= 0) {
        throw new GoError("'" + text.charAt(i) + "' in attribute name");
      }
      i++;
    }
    out.append(text, from, i);
    attr.append(text, from, i);
    if (i < text.length()) {
      state = State.AFTER_NAME;
    }
    return i;
  }

  private int afterName(String text, int from) {
    char c = text.charAt(from);
    if (SPACES.indexOf(c) >= 0) {
      out.append(c);
      return from + 1;
    }
    if (c == '=') {
      out.append(c);
      state = State.BEFORE_VALUE;
      return from + 1;
    }
    state = State.TAG;
    return from;
  }

  private int beforeValue(String text, int from) {
    char c = text.charAt(from);
    if (SPACES.indexOf(c) >= 0) {
      out.append(c);
      return from + 1;
    }
    if (c == '>') {
      state = State.TAG;
      return from;
    }
    if (c == '"' || c == '\'') {
      out.append(c);
      startValue(c);
      return from + 1;
    }
    startValue(' ');
    return from;
  }

  private void startValue(char quote) {
    delim = quote;
    language = Attributes.languageOf(attr.toString());
    state = State.VALUE;
  }

  private int inValue(String text, int from) {
    int end = from;
    while (end < text.length() && !endsValue(text.charAt(end))) {
      end++;
    }
    String piece = text.substring(from, end);
    out.append(piece);
    language.read(Escapers.unescapeEntities(piece));
    if (end == text.length()) {
      return end;
    }
    state = State.TAG;
    if (delim == ' ') {
      return end;
    }
    out.append(delim);
    return end + 1;
  }

  private boolean endsValue(char c) {
    return delim == ' ' ? c == '>' || SPACES.indexOf(c) >= 0 : c == delim;
  }

  private int inRaw(String text, int from) {
    String close = "</" + element;
    int end = from;
    while (end < text.length() && !text.regionMatches(true, end, close, 0, close.length())) {
      end++;
    }
    String piece = text.substring(from, end);
    language.read(piece);
    out.append(piece);
    if (end < text.length()) {
      element = "";
      state = State.TEXT;
    }
    return end;
  }

  /// A value of the template.
  public void value(@Nullable Object value) {
    if (state == State.BEFORE_VALUE) {
      startValue(' ');
    }
    switch (state) {
      case TEXT -> out.append(html(value));
      case COMMENT -> {} // Nothing inside a comment reaches the reader.
      case TAG_NAME -> throw new GoError("a tag name may not be made of parts");
      case TAG, ATTR_NAME, AFTER_NAME, BEFORE_VALUE -> {
        String name = Attributes.filterName(printed(value));
        if (state != State.ATTR_NAME) {
          attr.setLength(0);
        }
        attr.append(name);
        out.append(name);
        state = State.ATTR_NAME;
      }
      case VALUE -> {
        // Markup in an attribute is only its text.
        Object plain =
            value instanceof Safe(Safe.Kind kind, String text) && kind == Safe.Kind.HTML
                ? Escapers.stripTags(text)
                : value;
        boolean normalise = plain != value;
        String piece = language.write(plain, printed(plain));
        out.append(
            delim == ' '
                ? Escapers.unquotedAttribute(piece, normalise)
                : Escapers.html(piece, normalise));
      }
      case RAW -> {
        boolean text = element.equals("textarea") || element.equals("title");
        out.append(
            text
                ? Escapers.html(printed(value), value instanceof Safe)
                : language.write(value, printed(value)));
      }
    }
  }

  private static String html(@Nullable Object value) {
    return value instanceof Safe(Safe.Kind kind, String text) && kind == Safe.Kind.HTML
        ? text
        : Escapers.html(printed(value), false);
  }

  private static String printed(@Nullable Object value) {
    return value == null ? "" : GoFormat.sprint(value);
  }

  /// How much has been written.
  public int length() {
    return out.length();
  }

  /// The page.
  public String finish() {
    return out.toString();
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isTagChar(char c) {
    return isLetter(c) || (c >= '0' && c <= '9') || c == ':' || c == '-';
  }
}
