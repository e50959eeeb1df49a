package io.trivigil.promql.eval;

import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.plan.PlanNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/// Finds out in which part of an expression time goes and samples are read. Does nothing unless it
/// is switched on. Owned by the thread that runs the query: what helpers do meanwhile is its
/// waiting.
final class Profile {
  private static final class Cost {
    private PlanNode.Way way = PlanNode.Way.BLOCK;
    private long runs;
    private long nanos;
    private long samples;
    private long series;
  }

  private final QueryContext context;
  private final boolean on;
  private final IdentityHashMap<Expr, Cost> costs = new IdentityHashMap<>();
  private final Deque<Cost> open = new ArrayDeque<>();
  private long sinceNanos;
  private long sinceSamples;

  Profile(QueryContext context, boolean on) {
    this.context = context;
    this.on = on;
  }

  boolean isOn() {
    return on;
  }

  /// What comes now is this part's, until [#leave].
  void enter(Expr expr) {
    if (on) {
      push(costs.computeIfAbsent(expr, _ -> new Cost()));
    }
  }

  private void push(Cost cost) {
    settle();
    open.push(cost);
  }

  /// The part entered last has ended, or hands over for a while.
  void leave() {
    if (on) {
      settle();
      open.pop();
    }
  }

  /// How the part entered last comes to its value, if not as a block.
  void note(PlanNode.Way way) {
    if (on) {
      open.element().way = way;
    }
  }

  /// The part entered last has its value, of so many series.
  void ran(long series) {
    if (on) {
      open.element().runs++;
      open.element().series += series;
    }
  }

  /// Gives what was spent since the last time to the part that spent it.
  private void settle() {
    long nanos = context.elapsedNanos();
    long samples = context.samplesRead();
    Cost now = open.peek();
    if (now != null) {
      now.nanos += nanos - sinceNanos;
      now.samples += samples - sinceSamples;
    }
    sinceNanos = nanos;
    sinceSamples = samples;
  }

  /// Runs the part's stream: time in the sink belongs to whoever asks for it.
  void stream(Expr expr, Streams.Stream stream, Consumer<Column> sink) {
    Cost consumer = open.element();
    enter(expr);
    Cost own = open.element();
    own.way = PlanNode.Way.STREAM;
    own.runs++;
    stream.forEach(
        column -> {
          own.series++;
          push(consumer);
          sink.accept(column);
          leave();
        });
    leave();
  }

  /// The whole, once the query has run.
  PlanNode plan(Expr expr) {
    return plan(expr, false);
  }

  private PlanNode plan(Expr expr, boolean part) {
    Cost cost = costs.get(expr);
    List<PlanNode> children = new ArrayList<>();
    for (Expr child : expr.children()) {
      children.add(plan(child, cost != null || part));
    }
    if (cost == null) {
      PlanNode.Way way = part ? PlanNode.Way.PART : PlanNode.Way.UNUSED;
      return new PlanNode(kind(expr), expr.print(), way, 0, 0, 0, 0, children);
    }
    return new PlanNode(
        kind(expr),
        expr.print(),
        cost.way,
        cost.runs,
        cost.nanos,
        cost.samples,
        cost.series,
        children);
  }

  private static String kind(Expr expr) {
    return switch (expr) {
      case Expr.NumberLiteral _ -> "NumberLiteral";
      case Expr.StringLiteral _ -> "StringLiteral";
      case Expr.VectorSelector _ -> "VectorSelector";
      case Expr.MatrixSelector _ -> "MatrixSelector";
      case Expr.Subquery _ -> "Subquery";
      case Expr.Unary _ -> "Unary";
      case Expr.Paren _ -> "Paren";
      case Expr.Binary _ -> "Binary";
      case Expr.Aggregate _ -> "Aggregate";
      case Expr.Call _ -> "Call";
    };
  }
}
