package io.trivigil.promql.parse;

import io.trivigil.model.Matcher;
import io.trivigil.promql.Features;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.Function;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.ast.VectorMatching;
import io.trivigil.promql.ast.VectorMatching.Card;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Parses expressions by precedence climbing.
///
/// Every method reads what its name says and leaves the cursor behind it. Nesting is bounded, so
/// that no text overflows the stack.
public final class Parser {
  /// How deep parentheses, calls and operators may nest.
  public static final int MAX_DEPTH = 500;

  /// How many operators of one precedence may follow each other.
  public static final int MAX_CHAIN = 1_000;

  private static final Map<String, BinaryOp> OPERATORS =
      Stream.of(BinaryOp.values()).collect(Collectors.toMap(BinaryOp::text, op -> op));

  private final Cursor in;
  private final DurationGrammar durations;
  private final SelectorGrammar selectors;
  private final Checks checks;
  private int depth;

  private Parser(String query, Features features) {
    in = new Cursor(query, features);
    durations = new DurationGrammar(in);
    selectors = new SelectorGrammar(in);
    checks = new Checks(in);
  }

  /// Parses a whole expression.
  ///
  /// @throws ParseException if the text is none
  public static Expr parse(String query, Features features) {
    Parser parser = new Parser(query, features);
    if (parser.in.at(Token.Type.EOF)) {
      throw parser.in.fail(PosRange.NONE, "no expression found in input");
    }
    Expr expr = parser.binary(1);
    parser.end();
    return expr;
  }

  /// Parses with Prometheus's default features.
  public static Expr parse(String query) {
    return parse(query, Features.standard());
  }

  /// Parses one selector without modifiers, as in `match[]`. It may accept every series: whether
  /// that is of use is the caller's to say.
  ///
  /// @throws ParseException if the text is none
  public static List<Matcher> parseMatchers(String selector) {
    Parser parser = new Parser(selector, Features.standard());
    if (!parser.atSelector()) {
      throw parser.in.unexpected("", "");
    }
    Expr.VectorSelector parsed = parser.selectors.selector(true);
    parser.end();
    return parsed.matchers();
  }

  private void end() {
    if (!in.at(Token.Type.EOF)) {
      throw in.unexpected("", "");
    }
    in.throwIfMeaningless();
  }

  private Expr binary(int minimum) {
    if (++depth > MAX_DEPTH) {
      throw in.fail(in.peek().pos(), "expression nests too deeply: limit=" + MAX_DEPTH);
    }
    Expr left = unary();
    int chained = 0;
    while (true) {
      BinaryOp op = operator();
      if (op == null || op.precedence() < minimum) {
        depth--;
        return left;
      }
      if (++chained > MAX_CHAIN) {
        throw in.fail(in.peek().pos(), "too many operators in a row: limit=" + MAX_CHAIN);
      }
      Token sign = in.take();
      boolean bool = in.acceptWord("bool");
      VectorMatching matching = matching();
      Expr right = binary(op == BinaryOp.POW ? op.precedence() : op.precedence() + 1);
      if (matching.fills() && !in.features.binopFill()) {
        throw in.fail(
            left.pos().merge(right.pos()), "binop fill modifiers are experimental and not enabled");
      }
      left = checks.binary(op, left, right, bool, matching, sign);
    }
  }

  private @org.jspecify.annotations.Nullable BinaryOp operator() {
    return in.at(Token.Type.OPERATOR)
        ? OPERATORS.get(in.peek().text().toLowerCase(Locale.ROOT))
        : null;
  }

  private VectorMatching matching() {
    Card card = Card.ONE_TO_ONE;
    List<String> labels = List.of();
    List<String> include = List.of();
    boolean on = in.atWord("on");
    if (on || in.atWord("ignoring")) {
      in.take();
      labels = selectors.labelNames();
      if (in.atWord("group_left") || in.atWord("group_right")) {
        card = in.take().is("group_left") ? Card.MANY_TO_ONE : Card.ONE_TO_MANY;
        include = in.at(Token.Type.LEFT_PAREN) ? selectors.labelNames() : List.of();
      }
    }
    OptionalDouble left = OptionalDouble.empty();
    OptionalDouble right = OptionalDouble.empty();
    while (in.atWord("fill") || in.atWord("fill_left") || in.atWord("fill_right")) {
      Token word = in.take();
      OptionalDouble value = OptionalDouble.of(fillValue());
      left = word.is("fill_right") ? left : value;
      right = word.is("fill_left") ? right : value;
    }
    return new VectorMatching(card, labels, on, include, left, right);
  }

  private double fillValue() {
    in.expect(Token.Type.LEFT_PAREN, "fill modifier", "\"(\"");
    double value = signedNumber("fill modifier", "number");
    in.expect(Token.Type.RIGHT_PAREN, "fill modifier", "\")\"");
    return value;
  }

  private double signedNumber(String where, String wanted) {
    boolean minus = in.atWord("-");
    if (minus || in.atWord("+")) {
      in.take();
    }
    if (!in.at(Token.Type.NUMBER) && !in.at(Token.Type.DURATION)) {
      throw in.unexpected(where, wanted);
    }
    double value = DurationGrammar.seconds(in, in.take());
    return minus ? -value : value;
  }

  private Expr unary() {
    if (!in.atWord("-") && !in.atWord("+")) {
      return postfix(primary());
    }
    Token sign = in.take();
    boolean minus = sign.text().equals("-");
    // Binds as tightly as `*`: only `^` is stronger.
    Expr operand = binary(BinaryOp.POW.precedence());
    PosRange pos = new PosRange(sign.start(), operand.pos().end());
    if (operand instanceof Expr.NumberLiteral number) {
      return new Expr.NumberLiteral(
          minus ? -number.value() : number.value(), number.duration(), pos);
    }
    Expr.Unary node = new Expr.Unary(minus, operand, pos);
    checks.unary(node);
    return node;
  }

  private Expr primary() {
    Token token = in.peek();
    if (atAggregate()) {
      return aggregate();
    }
    if (atCall()) {
      return call();
    }
    if (atSelector()) {
      return selectors.selector(false);
    }
    switch (token.type()) {
      case NUMBER, DURATION -> {
        in.take();
        return new Expr.NumberLiteral(
            DurationGrammar.seconds(in, token), token.type() == Token.Type.DURATION, token.pos());
      }
      case STRING -> {
        in.take();
        return new Expr.StringLiteral(in.unquote(token), token.pos());
      }
      case LEFT_PAREN -> {
        in.take();
        Expr inner = binary(1);
        in.expect(Token.Type.RIGHT_PAREN, in.context, "");
        return new Expr.Paren(inner, in.from(token.start()));
      }
      default -> throw in.unexpected(in.context, "");
    }
  }

  private boolean atAggregate() {
    Token second = in.peekSecond();
    return in.at(Token.Type.AGGREGATOR)
        && (second.type() == Token.Type.LEFT_PAREN || second.is("by") || second.is("without"));
  }

  private boolean atCall() {
    return (in.at(Token.Type.IDENTIFIER) || isPreprocessor(in.peek()))
        && in.peekSecond().type() == Token.Type.LEFT_PAREN;
  }

  private static boolean isPreprocessor(Token token) {
    return token.is("start") || token.is("end") || token.is("step") || token.is("range");
  }

  private boolean atSelector() {
    return switch (in.peek().type()) {
      case LEFT_BRACE, IDENTIFIER, METRIC_IDENTIFIER, AGGREGATOR -> true;
      case KEYWORD ->
          switch (in.peek().text().toLowerCase(Locale.ROOT)) {
            case "bool", "on", "ignoring", "group_left", "group_right" -> false;
            default -> true;
          };
      case OPERATOR ->
          switch (in.peek().text().toLowerCase(Locale.ROOT)) {
            case "and", "or", "unless" -> true;
            default -> false;
          };
      default -> false;
    };
  }

  private Expr call() {
    Token name = in.take();
    Optional<Function> function = Function.named(name.text());
    if (function.isEmpty()) {
      throw in.fail(name.pos(), "unknown function with name " + GoStrings.quote(name.text()));
    }
    if (function.get().experimental() && !in.features.experimentalFunctions()) {
      throw in.fail(name.pos(), "function \"%s\" is not enabled".formatted(name.text()));
    }
    List<Expr> args = arguments();
    Expr.Call node = new Expr.Call(function.get(), args, in.from(name.start()));
    checks.call(node);
    return node;
  }

  private List<Expr> arguments() {
    in.expect(Token.Type.LEFT_PAREN, in.context, "");
    List<Expr> args = new ArrayList<>();
    while (!in.accept(Token.Type.RIGHT_PAREN)) {
      args.add(binary(1));
      if (in.at(Token.Type.COMMA)) {
        Token comma = in.take();
        if (in.at(Token.Type.RIGHT_PAREN)) {
          throw in.fail(comma.pos(), "trailing commas not allowed in function call args");
        }
      } else if (!in.at(Token.Type.RIGHT_PAREN)) {
        throw in.unexpected(in.context, "");
      }
    }
    return args;
  }

  private Expr aggregate() {
    Token word = in.take();
    String outer = in.context;
    in.context = "aggregation";
    AggregateOp op = AggregateOp.valueOf(word.text().toUpperCase(Locale.ROOT));
    boolean without = false;
    List<String> grouping = List.of();
    boolean grouped = in.atWord("by") || in.atWord("without");
    if (grouped) {
      without = in.take().is("without");
      grouping = selectors.labelNames();
    }
    List<Expr> args = arguments();
    if (!grouped && (in.atWord("by") || in.atWord("without"))) {
      without = in.take().is("without");
      grouping = selectors.labelNames();
    }
    in.context = outer;
    PosRange pos = in.from(word.start());
    if (args.isEmpty()) {
      throw in.fail(pos, "no arguments for aggregate expression provided");
    }
    if (op.isExperimental() && !in.features.experimentalFunctions()) {
      throw in.fail(
          pos,
          op.text()
              + "() is experimental and must be enabled with"
              + " --enable-feature=promql-experimental-functions");
    }
    int wanted = op.hasParameter() ? 2 : 1;
    if (args.size() != wanted) {
      throw in.fail(
          pos,
          "wrong number of arguments for aggregate expression provided, expected %d, got %d"
              .formatted(wanted, args.size()));
    }
    Optional<Expr> parameter = op.hasParameter() ? Optional.of(args.get(0)) : Optional.empty();
    Expr.Aggregate node = new Expr.Aggregate(op, args.getLast(), parameter, grouping, without, pos);
    checks.aggregate(node);
    return node;
  }

  private Expr postfix(Expr operand) {
    Expr expr = operand;
    while (true) {
      if (in.at(Token.Type.LEFT_BRACKET)) {
        expr = brackets(expr);
      } else if (in.atWord("offset")) {
        in.take();
        expr = Modifiers.offset(in, expr, durations.offset());
      } else if (in.atWord("@")) {
        in.take();
        expr = Modifiers.at(in, expr, moment(expr));
      } else if (in.atWord("anchored") || in.atWord("smoothed")) {
        expr = Modifiers.extend(in, expr, in.take());
      } else {
        return expr;
      }
    }
  }

  private Expr.At moment(Expr expr) {
    boolean start = in.atWord("start");
    if (start || in.atWord("end")) {
      in.take();
      in.expect(Token.Type.LEFT_PAREN, "@", "timestamp");
      in.expect(Token.Type.RIGHT_PAREN, "@", "timestamp");
      return start ? new Expr.At.Start() : new Expr.At.End();
    }
    double seconds = signedNumber("@", "timestamp");
    if (!(Math.abs(seconds) < Long.MAX_VALUE)) {
      throw in.fail(
          expr.pos(),
          String.format(Locale.ROOT, "timestamp out of bounds for @ modifier: %f", seconds));
    }
    return new Expr.At.Time(
        (long) Math.copySign(Math.floor(Math.abs(seconds * 1000) + 0.5), seconds));
  }

  private Expr brackets(Expr expr) {
    Token open = in.take();
    Dur range = durations.positive();
    if (in.accept(Token.Type.RIGHT_BRACKET)) {
      return Modifiers.range(in, expr, range, in.from(open.start()));
    }
    in.expect(Token.Type.COLON, "subquery or range", "\":\" or \"]\"");
    Optional<Dur> step = Optional.empty();
    if (!in.at(Token.Type.RIGHT_BRACKET)) {
      step =
          Optional.of(
              durations.positive(
                  "subquery selector", "number, duration, step(), range(), or \"]\""));
    }
    in.expect(Token.Type.RIGHT_BRACKET, "subquery selector", "\"]\"");
    Expr.Subquery node =
        new Expr.Subquery(expr, range, step, Expr.TimeShift.NONE, in.from(expr.pos().start()));
    checks.subquery(node);
    return node;
  }
}
