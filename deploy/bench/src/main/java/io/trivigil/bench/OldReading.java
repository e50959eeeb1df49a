package io.trivigil.bench;

import io.trivigil.model.Labels;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.ast.AggregateOp;
import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.PosRange;
import io.trivigil.promql.eval.Grid;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What an expression meant to Prometheus 2.42, said so that today's engine understands it. For
/// each of the [Change]s asked for:
/// - times are whole milliseconds, so a range that is closed on the left is an open one that is 1
///   ms longer: `[5m]` becomes `[5m1ms]`, and so do subqueries and the lookback;
/// - `rate`, `increase` and `delta` are computed by [Slope] from the samples of their range at
///   every time at which they are needed, inside subqueries too, and stand in the expression as
///   series of their own; so does `predict_linear` of 2.42;
/// - the deviation of a group of one is put to 0, and a sum of negative zeros to negative zero.
///
/// One instance per reading.
final class OldReading {
  private static final Set<String> SLOPES = Set.of("rate", "increase", "delta");

  private final Recorded recorded;
  private final Set<Change> changes;
  private final long startMs;
  private final long endMs;
  private int names;

  /// @param recorded takes the computed series, and knows the samples
  OldReading(Recorded recorded, Set<Change> changes, Difference asked) {
    this.recorded = recorded;
    this.changes = Set.copyOf(changes);
    this.startMs = asked.startMs();
    this.endMs = asked.endMs();
  }

  /// The changes that may matter to an expression.
  static Set<Change> concerning(Expr expr) {
    Set<Change> found = EnumSet.noneOf(Change.class);
    expr.walk(
        node -> {
          switch (node) {
            case Expr.VectorSelector _, Expr.Subquery _ -> found.add(Change.BORDERS);
            case Expr.Call c when SLOPES.contains(c.function().name()) ->
                found.add(Change.EXTRAPOLATION);
            case Expr.Call c when isFixed(c) -> found.add(Change.PREDICTION);
            case Expr.Call c when isAverage(c) -> found.add(Change.AVERAGE);
            case Expr.Call c when c.function().name().equals("double_exponential_smoothing") ->
                found.add(Change.SMOOTHING);
            case Expr.Binary b when isAtan2(b) -> found.add(Change.ATAN2);
            case Expr.Aggregate a when isDeviation(a) -> found.add(Change.DEVIATION);
            case Expr.Aggregate a when isSum(a) -> found.add(Change.SUM);
            default -> {}
          }
        });
    return found;
  }

  /// How far back 2.42 looks for an instant selector.
  long lookbackMs() {
    return Recorded.LOOKBACK_MS + border();
  }

  private long border() {
    return changes.contains(Change.BORDERS) ? 1 : 0;
  }

  /// The same expression with every `atan2` multiplied by 1, which makes 2.42 drop the name.
  static Expr withoutNamesOfAtan2(Expr expr) {
    Expr inside = rebuilt(expr, OldReading::withoutNamesOfAtan2);
    return inside instanceof Expr.Binary b && isAtan2(b)
        ? Recorded.parse("((" + b.print() + ") * 1)")
        : inside;
  }

  /// Reads an expression that is evaluated at these times.
  Expr read(Expr expr, Grid times) {
    Expr inside =
        rebuilt(
            expr, child -> read(child, expr instanceof Expr.Subquery s ? below(s, times) : times));
    return switch (inside) {
      case Expr.VectorSelector v -> v.withShift(fixed(v.shift()), v.pos());
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(
              m.selector().withShift(fixed(m.selector().shift()), m.pos()),
              Dur.ofMs(millis(m.range()) + border()),
              m.pos());
      case Expr.Subquery s ->
          new Expr.Subquery(
              s.expr(),
              Dur.ofMs(millis(s.range()) + border()),
              s.step(),
              fixed(s.shift()),
              s.pos());
      case Expr.Call c when slopesChange() && SLOPES.contains(c.function().name()) ->
          slope((Expr.Call) expr, c, times);
      case Expr.Call c when changes.contains(Change.AVERAGE) && isAverage(c) -> average(c, times);
      case Expr.Call c when changes.contains(Change.PREDICTION) && isFixed((Expr.Call) expr) ->
          prediction(c, times);
      case Expr.Aggregate a when changes.contains(Change.DEVIATION) && isDeviation(a) ->
          deviation(a);
      case Expr.Aggregate a when changes.contains(Change.SUM) && isSum(a) -> sum(a);
      default -> inside;
    };
  }

  /// A range that is 1 ms longer would change the slope itself, so it is computed for borders too.
  private boolean slopesChange() {
    return changes.contains(Change.EXTRAPOLATION) || changes.contains(Change.BORDERS);
  }

  /// The times at which the inside of a subquery is evaluated.
  private Grid below(Expr.Subquery s, Grid times) {
    long first = at(s.shift(), times.startMs());
    long last = at(s.shift(), times.endMs());
    long stepMs = s.step().map(OldReading::millis).orElse(Recorded.SUBQUERY_STEP_MS);
    return new Grid(Math.ceilDiv(first - millis(s.range()), stepMs) * stepMs, last, stepMs);
  }

  /// Where a selector or subquery looks at in an evaluation at `nowMs`.
  private long at(Expr.TimeShift shift, long nowMs) {
    long base =
        switch (shift.at().orElse(null)) {
          case null -> nowMs;
          case Expr.At.Start _ -> startMs;
          case Expr.At.End _ -> endMs;
          case Expr.At.Time(long timeMs) -> timeMs;
        };
    return base - shift.offset().map(OldReading::millis).orElse(0L);
  }

  /// Parts are evaluated on their own, where `start()` and `end()` would be other times.
  private Expr.TimeShift fixed(Expr.TimeShift shift) {
    return shift.at().isEmpty()
        ? shift
        : new Expr.TimeShift(
            Optional.of(new Expr.At.Time(at(new Expr.TimeShift(shift.at(), Optional.empty()), 0))),
            shift.offset());
  }

  private Expr slope(Expr.Call original, Expr.Call call, Grid times) {
    Expr range = original.args().getFirst().unwrapped();
    Expr.TimeShift shift =
        range instanceof Expr.MatrixSelector m
            ? m.selector().shift()
            : ((Expr.Subquery) range).shift();
    long rangeMs =
        millis(
            range instanceof Expr.MatrixSelector m ? m.range() : ((Expr.Subquery) range).range());
    Slope slope = Slope.of(call.function().name(), changes.contains(Change.EXTRAPOLATION));
    String name = name();
    for (int i = 0; i < times.size(); i++) {
      long nowMs = times.timeMs(i);
      long toMs = at(shift, nowMs);
      for (ResultSeries series : matrix(recorded.at(call.args().getFirst(), nowMs, lookbackMs()))) {
        if (series.size() > 1) {
          add(name, series.labels(), nowMs, slope.over(series, toMs - rangeMs, toMs));
        }
      }
    }
    return computed(name);
  }

  private Expr average(Expr.Call call, Grid times) {
    String name = name();
    for (int i = 0; i < times.size(); i++) {
      long nowMs = times.timeMs(i);
      for (ResultSeries series : matrix(recorded.at(call.args().getFirst(), nowMs, lookbackMs()))) {
        add(name, series.labels(), nowMs, OldMean.of(series));
      }
    }
    return computed(name);
  }

  /// 2.42 read the samples that `@` names, but moved the range over them on with each step. Of a
  /// selector it held fewer and fewer. A subquery was evaluated at the times of the moved range
  /// too, but had no newer samples, so what it saw last went on as long as the lookback.
  private Expr prediction(Expr.Call call, Grid times) {
    String name = name();
    for (int i = 0; i < times.size(); i++) {
      long nowMs = times.timeMs(i);
      Optional<Expr> left = shortened(call.args().getFirst(), nowMs - times.startMs());
      if (left.isEmpty()) {
        break;
      }
      if (predicted(call, left.get(), nowMs, nowMs - times.startMs())
          instanceof Result.VectorResult vector) {
        for (ResultSeries series : vector.series()) {
          add(name, series.labels(), nowMs, series.value(0));
        }
      }
    }
    return computed(name);
  }

  /// A selector without its oldest part, empty if nothing is left; a subquery moved on.
  private Optional<Expr> shortened(Expr range, long byMs) {
    return switch (range.unwrapped()) {
      case Expr.MatrixSelector m when millis(m.range()) > byMs ->
          Optional.of(
              new Expr.MatrixSelector(m.selector(), Dur.ofMs(millis(m.range()) - byMs), m.pos()));
      case Expr.Subquery s -> {
        Expr.At moved = new Expr.At.Time(at(s.shift(), 0) + byMs);
        Expr.TimeShift shift = new Expr.TimeShift(Optional.of(moved), Optional.empty());
        yield Optional.of(new Expr.Subquery(s.expr(), s.range(), s.step(), shift, s.pos()));
      }
      default -> Optional.empty();
    };
  }

  private Result predicted(Expr.Call call, Expr range, long nowMs, long byMs) {
    Expr ended = range;
    if (byMs > 0 && range instanceof Expr.Subquery s) {
      Expr inside = ended(s.expr(), at(s.shift(), 0) - byMs);
      ended = new Expr.Subquery(inside, s.range(), s.step(), s.shift(), s.pos());
    }
    Expr.Call now =
        new Expr.Call(call.function(), List.of(ended, call.args().getLast()), call.pos());
    return recorded.at(now, nowMs, lookbackMs());
  }

  /// The same over selectors whose samples end where 2.42 took an evaluation at `lastMs` to end.
  private static Expr ended(Expr expr, long lastMs) {
    return switch (expr) {
      case Expr.VectorSelector v -> Recorded.until(v, moved(v.shift(), lastMs));
      case Expr.MatrixSelector m ->
          new Expr.MatrixSelector(
              Recorded.until(m.selector(), moved(m.selector().shift(), lastMs)),
              m.range(),
              m.pos());
      case Expr.Subquery s -> rebuilt(s, child -> ended(child, moved(s.shift(), lastMs)));
      default -> rebuilt(expr, child -> ended(child, lastMs));
    };
  }

  private static long moved(Expr.TimeShift shift, long lastMs) {
    if (shift.at().isPresent()) {
      throw new IllegalArgumentException("another fixed time inside of a fixed subquery");
    }
    return lastMs - shift.offset().map(OldReading::millis).orElse(0L);
  }

  /// A sum of nothing but negative zeros, or a mean of one.
  private static Expr sum(Expr.Aggregate a) {
    Expr isNegative = Recorded.parse("((1 / (%s)) == bool (-Inf))".formatted(a.expr().print()));
    String zero = "(%s == 1)".formatted(like(a, AggregateOp.MIN, isNegative));
    if (a.op() == AggregateOp.AVG) {
      zero = "(%s and (%s == 1))".formatted(zero, like(a, AggregateOp.COUNT, a.expr()));
    }
    return Recorded.parse("((%s unless %s) or (-(%s - 1)))".formatted(a.print(), zero, zero));
  }

  /// Another aggregation over the same groups.
  private static String like(Expr.Aggregate a, AggregateOp op, Expr of) {
    return new Expr.Aggregate(op, of, Optional.empty(), a.grouping(), a.without(), a.pos()).print();
  }

  private static Expr deviation(Expr.Aggregate a) {
    String count = like(a, AggregateOp.COUNT, a.expr());
    return Recorded.parse(
        "((%s unless (%s == 1)) or (0 * (%s == 1)))".formatted(a.print(), count, count));
  }

  private static List<ResultSeries> matrix(Result result) {
    return result instanceof Result.MatrixResult matrix ? matrix.series() : List.of();
  }

  private String name() {
    return "computed:" + ++names;
  }

  private void add(String name, Labels labels, long timeMs, double value) {
    recorded
        .computed()
        .add(labels.with(Labels.NAME, name), timeMs, Double.isNaN(value) ? Double.NaN : value);
  }

  /// Exactly the value of this moment, without a name.
  private static Expr computed(String name) {
    return Recorded.parse("(-(-(last_over_time(" + name + "[1ms]))))");
  }

  private static boolean isAtan2(Expr.Binary b) {
    return b.op().text().equals("atan2");
  }

  private static boolean isDeviation(Expr.Aggregate a) {
    return a.op() == AggregateOp.STDDEV || a.op() == AggregateOp.STDVAR;
  }

  private static boolean isSum(Expr.Aggregate a) {
    return a.op() == AggregateOp.SUM || a.op() == AggregateOp.AVG;
  }

  private static boolean isAverage(Expr.Call call) {
    return call.function().name().equals("avg_over_time");
  }

  /// Whether this predicts from samples that `@` fixes.
  private static boolean isFixed(Expr.Call call) {
    return call.function().name().equals("predict_linear")
        && switch (call.args().getFirst().unwrapped()) {
          case Expr.MatrixSelector m -> m.selector().shift().at().isPresent();
          case Expr.Subquery s -> s.shift().at().isPresent();
          default -> false;
        };
  }

  private static long millis(Dur length) {
    if (!length.isConstant() && !(length instanceof Dur.Negative)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "2.42 knew no such length of time: %s", length));
    }
    return length.millis(0, 0);
  }

  /// The node over other nodes below.
  private static Expr rebuilt(Expr expr, UnaryOperator<Expr> change) {
    PosRange pos = expr.pos();
    return switch (expr) {
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _ ->
          expr;
      case Expr.Subquery s ->
          new Expr.Subquery(change.apply(s.expr()), s.range(), s.step(), s.shift(), pos);
      case Expr.Unary u -> new Expr.Unary(u.minus(), change.apply(u.expr()), pos);
      case Expr.Paren p -> new Expr.Paren(change.apply(p.expr()), pos);
      case Expr.Binary b ->
          new Expr.Binary(
              b.op(), change.apply(b.left()), change.apply(b.right()), b.bool(), b.matching());
      case Expr.Call c -> new Expr.Call(c.function(), c.args().stream().map(change).toList(), pos);
      case Expr.Aggregate a ->
          new Expr.Aggregate(
              a.op(),
              change.apply(a.expr()),
              a.parameter().map(change),
              a.grouping(),
              a.without(),
              pos);
    };
  }
}
