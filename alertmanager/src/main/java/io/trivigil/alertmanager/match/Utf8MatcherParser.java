package io.trivigil.alertmanager.match;

import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.template.value.GoStrings;
import java.util.ArrayList;
import java.util.List;

/// The newer parser: any UTF-8 name, and Go's quoting where a name or value has reserved
/// characters.
///
/// `{foo=bar, "a b"=~"c.*",}`: the braces are optional but come in pairs; a last comma is fine.
final class Utf8MatcherParser {
  private final String input;
  private int at;

  Utf8MatcherParser(String input) {
    this.input = input;
  }

  List<Matcher> parse() {
    List<Matcher> matchers = new ArrayList<>();
    skipSpace();
    boolean braces = take('{');
    skipSpace();
    while (at < input.length() && peek() != '}') {
      matchers.add(matcher());
      skipSpace();
      if (!take(',')) {
        break;
      }
      skipSpace();
    }
    if (braces) {
      if (!take('}')) {
        throw problem("expected close brace");
      }
      skipSpace();
    }
    if (at < input.length()) {
      throw problem("unexpected " + Names.quote(input.substring(at)));
    }
    return matchers;
  }

  private Matcher matcher() {
    String name = word("label name");
    skipSpace();
    Matcher.Op op = operator();
    skipSpace();
    String value = word("label value");
    return Matchers.of(name, op, value);
  }

  private Matcher.Op operator() {
    for (Matcher.Op op :
        List.of(
            Matcher.Op.MATCHES, Matcher.Op.NOT_MATCHES, Matcher.Op.NOT_EQUALS, Matcher.Op.EQUALS)) {
      if (input.startsWith(op.text(), at)) {
        at += op.text().length();
        return op;
      }
    }
    throw problem("expected an operator such as '=', '!=', '=~' or '!~'");
  }

  private String word(String what) {
    int from = at;
    if (at < input.length() && peek() == '"') {
      at++;
      while (at < input.length() && peek() != '"') {
        at += peek() == '\\' ? 2 : 1;
      }
      if (at >= input.length()) {
        throw problem("missing end \"");
      }
      at++;
      String text = GoStrings.unquote(input.substring(from, at));
      if (text == null || !Names.isValidUtf8(text)) {
        throw problem("invalid quoted " + what);
      }
      return text;
    }
    while (at < input.length() && !Matchers.isReserved(input.codePointAt(at))) {
      at += Character.charCount(input.codePointAt(at));
    }
    if (from == at) {
      throw problem("expected " + what);
    }
    return input.substring(from, at);
  }

  private char peek() {
    return input.charAt(at);
  }

  private boolean take(char c) {
    if (at < input.length() && peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < input.length() && Matchers.isSpace(input.codePointAt(at))) {
      at += Character.charCount(input.codePointAt(at));
    }
  }

  private IllegalArgumentException problem(String message) {
    return new IllegalArgumentException(
        "%d: %s: bad matcher format: %s".formatted(Math.min(at, input.length()), message, input));
  }
}
