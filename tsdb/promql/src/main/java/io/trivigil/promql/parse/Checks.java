package io.trivigil.promql.parse;

import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.BinaryOp;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.Function;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.ast.VectorMatching;
import io.trivigil.promql.ast.VectorMatching.Card;
import java.util.List;
import java.util.Optional;

/// What must be true of nodes beyond the grammar, in Prometheus's words.
final class Checks {
  private final Cursor in;

  Checks(Cursor in) {
    this.in = in;
  }

  void unary(Expr.Unary node) {
    if (node.type() != ValueType.SCALAR && node.type() != ValueType.VECTOR) {
      in.complain(
          node.pos(),
          "unary expression only allowed on expressions of type scalar or instant vector, got \"%s\""
              .formatted(node.type().documented()));
    }
  }

  void subquery(Expr.Subquery node) {
    if (node.expr().type() != ValueType.VECTOR) {
      in.complain(
          node.pos(),
          "subquery is only allowed on instant vector, got %s instead"
              .formatted(node.expr().type().text()));
    }
  }

  /// The node with its matching settled.
  Expr.Binary binary(
      BinaryOp op, Expr left, Expr right, boolean bool, VectorMatching matching, Token operator) {
    ValueType lt = left.type();
    ValueType rt = right.type();
    PosRange whole = left.pos().merge(right.pos());
    PosRange sign = operatorRange(left, right);
    if (bool && !op.isComparison()) {
      in.complain(sign, "bool modifier can only be used on comparison operators");
    }
    if (op.isComparison() && !bool && lt == ValueType.SCALAR && rt == ValueType.SCALAR) {
      in.complain(sign, "comparisons between scalars must use BOOL modifier");
    }
    VectorMatching settled =
        op.isSet() && matching.card() == Card.ONE_TO_ONE
            ? matching.withCard(Card.MANY_TO_MANY)
            : matching;
    for (String label : settled.labels()) {
      if (settled.on() && settled.include().contains(label)) {
        in.complain(
            sign, "label \"%s\" must not occur in ON and GROUP clause at once".formatted(label));
      }
    }
    operand(left);
    operand(right);
    boolean vectors = lt == ValueType.VECTOR && rt == ValueType.VECTOR;
    if (!vectors) {
      scalarOperands(whole, settled);
    } else if (op.isSet()) {
      setOperands(op, whole, settled);
    }
    if ((lt == ValueType.SCALAR || rt == ValueType.SCALAR) && op.isSet()) {
      in.complain(
          whole,
          "set operator \"%s\" not allowed in binary scalar expression".formatted(operator.text()));
    }
    return new Expr.Binary(
        op, left, right, bool, vectors ? Optional.of(settled) : Optional.empty());
  }

  private PosRange operatorRange(Expr left, Expr right) {
    int start = left.pos().end();
    while (start < in.query.length() && Lexer.isBlank(in.query.charAt(start))) {
      start++;
    }
    return new PosRange(start, Math.max(start, right.pos().start()));
  }

  private void operand(Expr side) {
    if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
      in.complain(
          side.pos(), "binary expression must contain only scalar and instant vector types");
    }
  }

  private void scalarOperands(PosRange whole, VectorMatching matching) {
    if (!matching.labels().isEmpty()) {
      in.complain(whole, "vector matching only allowed between instant vectors");
    }
    if (matching.fills()) {
      in.complain(whole, "filling in missing series only allowed between instant vectors");
    }
  }

  private void setOperands(BinaryOp op, PosRange whole, VectorMatching matching) {
    if (matching.card() == Card.ONE_TO_MANY || matching.card() == Card.MANY_TO_ONE) {
      in.complain(whole, "no grouping allowed for \"%s\" operation".formatted(op.text()));
    }
    if (matching.card() != Card.MANY_TO_MANY) {
      in.complain(whole, "set operations must always be many-to-many");
    }
    if (matching.fills()) {
      in.complain(whole, "filling in missing series not allowed for set operators");
    }
  }

  void aggregate(Expr.Aggregate node) {
    expectType(node.expr(), ValueType.VECTOR, "aggregation expression");
    node.parameter()
        .ifPresent(
            parameter ->
                expectType(
                    parameter,
                    node.op() == AggregateOp.COUNT_VALUES ? ValueType.STRING : ValueType.SCALAR,
                    "aggregation parameter"));
  }

  private void expectType(Expr node, ValueType wanted, String where) {
    if (node.type() != wanted) {
      in.complain(
          node.pos(),
          "expected type %s in %s, got %s"
              .formatted(wanted.documented(), where, node.type().documented()));
    }
  }

  void call(Expr.Call node) {
    Function function = node.function();
    List<Expr> args = node.args();
    int wanted = function.args().size();
    if (function.variadic() == 0 && args.size() != wanted) {
      in.complain(node.pos(), counted("", wanted, function, args.size()));
    } else if (function.variadic() != 0) {
      int least = wanted - 1;
      int most = least + function.variadic();
      if (args.size() < least) {
        in.complain(node.pos(), counted("at least ", least, function, args.size()));
      } else if (function.variadic() > 0 && args.size() > most) {
        in.complain(node.pos(), counted("at most ", most, function, args.size()));
      }
    }
    if (function.name().equals("info") && args.size() > 1) {
      info(args.get(1));
    }
    for (int i = 0; i < args.size(); i++) {
      if (i >= wanted && function.variadic() == 0) {
        break;
      }
      ValueType type = function.args().get(Math.min(i, wanted - 1));
      expectType(args.get(i), type, "call to function \"%s\"".formatted(function.name()));
    }
  }

  private static String counted(String how, int wanted, Function function, int got) {
    return "expected %s%d argument(s) in call to \"%s\", got %d"
        .formatted(how, wanted, function.name(), got);
  }

  private void info(Expr selector) {
    if (!(selector instanceof Expr.VectorSelector labels)) {
      in.complain(selector.pos(), "expected label selectors only");
    } else if (!labels.name().isEmpty()) {
      in.complain(labels.pos(), "expected label selectors only, got vector selector instead");
    } else {
      in.forgive(labels.pos());
    }
  }
}
