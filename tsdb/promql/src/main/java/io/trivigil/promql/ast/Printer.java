package io.trivigil.promql.ast;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.model.PromDuration;
import io.trivigil.promql.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Writes an expression in Prometheus's own form, on one line or broken as `format_query` does.
final class Printer {
  /// The longest line that [#pretty] leaves alone.
  static final int MAX_LINE = 100;

  private Printer() {}

  static String print(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral n -> number(n);
      case Expr.StringLiteral s -> GoStrings.quote(s.value());
      case Expr.VectorSelector v ->
          selector(v) + at(v.shift()) + extension(v.extension()) + offset(v.shift());
      case Expr.MatrixSelector m ->
          selector(m.selector())
              + "["
              + duration(m.range())
              + "]"
              + extension(m.selector().extension())
              + at(m.selector().shift())
              + offset(m.selector().shift());
      case Expr.Subquery s -> print(s.expr()) + subquerySuffix(s);
      case Expr.Unary u -> sign(u) + print(u.expr());
      case Expr.Paren p -> "(" + print(p.expr()) + ")";
      case Expr.Binary b -> base(b) + " " + operator(b) + " " + print(b.right());
      case Expr.Call c -> c.function().name() + "(" + list(c.args()) + ")";
      case Expr.Aggregate a -> aggregate(a) + "(" + list(a.children()) + ")";
    };
  }

  /// The expression with long lines broken, two blanks per level.
  static String pretty(Expr expr, int level) {
    String pad = "  ".repeat(level);
    String line = print(expr);
    if (pad.length() + line.length() <= MAX_LINE) {
      return pad + line;
    }
    return switch (expr) {
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _ ->
          pad + line;
      case Expr.Subquery s -> pretty(s.expr(), level) + subquerySuffix(s);
      case Expr.Unary u -> pad + sign(u) + pretty(u.expr(), level).stripLeading();
      case Expr.Paren p -> pad + "(\n" + pretty(p.expr(), level + 1) + "\n" + pad + ")";
      case Expr.Binary b ->
          pretty(b.left(), level + 1)
              + "\n"
              + pad
              + operator(b)
              + "\n"
              + pretty(b.right(), level + 1);
      case Expr.Call c ->
          pad + c.function().name() + "(\n" + prettyList(c.args(), level) + "\n" + pad + ")";
      case Expr.Aggregate a ->
          pad + aggregate(a) + "(\n" + prettyList(a.children(), level) + "\n" + pad + ")";
    };
  }

  private static String prettyList(List<Expr> args, int level) {
    return args.stream().map(a -> pretty(a, level + 1)).collect(Collectors.joining(",\n"));
  }

  private static String list(List<Expr> args) {
    return args.stream().map(Printer::print).collect(Collectors.joining(", "));
  }

  // `+Inf ^ 2` would read as `+(Inf ^ 2)`.
  private static String base(Expr.Binary b) {
    boolean infinite =
        b.op() == BinaryOp.POW
            && b.left() instanceof Expr.NumberLiteral number
            && number.value() == Double.POSITIVE_INFINITY;
    return infinite ? "Inf" : print(b.left());
  }

  private static String sign(Expr.Unary u) {
    return u.minus() ? "-" : "+";
  }

  private static String number(Expr.NumberLiteral n) {
    return n.duration() ? seconds(n.value()) : FloatFormat.plain(n.value());
  }

  private static String seconds(double value) {
    return PromDuration.formatMs(Math.round(value * 1000));
  }

  static String duration(Dur d) {
    return switch (d) {
      case Dur.Literal l -> seconds(l.seconds());
      case Dur.Step _ -> "step()";
      case Dur.Range _ -> "range()";
      case Dur.Negative n -> "-" + duration(n.of());
      case Dur.Paren p -> "(" + duration(p.of()) + ")";
      case Dur.Extreme e ->
          (e.max() ? "max_of(" : "min_of(") + duration(e.left()) + ", " + duration(e.right()) + ")";
      case Dur.Operation o -> duration(o.left()) + " " + o.op().text() + " " + duration(o.right());
    };
  }

  private static String selector(Expr.VectorSelector v) {
    List<String> shown = new ArrayList<>();
    for (Matcher matcher : v.matchers()) {
      boolean inFront =
          matcher.name().equals(Labels.NAME)
              && matcher.op() == Matcher.Op.EQUALS
              && !v.name().isEmpty()
              && matcher.value().equals(v.name());
      if (!inFront) {
        shown.add(
            Names.quoteIfNeeded(matcher.name())
                + matcher.op().text()
                + GoStrings.quote(matcher.value()));
      }
    }
    shown.sort(null);
    return v.name()
        + (shown.isEmpty() && !v.name().isEmpty() ? "" : "{" + String.join(",", shown) + "}");
  }

  private static String extension(Expr.Extension extension) {
    return extension == Expr.Extension.NONE ? "" : " " + extension.name().toLowerCase(Locale.ROOT);
  }

  private static String at(Expr.TimeShift shift) {
    return switch (shift.at().orElse(null)) {
      case null -> "";
      case Expr.At.Start _ -> " @ start()";
      case Expr.At.End _ -> " @ end()";
      case Expr.At.Time(long timeMs) ->
          " @ "
              + (timeMs < 0 ? "-" : "")
              + String.format(
                  Locale.ROOT, "%d.%03d", Math.abs(timeMs / 1000), Math.abs(timeMs % 1000));
    };
  }

  private static String offset(Expr.TimeShift shift) {
    Optional<Dur> offset = shift.offset();
    if (offset.isEmpty()
        || (offset.get() instanceof Dur.Literal literal && literal.seconds() == 0)) {
      return "";
    }
    return " offset " + duration(offset.get());
  }

  private static String subquerySuffix(Expr.Subquery s) {
    return "["
        + duration(s.range())
        + ":"
        + s.step().map(Printer::duration).orElse("")
        + "]"
        + at(s.shift())
        + offset(s.shift());
  }

  private static String labels(List<String> names) {
    return names.stream().map(Names::quoteIfNeeded).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String aggregate(Expr.Aggregate a) {
    if (a.without()) {
      return a.op().text() + " without " + labels(a.grouping()) + " ";
    }
    return a.grouping().isEmpty()
        ? a.op().text()
        : a.op().text() + " by " + labels(a.grouping()) + " ";
  }

  private static String operator(Expr.Binary b) {
    StringBuilder out = new StringBuilder(b.op().text()).append(b.bool() ? " bool" : "");
    b.matching().ifPresent(matching -> matching(out, matching));
    return out.toString();
  }

  private static void matching(StringBuilder out, VectorMatching m) {
    boolean grouped =
        m.card() == VectorMatching.Card.MANY_TO_ONE || m.card() == VectorMatching.Card.ONE_TO_MANY;
    if (!m.labels().isEmpty() || m.on() || grouped) {
      out.append(m.on() ? " on " : " ignoring ").append(labels(m.labels()));
    }
    if (grouped) {
      out.append(m.card() == VectorMatching.Card.MANY_TO_ONE ? " group_left " : " group_right ");
      out.append(labels(m.include()));
    }
    if (m.fillLeft().isPresent() && m.fillLeft().equals(m.fillRight())) {
      out.append(" fill (").append(FloatFormat.plain(m.fillLeft().getAsDouble())).append(')');
      return;
    }
    m.fillLeft()
        .ifPresent(v -> out.append(" fill_left (").append(FloatFormat.plain(v)).append(')'));
    m.fillRight()
        .ifPresent(v -> out.append(" fill_right (").append(FloatFormat.plain(v)).append(')'));
  }
}
