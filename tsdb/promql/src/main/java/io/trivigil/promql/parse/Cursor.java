package io.trivigil.promql.parse;

import io.trivigil.model.Names;
import io.trivigil.promql.Features;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.List;

/// The tokens still to be read, and how to complain of them.
///
/// A problem of syntax is thrown at once. A problem of meaning is kept until the whole text is
/// read, because Prometheus names problems of syntax first.
final class Cursor {
  final String query;
  final Features features;
  private final List<Token> tokens;
  private final List<ParseException> meanings = new ArrayList<>();
  private int next;
  private int lastEnd;

  /// What an unexpected token is said to be in, where nothing more precise is known.
  String context = "";

  Cursor(String query, Features features) {
    this.query = query;
    this.features = features;
    this.tokens = Lexer.tokens(query);
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peekSecond() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  boolean at(Token.Type type) {
    return peek().type() == type;
  }

  boolean atWord(String word) {
    return peek().is(word);
  }

  Token take() {
    Token token = peek();
    if (token.type() == Token.Type.ERROR) {
      throw fail(token.pos(), token.text());
    }
    if (next < tokens.size() - 1) {
      next++;
    }
    lastEnd = token.end();
    return token;
  }

  boolean accept(Token.Type type) {
    if (at(type)) {
      take();
      return true;
    }
    return false;
  }

  boolean acceptWord(String word) {
    if (atWord(word)) {
      take();
      return true;
    }
    return false;
  }

  Token expect(Token.Type type, String where, String wanted) {
    if (!at(type)) {
      throw unexpected(where, wanted);
    }
    return take();
  }

  /// The end of the token read last.
  int lastEnd() {
    return lastEnd;
  }

  PosRange from(int start) {
    return new PosRange(start, lastEnd);
  }

  ParseException unexpected(String where, String wanted) {
    Token token = peek();
    if (token.type() == Token.Type.ERROR) {
      return fail(new PosRange(token.start(), token.start()), token.text());
    }
    String place = where.isEmpty() ? "" : " in " + where;
    return fail(
        token.pos(),
        "unexpected "
            + token.describe()
            + place
            + (wanted.isEmpty() ? "" : ", expected " + wanted));
  }

  ParseException fail(PosRange pos, String problem) {
    return new ParseException(query, pos, problem);
  }

  /// Keeps a problem that matters only if the text is well-formed.
  void complain(PosRange pos, String problem) {
    meanings.add(fail(pos, problem));
  }

  /// Takes back what was complained of at this place.
  void forgive(PosRange pos) {
    meanings.removeIf(problem -> problem.pos().equals(pos));
  }

  void throwIfMeaningless() {
    if (!meanings.isEmpty()) {
      throw meanings.getFirst();
    }
  }

  /// The text of a string token.
  String unquote(Token token) {
    try {
      return GoStrings.unquote(token.text());
    } catch (IllegalArgumentException e) {
      throw fail(
          token.pos(),
          "error unquoting string %s: invalid syntax".formatted(Names.quote(token.text())));
    }
  }
}
