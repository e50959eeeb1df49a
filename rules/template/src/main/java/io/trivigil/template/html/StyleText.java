package io.trivigil.template.html;

import io.trivigil.template.value.Safe;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// CSS: a value passes only where it can not begin anything new.
final class StyleText implements Language {
  private enum State {
    CODE,
    DOUBLE,
    SINGLE,
    COMMENT,
    URL,
    URL_DOUBLE,
    URL_SINGLE
  }

  private State state = State.CODE;
  private boolean urlBegun;
  private String before = "";

  @Override
  public void read(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (state) {
        case CODE -> i = code(text, i, c);
        case DOUBLE, URL_DOUBLE -> i = string(i, c, '"');
        case SINGLE, URL_SINGLE -> i = string(i, c, '\'');
        case COMMENT -> {
          if (c == '*' && text.startsWith("*/", i)) {
            state = State.CODE;
            i++;
          }
        }
        case URL -> {
          if (c == ')') {
            state = State.CODE;
          } else if (!urlBegun && (c == '"' || c == '\'')) {
            state = c == '"' ? State.URL_DOUBLE : State.URL_SINGLE;
          } else if (!Character.isWhitespace(c)) {
            urlBegun = true;
          }
        }
      }
    }
  }

  private int code(String text, int i, char c) {
    before = (before + Character.toLowerCase(c));
    before = before.substring(Math.max(0, before.length() - 4));
    if (c == '/' && text.startsWith("/*", i)) {
      state = State.COMMENT;
      return i + 1;
    }
    if (c == '"' || c == '\'') {
      state = c == '"' ? State.DOUBLE : State.SINGLE;
    } else if (before.equals("url(")) {
      state = State.URL;
      urlBegun = false;
    }
    return i;
  }

  private int string(int i, char c, char quote) {
    if (c == '\\') {
      return i + 1;
    }
    if (c == quote) {
      state = state == State.DOUBLE || state == State.SINGLE ? State.CODE : State.URL;
      urlBegun = true;
    } else {
      urlBegun = true;
    }
    return i;
  }

  @Override
  public String write(@Nullable Object value, String printed) {
    boolean trusted = value instanceof Safe(Safe.Kind kind, String _) && kind == Safe.Kind.CSS;
    return switch (state) {
      case COMMENT -> "";
      case CODE -> trusted || isHarmless(printed) ? printed : Escapers.FAILSAFE;
      case DOUBLE, SINGLE -> escape(printed);
      case URL, URL_DOUBLE, URL_SINGLE -> {
        boolean open = urlBegun;
        urlBegun = true;
        boolean good = open || UrlText.isSafe(printed);
        yield good
            ? UrlText.normalise(printed).replace("(", "%28").replace(")", "%29").replace("'", "%27")
            : "#" + Escapers.FAILSAFE;
      }
    };
  }

  // Go's rule: no character that ends a value or begins a string, comment or function, and no
  // script words.
  private static boolean isHarmless(String text) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || "\"'()/;@[\\]`{}<>".indexOf(c) >= 0) {
        return false;
      }
      if (c == '-' && i > 0 && text.charAt(i - 1) == '-' && i > 1) {
        return false;
      }
      if (Character.isLetter(c)) {
        letters.append(Character.toLowerCase(c));
      }
    }
    String word = letters.toString();
    return !word.contains("expression") && !word.contains("mozbinding");
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || "\"&'()+/:;<>{}\\".indexOf(c) >= 0) {
        out.append(c == '\\' ? "\\\\" : String.format(Locale.ROOT, "\\%x ", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
