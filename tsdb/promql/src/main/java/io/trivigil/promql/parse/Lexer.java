package io.trivigil.promql.parse;

import io.trivigil.model.Names;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Cuts a query into tokens. What a word means depends on the brackets around it.
///
/// The first thing that is no token ends the list with an ERROR token, so that the parser may
/// complain first of what stands in front of it.
final class Lexer {
  private static final Map<String, Token.Type> WORDS =
      Map.ofEntries(
          Map.entry("and", Token.Type.OPERATOR),
          Map.entry("or", Token.Type.OPERATOR),
          Map.entry("unless", Token.Type.OPERATOR),
          Map.entry("atan2", Token.Type.OPERATOR),
          Map.entry("sum", Token.Type.AGGREGATOR),
          Map.entry("avg", Token.Type.AGGREGATOR),
          Map.entry("count", Token.Type.AGGREGATOR),
          Map.entry("min", Token.Type.AGGREGATOR),
          Map.entry("max", Token.Type.AGGREGATOR),
          Map.entry("group", Token.Type.AGGREGATOR),
          Map.entry("stddev", Token.Type.AGGREGATOR),
          Map.entry("stdvar", Token.Type.AGGREGATOR),
          Map.entry("topk", Token.Type.AGGREGATOR),
          Map.entry("bottomk", Token.Type.AGGREGATOR),
          Map.entry("count_values", Token.Type.AGGREGATOR),
          Map.entry("quantile", Token.Type.AGGREGATOR),
          Map.entry("limitk", Token.Type.AGGREGATOR),
          Map.entry("limit_ratio", Token.Type.AGGREGATOR),
          Map.entry("offset", Token.Type.KEYWORD),
          Map.entry("smoothed", Token.Type.KEYWORD),
          Map.entry("anchored", Token.Type.KEYWORD),
          Map.entry("by", Token.Type.KEYWORD),
          Map.entry("without", Token.Type.KEYWORD),
          Map.entry("on", Token.Type.KEYWORD),
          Map.entry("ignoring", Token.Type.KEYWORD),
          Map.entry("group_left", Token.Type.KEYWORD),
          Map.entry("group_right", Token.Type.KEYWORD),
          Map.entry("fill", Token.Type.KEYWORD),
          Map.entry("fill_left", Token.Type.KEYWORD),
          Map.entry("fill_right", Token.Type.KEYWORD),
          Map.entry("bool", Token.Type.KEYWORD),
          Map.entry("start", Token.Type.KEYWORD),
          Map.entry("end", Token.Type.KEYWORD),
          Map.entry("step", Token.Type.KEYWORD),
          Map.entry("range", Token.Type.KEYWORD),
          Map.entry("inf", Token.Type.NUMBER),
          Map.entry("nan", Token.Type.NUMBER));

  private final String input;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int parens;
  private boolean inBraces;
  private boolean inBrackets;

  /// Whether a number has been read since the bracket was opened.
  private boolean sawLength;

  private Lexer(String input) {
    this.input = input;
  }

  /// The tokens, closed by EOF or ERROR.
  static List<Token> tokens(String input) {
    Lexer lexer = new Lexer(input);
    try {
      boolean more = true;
      while (more) {
        more = lexer.next();
      }
    } catch (ParseException e) {
      // The token's text is the message: it is only ever shown.
      lexer.tokens.add(new Token(Token.Type.ERROR, e.pos().start(), e.problem()));
    }
    return lexer.tokens;
  }

  private boolean next() {
    skipBlanksAndComments();
    int start = at;
    if (at == input.length()) {
      if (inBraces) {
        throw fail(start, "unexpected end of input inside braces");
      } else if (inBrackets && !sawLength) {
        throw fail(start, "unexpected end of input in duration expression");
      } else if (parens != 0) {
        throw fail(start, "unclosed left parenthesis");
      } else if (inBrackets) {
        throw fail(start, "unclosed left bracket");
      }
      emit(Token.Type.EOF, start);
      return false;
    }
    char c = input.charAt(at);
    if (c == '"' || c == '\'' || c == '`') {
      string(c);
    } else if (inBraces) {
      insideBraces(c);
    } else if (isDigit(c)
        || (c == '.' && at + 1 < input.length() && isDigit(input.charAt(at + 1)))) {
      numberOrDuration();
    } else if (isAlpha(c) || (c == ':' && !inBrackets)) {
      word();
    } else {
      symbol(c);
    }
    return true;
  }

  private void insideBraces(char c) {
    int start = at;
    if (isAlpha(c)) {
      while (at < input.length() && isAlphaNumeric(input.charAt(at))) {
        at++;
      }
      emit(Token.Type.IDENTIFIER, start);
      return;
    }
    at++;
    switch (c) {
      case ',' -> emit(Token.Type.COMMA, start);
      case '}' -> {
        inBraces = false;
        emit(Token.Type.RIGHT_BRACE, start);
      }
      case '=' -> emit(accept('~') ? Token.Type.OPERATOR : Token.Type.EQL, start);
      case '!' -> {
        if (!accept('~') && !accept('=')) {
          throw fail(start, "unexpected character after '!' inside braces: " + quotedAt(at));
        }
        emit(Token.Type.OPERATOR, start);
      }
      case '{' -> throw fail(start, "unexpected left brace '{'");
      default -> throw fail(start, "unexpected character inside braces: " + quotedAt(start));
    }
  }

  private void symbol(char c) {
    int start = at++;
    switch (c) {
      case ',' -> emit(Token.Type.COMMA, start);
      case '*', '%', '+', '-', '^', '@' -> emit(Token.Type.OPERATOR, start);
      case '/' -> emit(Token.Type.OPERATOR, start);
      case '=' -> {
        if (at < input.length() && input.charAt(at) == '~') {
          throw fail(start, "unexpected character after '=': '~'");
        }
        emit(accept('=') ? Token.Type.OPERATOR : Token.Type.EQL, start);
      }
      case '!' -> {
        if (!accept('=')) {
          throw fail(start, "unexpected character after '!': " + quotedAt(at));
        }
        emit(Token.Type.OPERATOR, start);
      }
      case '<', '>' -> {
        if (!accept('=')) {
          accept('/');
        }
        emit(Token.Type.OPERATOR, start);
      }
      case ':' -> emit(Token.Type.COLON, start);
      case '(' -> {
        parens++;
        emit(Token.Type.LEFT_PAREN, start);
      }
      case ')' -> {
        if (--parens < 0) {
          throw fail(start, "unexpected right parenthesis ')'");
        }
        emit(Token.Type.RIGHT_PAREN, start);
      }
      case '{' -> {
        inBraces = true;
        emit(Token.Type.LEFT_BRACE, start);
      }
      case '[' -> {
        if (inBrackets) {
          throw fail(start, "unexpected left bracket '['");
        }
        inBrackets = true;
        sawLength = false;
        emit(Token.Type.LEFT_BRACKET, start);
      }
      case ']' -> {
        if (!inBrackets) {
          throw fail(start, "unexpected right bracket ']'");
        }
        inBrackets = false;
        emit(Token.Type.RIGHT_BRACKET, start);
      }
      default ->
          throw fail(
              start,
              (inBrackets
                      ? "unexpected character in duration expression: "
                      : "unexpected character: ")
                  + quotedAt(start));
    }
  }

  private void word() {
    int start = at;
    while (at < input.length()
        && (isAlphaNumeric(input.charAt(at)) || (input.charAt(at) == ':' && !inBrackets))) {
      at++;
    }
    String text = input.substring(start, at);
    Token.Type type = WORDS.get(text.toLowerCase(Locale.ROOT));
    // The fill words are young: they are names unless a parenthesis follows.
    boolean young = text.toLowerCase(Locale.ROOT).startsWith("fill");
    if (type != null && !(young && !parenFollows())) {
      emit(type, start);
    } else {
      emit(text.indexOf(':') < 0 ? Token.Type.IDENTIFIER : Token.Type.METRIC_IDENTIFIER, start);
    }
  }

  private boolean parenFollows() {
    int i = at;
    while (i < input.length() && isBlank(input.charAt(i))) {
      i++;
    }
    return i < input.length() && input.charAt(i) == '(';
  }

  private void numberOrDuration() {
    int start = at;
    sawLength = true;
    if (number()) {
      emit(Token.Type.NUMBER, start);
      return;
    }
    // Go's lexer tries the duration where the number broke off.
    if (remainingDuration()) {
      emit(Token.Type.DURATION, start);
      return;
    }
    throw fail(start, "bad number or duration syntax: " + Names.quote(input.substring(start, at)));
  }

  private boolean number() {
    boolean hex = false;
    if (peekIs("0") && at + 1 < input.length() && "xX".indexOf(input.charAt(at + 1)) >= 0) {
      at += 2;
      accept('_');
      hex = true;
    }
    String digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
    int first = at;
    boolean dot = false;
    boolean exponent = false;
    if (accept('.')) {
      dot = true;
    }
    if (peekIs(digits)) {
      at++;
    }
    while (at < input.length()) {
      char c = input.charAt(at);
      if (digits.indexOf(c) >= 0) {
        at++;
      } else if (c == '.') {
        at++;
        if (dot || hex || peekIs("_.")) {
          return false;
        }
        dot = true;
      } else if (!hex && (c == 'e' || c == 'E')) {
        at++;
        if (exponent) {
          return false;
        }
        exponent = true;
        if (peekIs("+-")) {
          at++;
        }
        if (at == input.length() || peekIs("._eE")) {
          return false;
        }
      } else if (c == '_') {
        at++;
        if (at == input.length() || peekIs("._eE")) {
          return false;
        }
      } else {
        break;
      }
    }
    return at > first && (at == input.length() || !isAlphaNumeric(input.charAt(at)));
  }

  private boolean remainingDuration() {
    if (!acceptAny("smhdwy")) {
      return false;
    }
    accept('s');
    while (acceptAny("0123456789")) {
      skipDigits();
      if (!acceptAny("smhdw")) {
        return false;
      }
      accept('s');
    }
    if (at < input.length() && isAlphaNumeric(input.charAt(at))) {
      at++;
      return false;
    }
    return true;
  }

  private void skipDigits() {
    while (at < input.length() && isDigit(input.charAt(at))) {
      at++;
    }
  }

  private void string(char quote) {
    int start = at++;
    while (true) {
      if (at == input.length() || (quote != '`' && input.charAt(at) == '\n')) {
        throw fail(start, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      char c = input.charAt(at++);
      if (c == quote) {
        break;
      }
      if (c == '\\' && quote != '`') {
        at = GoStrings.skipEscape(input, at, quote, problem -> fail(start, problem));
      }
    }
    emit(Token.Type.STRING, start);
  }

  private void skipBlanksAndComments() {
    while (at < input.length()) {
      char c = input.charAt(at);
      if (isBlank(c)) {
        at++;
      } else if (c == '#') {
        while (at < input.length() && input.charAt(at) != '\n' && input.charAt(at) != '\r') {
          at++;
        }
      } else {
        return;
      }
    }
  }

  private boolean accept(char c) {
    if (at < input.length() && input.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean acceptAny(String set) {
    if (peekIs(set)) {
      at++;
      return true;
    }
    return false;
  }

  private boolean peekIs(String set) {
    return at < input.length() && set.indexOf(input.charAt(at)) >= 0;
  }

  private void emit(Token.Type type, int start) {
    tokens.add(new Token(type, start, input.substring(start, at)));
  }

  private ParseException fail(int start, String problem) {
    return new ParseException(input, new PosRange(start, at), problem);
  }

  private String quotedAt(int i) {
    if (i >= input.length()) {
      return "'\\uFFFD'"; // Go prints its end-of-file rune so
    }
    int point = input.codePointAt(i);
    String quoted = Names.quote(Character.toString(point));
    String inner = quoted.substring(1, quoted.length() - 1);
    return "'" + (inner.equals("\\\"") ? "\"" : inner.equals("'") ? "\\'" : inner) + "'";
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlpha(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isAlphaNumeric(char c) {
    return isAlpha(c) || isDigit(c);
  }
}
