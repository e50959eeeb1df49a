package io.trivigil.promql.ast;

/// The binary operators, with their precedence (higher binds tighter).
public enum BinaryOp {
  OR("or", 1),
  AND("and", 2),
  UNLESS("unless", 2),
  EQ("==", 3),
  NE("!=", 3),
  LE("<=", 3),
  LT("<", 3),
  GE(">=", 3),
  GT(">", 3),
  TRIM_UPPER("</", 3),
  TRIM_LOWER(">/", 3),
  ADD("+", 4),
  SUB("-", 4),
  MUL("*", 5),
  DIV("/", 5),
  MOD("%", 5),
  ATAN2("atan2", 5),
  POW("^", 6);

  private final String text;
  private final int precedence;

  BinaryOp(String text, int precedence) {
    this.text = text;
    this.precedence = precedence;
  }

  /// The operator as it is written.
  public String text() {
    return text;
  }

  public int precedence() {
    return precedence;
  }

  public boolean isComparison() {
    return switch (this) {
      case EQ, NE, LE, LT, GE, GT -> true;
      default -> false;
    };
  }

  public boolean isSet() {
    return this == OR || this == AND || this == UNLESS;
  }

  /// Whether the result is a new quantity, so that the metric's name no longer fits.
  public boolean dropsName() {
    return switch (this) {
      case ADD, SUB, MUL, DIV, MOD, ATAN2, POW -> true;
      default -> false;
    };
  }
}
