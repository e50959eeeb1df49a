package io.trivigil.template;

import io.trivigil.template.value.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Cuts a template into tokens. The list ends with EOF, or with the first error.
final class Lexer {
  private static final String LEFT = "{{";
  private static final String RIGHT = "}}";
  private static final String SPACES = " \t\r\n";
  private static final int END = -1;
  private static final Map<String, Token.Type> KEYWORDS =
      Map.ofEntries(
          Map.entry("block", Token.Type.BLOCK),
          Map.entry("break", Token.Type.BREAK),
          Map.entry("continue", Token.Type.CONTINUE),
          Map.entry("define", Token.Type.DEFINE),
          Map.entry("else", Token.Type.ELSE),
          Map.entry("end", Token.Type.END),
          Map.entry("if", Token.Type.IF),
          Map.entry("nil", Token.Type.NIL),
          Map.entry("range", Token.Type.RANGE),
          Map.entry("template", Token.Type.TEMPLATE),
          Map.entry("with", Token.Type.WITH));

  private final String input;
  // A registered function named "break" or "continue" hides the keyword, as in Go.
  private final Set<String> functions;
  private final List<Token> tokens = new ArrayList<>();
  private int pos;
  private int start;
  private int line = 1;
  private int startLine = 1;
  private int parens;
  private boolean failed;

  private Lexer(String input, Set<String> functions) {
    this.input = input;
    this.functions = functions;
  }

  static List<Token> lex(String input, Set<String> functions) {
    Lexer lexer = new Lexer(input, functions);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    boolean trimNext = false;
    while (!failed) {
      if (trimNext) {
        skipSpaces();
      }
      int left = input.indexOf(LEFT, pos);
      boolean trimBefore = left >= 0 && hasLeftTrim(left + 2);
      int textEnd = left < 0 ? input.length() : left;
      while (trimBefore && textEnd > pos && SPACES.indexOf(input.charAt(textEnd - 1)) >= 0) {
        textEnd--;
      }
      if (textEnd > pos) {
        moveTo(textEnd);
        emit(Token.Type.TEXT);
      }
      if (left < 0) {
        emit(Token.Type.EOF);
        return;
      }
      moveTo(left);
      ignore();
      int inside = left + 2 + (trimBefore ? 2 : 0);
      if (input.startsWith("/*", inside)) {
        moveTo(inside);
        trimNext = comment();
      } else {
        moveTo(left + 2);
        emit(Token.Type.LEFT_DELIM);
        moveTo(inside);
        ignore();
        parens = 0;
        trimNext = action();
      }
    }
  }

  private boolean comment() {
    int close = input.indexOf("*/", pos);
    if (close < 0) {
      return fail("unclosed comment");
    }
    moveTo(close + 2);
    boolean trim = rightTrimAt(pos);
    if (!trim && !input.startsWith(RIGHT, pos)) {
      return fail("comment ends before closing delimiter");
    }
    moveTo(pos + (trim ? 4 : 2));
    ignore();
    return trim;
  }

  /// Reads to the end of an action; true if the blanks behind it go.
  private boolean action() {
    while (!failed) {
      boolean trim = rightTrimAt(pos);
      if (trim || input.startsWith(RIGHT, pos)) {
        if (parens > 0) {
          return fail("unclosed left paren");
        }
        moveTo(pos + (trim ? 2 : 0));
        ignore();
        moveTo(pos + 2);
        emit(Token.Type.RIGHT_DELIM);
        return trim;
      }
      int c = peek();
      if (c == END) {
        return fail("unclosed action");
      }
      actionToken(c);
    }
    return false;
  }

  private void actionToken(int c) {
    if (SPACES.indexOf(c) >= 0) {
      do {
        moveTo(pos + 1);
      } while (SPACES.indexOf(peek()) >= 0 && !rightTrimAt(pos) && peek() != END);
      emit(Token.Type.SPACE);
      return;
    }
    switch (c) {
      case '=' -> single(Token.Type.ASSIGN);
      case '|' -> single(Token.Type.PIPE);
      case '"' -> quoted('"', Token.Type.STRING, "unterminated quoted string");
      case '\'' -> quoted('\'', Token.Type.CHAR_CONSTANT, "unterminated character constant");
      case '`' -> raw();
      case '$' -> fieldOrVariable(Token.Type.VARIABLE);
      case '(' -> {
        parens++;
        single(Token.Type.LEFT_PAREN);
      }
      case ')' -> {
        parens--;
        if (parens < 0) {
          fail("unexpected right paren");
        } else {
          single(Token.Type.RIGHT_PAREN);
        }
      }
      case ':' -> {
        if (input.startsWith(":=", pos)) {
          moveTo(pos + 2);
          emit(Token.Type.DECLARE);
        } else {
          fail("expected :=");
        }
      }
      default -> {
        char after = pos + 1 < input.length() ? input.charAt(pos + 1) : 0;
        boolean digit = isDigit(c) || (c == '.' && isDigit(after));
        if (digit || c == '+' || c == '-') {
          number();
        } else if (c == '.') {
          fieldOrVariable(Token.Type.FIELD);
        } else if (isWord(c)) {
          identifier();
        } else if (c > ' ' && c < 0x7f) {
          single(Token.Type.CHAR);
        } else {
          fail("unrecognized character in action: " + shown(c));
        }
      }
    }
  }

  private void quoted(char quote, Token.Type type, String problem) {
    int at = pos + 1;
    while (at < input.length() && input.charAt(at) != quote && input.charAt(at) != '\n') {
      at += input.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= input.length() || input.charAt(at) != quote || input.charAt(at - 1) == '\n') {
      fail(problem);
      return;
    }
    moveTo(at + 1);
    emit(type);
  }

  private void raw() {
    int close = input.indexOf('`', pos + 1);
    if (close < 0) {
      fail("unterminated raw quoted string");
      return;
    }
    moveTo(close + 1);
    emit(Token.Type.RAW_STRING);
  }

  private void fieldOrVariable(Token.Type type) {
    moveTo(pos + 1);
    if (atTerminator()) {
      emit(type == Token.Type.VARIABLE ? Token.Type.VARIABLE : Token.Type.DOT);
      return;
    }
    words();
    if (!atTerminator()) {
      fail("bad character " + shown(peek()));
      return;
    }
    emit(type);
  }

  private void identifier() {
    words();
    if (!atTerminator()) {
      fail("bad character " + shown(peek()));
      return;
    }
    String word = input.substring(start, pos);
    Token.Type keyword = KEYWORDS.get(word);
    boolean hidden =
        (keyword == Token.Type.BREAK || keyword == Token.Type.CONTINUE) && functions.contains(word);
    if (keyword != null && !hidden) {
      emit(keyword);
    } else {
      emit(word.equals("true") || word.equals("false") ? Token.Type.BOOL : Token.Type.IDENTIFIER);
    }
  }

  private void words() {
    while (isWord(peek())) {
      moveTo(pos + Character.charCount(peek()));
    }
  }

  private void number() {
    accept("+-");
    String digits = "0123456789_";
    if (accept("0")) {
      if (accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
      } else if (accept("oO")) {
        digits = "01234567_";
      } else if (accept("bB")) {
        digits = "01_";
      }
    }
    acceptRun(digits);
    if (accept(".")) {
      acceptRun(digits);
    }
    boolean hex = digits.length() > 12;
    if (accept(hex ? "pP" : "eE")) {
      accept("+-");
      acceptRun("0123456789_");
    }
    if (isWord(peek())) {
      moveTo(pos + Character.charCount(peek()));
      fail("bad number syntax: " + GoStrings.quote(input.substring(start, pos)));
      return;
    }
    emit(Token.Type.NUMBER);
  }

  private boolean accept(String valid) {
    if (peek() != END && valid.indexOf(peek()) >= 0) {
      moveTo(pos + 1);
      return true;
    }
    return false;
  }

  private void acceptRun(String valid) {
    while (accept(valid)) {
      // Consumed in the condition.
    }
  }

  private boolean atTerminator() {
    int c = peek();
    return c == END
        || SPACES.indexOf(c) >= 0
        || ".,|:)(".indexOf(c) >= 0
        || input.startsWith(RIGHT, pos);
  }

  private boolean hasLeftTrim(int at) {
    return at + 1 < input.length()
        && input.charAt(at) == '-'
        && SPACES.indexOf(input.charAt(at + 1)) >= 0;
  }

  private boolean rightTrimAt(int at) {
    return at < input.length()
        && SPACES.indexOf(input.charAt(at)) >= 0
        && input.startsWith("-" + RIGHT, at + 1);
  }

  private void skipSpaces() {
    while (pos < input.length() && SPACES.indexOf(input.charAt(pos)) >= 0) {
      moveTo(pos + 1);
    }
    ignore();
  }

  private int peek() {
    return pos < input.length() ? input.codePointAt(pos) : END;
  }

  private void single(Token.Type type) {
    moveTo(pos + 1);
    emit(type);
  }

  private void moveTo(int to) {
    for (int i = pos; i < to && i < input.length(); i++) {
      if (input.charAt(i) == '\n') {
        line++;
      }
    }
    pos = Math.min(to, input.length());
  }

  private void emit(Token.Type type) {
    tokens.add(new Token(type, start, input.substring(start, pos), startLine));
    ignore();
  }

  private void ignore() {
    start = pos;
    startLine = line;
  }

  private boolean fail(String problem) {
    tokens.add(new Token(Token.Type.ERROR, start, problem, startLine));
    failed = true;
    return false;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(int c) {
    return c == '_' || (c >= 0 && Character.isLetterOrDigit(c));
  }

  private static String shown(int c) {
    if (c == END) {
      return "U+FFFFFFFFFFFFFFFF";
    }
    String code = String.format(Locale.ROOT, "U+%04X", c);
    return GoStrings.isPrintable(c) ? code + " '" + Character.toString(c) + "'" : code;
  }
}
