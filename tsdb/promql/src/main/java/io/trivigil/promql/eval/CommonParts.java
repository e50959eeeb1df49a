package io.trivigil.promql.eval;

import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.ast.ValueType;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The parts that stand in an expression more than once: each is evaluated once per grid, and its
/// value kept for the others until the query ends.
///
/// A part that something was noted about is evaluated again, for its notes name positions; and so
/// is one whose value is large.
final class CommonParts {
  /// Cells that all values which are kept may have together.
  static final long MAX_CELLS = 1_000_000;

  /// One part's value, wherever it stands: a part without positions, and all that its value depends
  /// on.
  private record Key(Expr part, Grid grid, boolean findResets, boolean sorted) {}

  private final QueryContext context;
  private final Notes notes;
  private final IdentityHashMap<Expr, Expr> parts = new IdentityHashMap<>();
  private final Map<Key, Value> values = new HashMap<>();
  private long keptCells;

  CommonParts(QueryContext context, Notes notes) {
    this.context = context;
    this.notes = notes;
  }

  /// Finds the parts of an expression that stand in it more than once. Such a part of a larger one
  /// counts only if it stands elsewhere too.
  void find(Expr expr) {
    Map<Expr, Integer> uses = new HashMap<>();
    IdentityHashMap<Expr, Expr> bare = new IdentityHashMap<>();
    count(expr, uses, bare);
    bare.forEach(
        (part, key) -> {
          if (isWorthIt(part) && uses.getOrDefault(key, 0) > 1) {
            parts.put(part, key);
          }
        });
  }

  private static boolean isWorthIt(Expr expr) {
    return switch (expr) {
      case Expr.Call _, Expr.Aggregate _, Expr.Binary _ -> expr.type() == ValueType.VECTOR;
      default -> false;
    };
  }

  private static void count(Expr expr, Map<Expr, Integer> uses, IdentityHashMap<Expr, Expr> bare) {
    Expr key = bare(expr, bare);
    if (uses.merge(key, 1, Integer::sum) == 1) {
      expr.children().forEach(child -> count(child, uses, bare));
    }
  }

  /// The part without positions.
  private static Expr bare(Expr expr, IdentityHashMap<Expr, Expr> known) {
    Expr found = known.get(expr);
    if (found == null) {
      found = unplaced(expr.mapChildren(child -> bare(child, known)));
      known.put(expr, found);
    }
    return found;
  }

  private static Expr unplaced(Expr expr) {
    PosRange none = PosRange.NONE;
    return switch (expr) {
      case Expr.NumberLiteral n -> new Expr.NumberLiteral(n.value(), n.duration(), none);
      case Expr.StringLiteral s -> new Expr.StringLiteral(s.value(), none);
      case Expr.VectorSelector v -> v.withShift(v.shift(), none);
      case Expr.MatrixSelector m -> new Expr.MatrixSelector(m.selector(), m.range(), none);
      case Expr.Subquery s -> new Expr.Subquery(s.expr(), s.range(), s.step(), s.shift(), none);
      case Expr.Unary u -> new Expr.Unary(u.minus(), u.expr(), none);
      case Expr.Paren p -> new Expr.Paren(p.expr(), none);
      case Expr.Binary b -> b;
      case Expr.Call c -> new Expr.Call(c.function(), c.args(), none);
      case Expr.Aggregate a ->
          new Expr.Aggregate(a.op(), a.expr(), a.parameter(), a.grouping(), a.without(), none);
    };
  }

  /// Whether this part stands elsewhere too.
  boolean has(Expr expr) {
    return !parts.isEmpty() && parts.containsKey(expr);
  }

  /// The value of a part, if it is there already.
  Optional<Value> known(Expr expr, Grid grid, Selectors selectors) {
    return Optional.ofNullable(values.get(key(expr, grid, selectors)));
  }

  /// Evaluates a part and keeps its value if it may be used elsewhere.
  Value evaluated(Expr expr, Grid grid, Selectors selectors, Supplier<Value> evaluation) {
    Key key = key(expr, grid, selectors);
    long before = notes.said();
    Value value = evaluation.get();
    if (notes.said() == before
        && value instanceof Value.Block block
        && fits(block.columns().size(), block.steps())) {
      keptCells += (long) block.columns().size() * block.steps();
      context.pin(block.samples());
      context.pinBytes(block.bytes());
      values.put(key, value);
    } else {
      parts.values().removeIf(key.part::equals);
    }
    return value;
  }

  /// Whether a value of so many series would be kept.
  boolean fits(int series, int steps) {
    return (long) series * steps <= MAX_CELLS - keptCells;
  }

  private Key key(Expr expr, Grid grid, Selectors selectors) {
    Expr part = parts.get(expr);
    if (part == null) {
      throw new IllegalStateException("stands there once: " + expr.print());
    }
    return new Key(part, grid, selectors.findResets, selectors.sorted);
  }
}
