package io.trivigil.promql.parse;

import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.PosRange;

/// What may stand behind a selector or subquery: `[range]`, `offset`, `@`, `anchored`, `smoothed`.
final class Modifiers {
  private Modifiers() {}

  static Expr range(Cursor in, Expr expr, Dur range, PosRange brackets) {
    if (!(expr instanceof Expr.VectorSelector selector)) {
      throw in.fail(brackets, "ranges only allowed for vector selectors");
    }
    if (selector.shift().offset().isPresent()) {
      throw in.fail(brackets, "no offset modifiers allowed before range");
    }
    if (selector.shift().at().isPresent()) {
      throw in.fail(brackets, "no @ modifiers allowed before range");
    }
    return new Expr.MatrixSelector(selector, range, in.from(selector.pos().start()));
  }

  static Expr offset(Cursor in, Expr expr, Dur by) {
    Expr.TimeShift shift =
        shiftOf(
            in,
            expr,
            "offset modifier must be preceded by an instant vector selector or range vector"
                + " selector or a subquery");
    if (shift.offset().isPresent()) {
      throw in.fail(expr.pos(), "offset may not be set multiple times");
    }
    return shifted(in, expr, shift.withOffset(by));
  }

  static Expr at(Cursor in, Expr expr, Expr.At moment) {
    Expr.TimeShift shift =
        shiftOf(
            in,
            expr,
            "@ modifier must be preceded by an instant vector selector or range vector selector"
                + " or a subquery");
    if (shift.at().isPresent()) {
      throw in.fail(expr.pos(), "@ <timestamp> may not be set multiple times");
    }
    return shifted(in, expr, shift.withAt(moment));
  }

  private static Expr.TimeShift shiftOf(Cursor in, Expr expr, String problem) {
    return switch (expr) {
      case Expr.VectorSelector v -> v.shift();
      case Expr.MatrixSelector m -> m.selector().shift();
      case Expr.Subquery s -> s.shift();
      default -> throw in.fail(expr.pos(), problem);
    };
  }

  private static Expr shifted(Cursor in, Expr expr, Expr.TimeShift shift) {
    PosRange pos = in.from(expr.pos().start());
    return switch (expr) {
      case Expr.VectorSelector v -> v.withShift(shift, pos);
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(
              m.selector().withShift(shift, m.selector().pos()), m.range(), pos);
      case Expr.Subquery s -> new Expr.Subquery(s.expr(), s.range(), s.step(), shift, pos);
      default -> throw new IllegalStateException("no shift on " + expr);
    };
  }

  static Expr extend(Cursor in, Expr expr, Token word) {
    String name = word.text().toLowerCase(java.util.Locale.ROOT);
    if (!in.features.extendedRangeSelectors()) {
      throw in.fail(expr.pos(), name + " modifier is experimental and not enabled");
    }
    Expr.Extension extension =
        name.equals("anchored") ? Expr.Extension.ANCHORED : Expr.Extension.SMOOTHED;
    return switch (expr) {
      case Expr.VectorSelector v -> extended(in, v, extension, in.from(v.pos().start()));
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(
              extended(in, m.selector(), extension, m.selector().pos()),
              m.range(),
              in.from(m.pos().start()));
      case Expr.Subquery _ ->
          throw in.fail(expr.pos(), name + " modifier is not supported for subqueries");
      // Prometheus's words for what no such modifier fits, as a function or a number.
      default -> throw in.fail(expr.pos(), name + " modifier not implemented");
    };
  }

  private static Expr.VectorSelector extended(
      Cursor in, Expr.VectorSelector v, Expr.Extension extension, PosRange pos) {
    if (v.extension() != Expr.Extension.NONE && v.extension() != extension) {
      throw in.fail(v.pos(), "anchored and smoothed modifiers cannot be used together");
    }
    return new Expr.VectorSelector(v.name(), v.matchers(), v.shift(), extension, pos);
  }
}
