package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import java.util.Optional;
import java.util.function.Consumer;

/// Vectors that can be shown series by series as they are read, so that nothing keeps them all:
/// selectors, range functions of range selectors, and what maps these cell by cell.
///
/// A stream can not find out that two of its series became equal when their names were dropped; so
/// where names are dropped, the selector must be for one name.
final class Streams {
  /// A vector, once. Its columns are the sink's until it returns.
  @FunctionalInterface
  interface Stream {
    void forEach(Consumer<Column> sink);
  }

  private final Evaluator evaluator;

  Streams(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /// The stream of an expression, if it can be one.
  Optional<Stream> of(Expr expr, Grid grid) {
    if (grid.size() > 1 && evaluator.invariance.of(expr)) {
      return Optional.empty(); // is evaluated for one step
    }
    return switch (expr) {
      case Expr.Paren p -> of(p.expr(), grid);
      case Expr.VectorSelector v -> evaluator.selectors.unshared(v, grid).map(this::scanned);
      case Expr.Call c -> call(c, grid);
      case Expr.Unary u -> u.minus() ? negated(u, grid) : of(u.expr(), grid);
      case Expr.Binary b -> withScalar(b, grid);
      default -> Optional.empty();
    };
  }

  private Stream scanned(Leaf leaf) {
    return sink -> evaluator.scan.run(leaf, false, sink);
  }

  private Optional<Stream> call(Expr.Call c, Grid grid) {
    Optional<RangeFunction> range = RangeFunction.named(c.function().name());
    if (range.isPresent()) {
      for (Expr arg : c.args()) {
        if (arg.unwrapped() instanceof Expr.MatrixSelector m
            && (c.function().keepsName() || namesStayApart(m.selector()))) {
          RangeReader.Call call = evaluator.calls.rangeCall(c, range.get(), grid);
          return Optional.of(scanned(evaluator.selectors.leaf(evaluator, m, call)));
        }
      }
      return Optional.empty();
    }
    Optional<Evaluator.FloatMap> map = InstantFunctions.plain(c.function().name());
    if (map.isEmpty() || !dropsNameSafely(c.args().get(0))) {
      return Optional.empty();
    }
    return of(c.args().get(0), grid)
        .map(
            below ->
                sink ->
                    below.forEach(
                        column ->
                            sink.accept(
                                evaluator.map(column, true, map.get(), histogram -> null))));
  }

  private Optional<Stream> negated(Expr.Unary u, Grid grid) {
    if (!dropsNameSafely(u.expr())) {
      return Optional.empty();
    }
    return of(u.expr(), grid)
        .map(below -> sink -> below.forEach(column -> sink.accept(evaluator.negated(column))));
  }

  private Optional<Stream> withScalar(Expr.Binary b, Grid grid) {
    boolean scalarLeft = b.left().type() == ValueType.SCALAR;
    Expr vector = scalarLeft ? b.right() : b.left();
    Expr scalar = scalarLeft ? b.left() : b.right();
    boolean dropName = b.op().dropsName() || b.bool();
    if (scalar.type() != ValueType.SCALAR
        || vector.type() != ValueType.VECTOR
        || (dropName && !dropsNameSafely(vector))) {
      return Optional.empty();
    }
    return of(vector, grid)
        .map(
            below -> {
              Binaries.WithScalar operation =
                  new Binaries.WithScalar(evaluator, b, evaluator.scalar(scalar, grid), scalarLeft);
              return sink -> below.forEach(column -> sink.accept(operation.apply(column)));
            });
  }

  /// Whether series that differ still do when an operation on this vector drops their names.
  private boolean dropsNameSafely(Expr expr) {
    return switch (expr) {
      case Expr.Paren p -> dropsNameSafely(p.expr());
      case Expr.VectorSelector v -> namesStayApart(v);
      case Expr.Unary u -> dropsNameSafely(u.expr());
      case Expr.Binary b ->
          b.left().type() == ValueType.SCALAR
              ? dropsNameSafely(b.right())
              : b.right().type() == ValueType.SCALAR && dropsNameSafely(b.left());
      case Expr.Call c -> {
        for (Expr arg : c.args()) {
          Expr inner = arg.unwrapped();
          if (inner instanceof Expr.MatrixSelector m) {
            yield namesStayApart(m.selector());
          }
        }
        yield !c.args().isEmpty() && dropsNameSafely(c.args().get(0));
      }
      default -> false;
    };
  }

  private boolean namesStayApart(Expr.VectorSelector selector) {
    if (evaluator.options.features().delayedNameRemoval()) {
      return true;
    }
    for (Matcher matcher : selector.matchers()) {
      if (matcher.name().equals(Labels.NAME) && matcher.op() == Matcher.Op.EQUALS) {
        return true;
      }
    }
    return false;
  }
}
