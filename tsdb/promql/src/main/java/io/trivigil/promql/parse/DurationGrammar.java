package io.trivigil.promql.parse;

import io.trivigil.model.PromDuration;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.text.GoNumbers;
import java.util.Locale;

/// Lengths of time: in brackets any expression, behind `offset` a literal or a parenthesis.
final class DurationGrammar {
  private static final String WANTED = "number, duration, step(), or range()";

  private final Cursor in;

  DurationGrammar(Cursor in) {
    this.in = in;
  }

  /// An expression inside brackets that must be longer than nothing.
  Dur positive(String where, String wanted) {
    Dur found = expression(1, where, wanted);
    if (found instanceof Dur.Literal literal && literal.seconds() <= 0) {
      throw in.fail(literal.pos(), "duration must be greater than 0");
    }
    return enabled(found);
  }

  Dur positive() {
    return positive("subquery or range selector", WANTED);
  }

  /// What stands behind `offset`.
  Dur offset() {
    return enabled(unary("offset", WANTED));
  }

  private Dur enabled(Dur found) {
    if (!found.isConstant() && !in.features.durationExpressions()) {
      throw in.fail(found.pos(), "experimental duration expression is not enabled");
    }
    return found;
  }

  private Dur expression(int minimum, String where, String wanted) {
    Dur left = unary(where, wanted);
    while (true) {
      BinaryOp op = operator();
      if (op == null || op.precedence() < minimum) {
        return left;
      }
      in.take();
      int next = op == BinaryOp.POW ? op.precedence() : op.precedence() + 1;
      Dur right = expression(next, where, wanted);
      left = new Dur.Operation(op, left, right, left.pos().merge(right.pos()));
    }
  }

  private @org.jspecify.annotations.Nullable BinaryOp operator() {
    if (!in.at(Token.Type.OPERATOR)) {
      return null;
    }
    return switch (in.peek().text()) {
      case "+" -> BinaryOp.ADD;
      case "-" -> BinaryOp.SUB;
      case "*" -> BinaryOp.MUL;
      case "/" -> BinaryOp.DIV;
      case "%" -> BinaryOp.MOD;
      case "^" -> BinaryOp.POW;
      default -> null;
    };
  }

  private Dur unary(String where, String wanted) {
    Token token = in.peek();
    if (in.atWord("+") || in.atWord("-")) {
      boolean minus = in.take().text().equals("-");
      Dur of = unary(where, wanted);
      PosRange pos = in.from(token.start());
      if (of instanceof Dur.Literal literal) {
        return new Dur.Literal(
            minus ? -literal.seconds() : literal.seconds(), literal.written(), pos);
      }
      return minus ? new Dur.Negative(of, pos) : of;
    }
    return primary(where, wanted);
  }

  private Dur primary(String where, String wanted) {
    Token token = in.peek();
    switch (token.type()) {
      case NUMBER, DURATION -> {
        in.take();
        return literal(token);
      }
      case LEFT_PAREN -> {
        in.take();
        Dur inner = expression(1, where, wanted);
        in.expect(Token.Type.RIGHT_PAREN, "", "");
        return new Dur.Paren(inner, in.from(token.start()));
      }
      case KEYWORD, AGGREGATOR, IDENTIFIER -> {
        return call(token, where, wanted);
      }
      default -> throw in.unexpected(where, wanted);
    }
  }

  private Dur call(Token token, String where, String wanted) {
    String word = token.text().toLowerCase(Locale.ROOT);
    switch (word) {
      case "step", "range" -> {
        in.take();
        in.expect(Token.Type.LEFT_PAREN, where, "\"(\"");
        in.expect(Token.Type.RIGHT_PAREN, where, "\")\"");
        PosRange pos = in.from(token.start());
        return word.equals("step") ? new Dur.Step(pos) : new Dur.Range(pos);
      }
      case "min_of", "max_of", "min", "max" -> {
        in.take();
        in.expect(Token.Type.LEFT_PAREN, where, "\"(\"");
        Dur left = expression(1, where, wanted);
        in.expect(Token.Type.COMMA, where, "\",\"");
        Dur right = expression(1, where, wanted);
        in.expect(Token.Type.RIGHT_PAREN, where, "\")\"");
        return new Dur.Extreme(word.startsWith("max"), left, right, in.from(token.start()));
      }
      default -> throw in.unexpected(where, wanted);
    }
  }

  private Dur literal(Token token) {
    double seconds = seconds(in, token);
    if (Math.abs(seconds) > Long.MAX_VALUE / 1e9 || Double.isNaN(seconds)) {
      throw in.fail(token.pos(), "duration out of range");
    }
    return new Dur.Literal(seconds, token.type() == Token.Type.DURATION, token.pos());
  }

  /// The seconds of a number or duration token.
  static double seconds(Cursor in, Token token) {
    try {
      return token.type() == Token.Type.DURATION
          ? PromDuration.parseMs(token.text()) / 1000.0
          : GoNumbers.parse(token.text());
    } catch (NumberFormatException e) {
      throw in.fail(token.pos(), "error parsing number: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw in.fail(token.pos(), String.valueOf(e.getMessage()));
    }
  }
}
