package io.trivigil.promql.parse;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.List;

/// `name{label="value", …}`, and lists of label names.
final class SelectorGrammar {
  private final Cursor in;

  SelectorGrammar(Cursor in) {
    this.in = in;
  }

  /// A selector without modifiers; the next token begins one.
  ///
  /// @param anySeries whether it may accept every series
  Expr.VectorSelector selector(boolean anySeries) {
    int start = in.peek().start();
    String name = in.at(Token.Type.LEFT_BRACE) ? "" : in.take().text();
    List<Matcher> matchers = in.at(Token.Type.LEFT_BRACE) ? matchers() : new ArrayList<>();
    PosRange pos = in.from(start);
    for (Matcher matcher : matchers) {
      if (!name.isEmpty() && matcher.name().equals(Labels.NAME)) {
        in.complain(
            pos,
            "metric name must not be set twice: %s or %s"
                .formatted(GoStrings.quote(name), GoStrings.quote(matcher.value())));
      }
    }
    if (!name.isEmpty()) {
      matchers.add(Matcher.equal(Labels.NAME, name));
    } else if (!anySeries && matchers.stream().allMatch(Matcher::acceptsEmpty)) {
      in.complain(pos, "vector selector must contain at least one non-empty matcher");
    }
    return new Expr.VectorSelector(name, matchers, Expr.TimeShift.NONE, Expr.Extension.NONE, pos);
  }

  private List<Matcher> matchers() {
    in.take();
    List<Matcher> found = new ArrayList<>();
    while (!in.accept(Token.Type.RIGHT_BRACE)) {
      found.add(matcher());
      if (!in.accept(Token.Type.COMMA) && !in.at(Token.Type.RIGHT_BRACE)) {
        throw in.unexpected("label matching", "\",\" or \"}\"");
      }
    }
    return found;
  }

  private Matcher matcher() {
    Token label = in.peek();
    boolean quoted = label.type() == Token.Type.STRING;
    if (!quoted && label.type() != Token.Type.IDENTIFIER) {
      throw in.unexpected("label matching", "identifier or \"}\"");
    }
    in.take();
    String name = quoted ? in.unquote(label) : label.text();
    Matcher.Op op = matchOperator();
    if (op == null) {
      if (quoted && (in.at(Token.Type.COMMA) || in.at(Token.Type.RIGHT_BRACE))) {
        return Matcher.equal(Labels.NAME, name);
      }
      throw in.unexpected("label matching", "label matching operator");
    }
    in.take();
    if (!in.at(Token.Type.STRING)) {
      throw in.unexpected("label matching", "string");
    }
    Token value = in.take();
    try {
      return Matcher.of(name, op, in.unquote(value));
    } catch (IllegalArgumentException e) {
      throw in.fail(new PosRange(label.start(), value.end()), String.valueOf(e.getMessage()));
    }
  }

  private Matcher.@org.jspecify.annotations.Nullable Op matchOperator() {
    return switch (in.peek().type()) {
      case EQL -> Matcher.Op.EQUALS;
      case OPERATOR ->
          switch (in.peek().text()) {
            case "!=" -> Matcher.Op.NOT_EQUALS;
            case "=~" -> Matcher.Op.MATCHES;
            case "!~" -> Matcher.Op.NOT_MATCHES;
            default -> null;
          };
      default -> null;
    };
  }

  /// `(a, b)` behind `by`, `on` and the like.
  List<String> labelNames() {
    in.expect(Token.Type.LEFT_PAREN, "grouping opts", "\"(\"");
    List<String> names = new ArrayList<>();
    while (!in.accept(Token.Type.RIGHT_PAREN)) {
      names.add(labelName());
      if (!in.accept(Token.Type.COMMA) && !in.at(Token.Type.RIGHT_PAREN)) {
        throw in.unexpected("grouping opts", "\",\" or \")\"");
      }
    }
    return names;
  }

  private String labelName() {
    Token token = in.peek();
    switch (token.type()) {
      case STRING -> {
        in.take();
        String name = in.unquote(token);
        if (!Names.isUtf8Name(name)) {
          throw in.fail(token.pos(), "unexpected string " + Names.quote(name));
        }
        return name;
      }
      case IDENTIFIER, AGGREGATOR, KEYWORD -> {
        return in.take().text();
      }
      case OPERATOR -> {
        if (Names.isClassicLabelName(token.text())) {
          return in.take().text();
        }
      }
      default -> {}
    }
    throw in.unexpected("grouping opts", "label");
  }
}
