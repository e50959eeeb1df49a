package io.trivigil.promql.ast;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// An expression. Immutable; two nodes at different places are different nodes.
public sealed interface Expr {
  PosRange pos();

  ValueType type();

  /// The nodes directly below, from left to right.
  default List<Expr> children() {
    return switch (this) {
      case NumberLiteral _, StringLiteral _, VectorSelector _ -> List.of();
      case MatrixSelector m -> List.of(m.selector);
      case Subquery s -> List.of(s.expr);
      case Unary u -> List.of(u.expr);
      case Paren p -> List.of(p.expr);
      case Binary b -> List.of(b.left, b.right);
      case Call c -> c.args;
      case Aggregate a -> {
        List<Expr> all = new ArrayList<>(2);
        a.parameter.ifPresent(all::add);
        all.add(a.expr);
        yield all;
      }
    };
  }

  /// The same node over other children: this very node if each is mapped to itself. A node's child
  /// must be mapped to one of its own type; a range selector's to a selector.
  default Expr mapChildren(UnaryOperator<Expr> map) {
    return switch (this) {
      case NumberLiteral _, StringLiteral _, VectorSelector _ -> this;
      case MatrixSelector m -> {
        Expr inner = map.apply(m.selector);
        yield inner == m.selector ? m : new MatrixSelector((VectorSelector) inner, m.range, m.pos);
      }
      case Subquery s -> {
        Expr inner = map.apply(s.expr);
        yield inner == s.expr ? s : new Subquery(inner, s.range, s.step, s.shift, s.pos);
      }
      case Unary u -> {
        Expr inner = map.apply(u.expr);
        yield inner == u.expr ? u : new Unary(u.minus, inner, u.pos);
      }
      case Paren p -> {
        Expr inner = map.apply(p.expr);
        yield inner == p.expr ? p : new Paren(inner, p.pos);
      }
      case Binary b -> {
        Expr l = map.apply(b.left);
        Expr r = map.apply(b.right);
        yield l == b.left && r == b.right ? b : new Binary(b.op, l, r, b.bool, b.matching);
      }
      case Call c -> {
        List<Expr> mapped = new ArrayList<>(c.args.size());
        boolean same = true;
        for (Expr arg : c.args) {
          Expr inner = map.apply(arg);
          same &= inner == arg;
          mapped.add(inner);
        }
        yield same ? c : new Call(c.function, mapped, c.pos);
      }
      case Aggregate a -> {
        Expr inner = map.apply(a.expr);
        Optional<Expr> parameter = a.parameter.map(map);
        boolean same =
            inner == a.expr
                && (parameter.isEmpty() || parameter.get() == a.parameter.orElseThrow());
        yield same ? a : new Aggregate(a.op, inner, parameter, a.grouping, a.without, a.pos);
      }
    };
  }

  /// Shows this node and everything below, parents first.
  default void walk(Consumer<Expr> action) {
    action.accept(this);
    children().forEach(child -> child.walk(action));
  }

  /// The selectors' matchers, one list per instant or range selector, from left to right.
  default List<List<Matcher>> selectors() {
    List<List<Matcher>> found = new ArrayList<>();
    walk(
        node -> {
          if (node instanceof VectorSelector selector) {
            found.add(selector.matchers());
          }
        });
    return found;
  }

  /// The expression without the parentheses around it.
  default Expr unwrapped() {
    Expr expr = this;
    while (expr instanceof Paren paren) {
      expr = paren.expr;
    }
    return expr;
  }

  /// The text that parses back to this.
  default String print() {
    return Printer.print(this);
  }

  /// The text with long lines broken, as `format_query` answers.
  default String pretty() {
    return Printer.pretty(this, 0);
  }

  /// `1.5`, or `1h30m` where a number was written as a duration.
  record NumberLiteral(double value, boolean duration, PosRange pos) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }
  }

  /// `"text"`.
  record StringLiteral(String value, PosRange pos) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }
  }

  /// The time that a selector or subquery looks at.
  ///
  /// @param at the `@` modifier
  /// @param offset what is taken off the time
  record TimeShift(Optional<At> at, Optional<Dur> offset) {
    /// Neither `@` nor `offset`.
    public static final TimeShift NONE = new TimeShift(Optional.empty(), Optional.empty());

    public TimeShift withAt(At moment) {
      return new TimeShift(Optional.of(moment), offset);
    }

    public TimeShift withOffset(Dur by) {
      return new TimeShift(at, Optional.of(by));
    }
  }

  /// An `@` modifier.
  sealed interface At {
    /// `@ 1609746000.5`, as milliseconds.
    record Time(long timeMs) implements At {}

    /// `@ start()`.
    record Start() implements At {}

    /// `@ end()`.
    record End() implements At {}
  }

  /// `anchored` and `smoothed`.
  enum Extension {
    NONE,
    ANCHORED,
    SMOOTHED
  }

  /// `name{label="value"} @ t offset d`.
  ///
  /// @param name the name in front of the braces, empty if there is none
  /// @param matchers all of them, the one for `name` last
  record VectorSelector(
      String name, List<Matcher> matchers, TimeShift shift, Extension extension, PosRange pos)
      implements Expr {
    public VectorSelector {
      matchers = List.copyOf(matchers);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }

    public VectorSelector withShift(TimeShift changed, PosRange at) {
      return new VectorSelector(name, matchers, changed, extension, at);
    }

    /// The value of the equality matcher on the name, else the name in front, else empty.
    public String metricName() {
      for (Matcher matcher : matchers) {
        if (matcher.name().equals(Labels.NAME) && matcher.op() == Matcher.Op.EQUALS) {
          return matcher.value();
        }
      }
      return name;
    }
  }

  /// `selector[5m]`; `@`, `offset` and extension stand in the selector.
  record MatrixSelector(VectorSelector selector, Dur range, PosRange pos) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /// `expr[1h:5m]`.
  record Subquery(Expr expr, Dur range, Optional<Dur> step, TimeShift shift, PosRange pos)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /// `-expr` or `+expr`.
  record Unary(boolean minus, Expr expr, PosRange pos) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }
  }

  /// `(expr)`.
  record Paren(Expr expr, PosRange pos) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }
  }

  /// `left op right`.
  ///
  /// @param bool whether a comparison answers 0 or 1
  /// @param matching there exactly where both sides are instant vectors
  record Binary(BinaryOp op, Expr left, Expr right, boolean bool, Optional<VectorMatching> matching)
      implements Expr {
    @Override
    public PosRange pos() {
      return left.pos().merge(right.pos());
    }

    @Override
    public ValueType type() {
      return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }
  }

  /// `op by (grouping) (parameter, expr)`.
  record Aggregate(
      AggregateOp op,
      Expr expr,
      Optional<Expr> parameter,
      List<String> grouping,
      boolean without,
      PosRange pos)
      implements Expr {
    public Aggregate {
      grouping = List.copyOf(grouping);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }

  /// `function(args)`.
  record Call(Function function, List<Expr> args, PosRange pos) implements Expr {
    public Call {
      args = List.copyOf(args);
    }

    @Override
    public ValueType type() {
      return function.returns();
    }
  }
}
