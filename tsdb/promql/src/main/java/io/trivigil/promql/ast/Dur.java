package io.trivigil.promql.ast;

/// A length of time as it is written: a literal, or an expression over the query's step and range.
public sealed interface Dur {
  /// Seconds, for a query with this step and range (both in seconds).
  double seconds(double step, double range);

  PosRange pos();

  /// `5m` (`written` as a duration) or `300`.
  record Literal(double seconds, boolean written, PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      return seconds;
    }
  }

  /// `step()`.
  record Step(PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      return step;
    }
  }

  /// `range()`.
  record Range(PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      return range;
    }
  }

  /// `-d`.
  record Negative(Dur of, PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      return -of.seconds(step, range);
    }
  }

  /// `(d)`.
  record Paren(Dur of, PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      return of.seconds(step, range);
    }
  }

  /// `min_of(a, b)` and `max_of(a, b)`.
  record Extreme(boolean max, Dur left, Dur right, PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      double a = left.seconds(step, range);
      double b = right.seconds(step, range);
      return max ? Math.max(a, b) : Math.min(a, b);
    }
  }

  /// `a + b` and the like.
  record Operation(BinaryOp op, Dur left, Dur right, PosRange pos) implements Dur {
    @Override
    public double seconds(double step, double range) {
      double a = left.seconds(step, range);
      double b = right.seconds(step, range);
      return switch (op) {
        case ADD -> a + b;
        case SUB -> a - b;
        case MUL -> a * b;
        case DIV -> divide(a, b, "division by zero");
        case MOD -> {
          divide(a, b, "modulo by zero");
          yield a % b;
        }
        case POW -> Math.pow(a, b);
        default -> throw new IllegalStateException("no duration operator: " + op);
      };
    }

    private static double divide(double a, double b, String problem) {
      if (b == 0) {
        throw new ArithmeticException(problem);
      }
      return a / b;
    }
  }

  /// Whether the length is known without a query.
  default boolean isConstant() {
    return this instanceof Literal;
  }

  /// Milliseconds of a literal of this many seconds.
  static Dur ofMs(long ms) {
    return new Literal(ms / 1000.0, true, PosRange.NONE);
  }

  /// Milliseconds: exact for a literal, cut as Prometheus cuts them for an expression.
  default long millis(double step, double range) {
    double millis = seconds(step, range) * 1000;
    return this instanceof Literal ? Math.round(millis) : (long) millis;
  }
}
