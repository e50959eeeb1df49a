package io.trivigil.web.prometheus;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Matcher;
import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.ast.ValueType;
import io.trivigil.promql.ast.VectorMatching;
import io.trivigil.web.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// Expressions as `parse_query` answers, for the tree of the user interface: an object per node
/// with its `type`, fields in alphabetical order, lengths of time in milliseconds. A length that is
/// written as an expression is 0 there, for there is no query that tells its step and range; the
/// field beside it, such as `rangeExpr`, has its tree.
final class ExprJson {
  private final JsonWriter json;

  private ExprJson(JsonWriter json) {
    this.json = json;
  }

  static void write(JsonWriter json, Expr expr) {
    new ExprJson(json).node(expr);
  }

  private void node(Expr expr) {
    json.beginObject();
    switch (expr) {
      case Expr.NumberLiteral n -> type("numberLiteral").field("val", FloatFormat.plain(n.value()));
      case Expr.StringLiteral s -> type("stringLiteral").field("val", s.value());
      case Expr.Paren p -> {
        child("expr", p.expr());
        type("parenExpr");
      }
      case Expr.Unary u -> {
        child("expr", u.expr());
        json.field("op", u.minus() ? "-" : "+");
        type("unaryExpr");
      }
      case Expr.VectorSelector v -> selector(v, Optional.empty());
      case Expr.MatrixSelector m -> selector(m.selector(), Optional.of(m.range()));
      case Expr.Subquery s -> subquery(s);
      case Expr.Binary b -> binary(b);
      case Expr.Aggregate a -> aggregate(a);
      case Expr.Call c -> call(c);
    }
    json.endObject();
  }

  private JsonWriter type(String name) {
    return json.field("type", name);
  }

  private void child(String name, Expr expr) {
    json.name(name);
    node(expr);
  }

  private void length(String name, Optional<Dur> length) {
    Optional<Dur> bare = length.map(ExprJson::bare);
    json.field(name, bare.filter(Dur::isConstant).map(l -> l.millis(0, 0)).orElse(0L));
    json.name(name + "Expr");
    bare.filter(l -> !l.isConstant())
        .ifPresentOrElse(_ -> duration(length.orElseThrow(), false), json::nullValue);
  }

  private static Dur bare(Dur length) {
    return length instanceof Dur.Paren p ? bare(p.of()) : length;
  }

  private void duration(Dur length, boolean wrapped) {
    switch (length) {
      case Dur.Paren p -> duration(p.of(), true);
      case Dur.Literal l ->
          json.beginObject()
              .field("duration", l.written())
              .field("type", "numberLiteral")
              .field("val", FloatFormat.plain(l.seconds()))
              .endObject();
      case Dur.Step _ -> operation(Optional.empty(), "step", Optional.empty(), wrapped);
      case Dur.Range _ -> operation(Optional.empty(), "range", Optional.empty(), wrapped);
      case Dur.Negative n -> operation(Optional.empty(), "-", Optional.of(n.of()), wrapped);
      case Dur.Extreme e ->
          operation(
              Optional.of(e.left()),
              e.max() ? "max_of" : "min_of",
              Optional.of(e.right()),
              wrapped);
      case Dur.Operation o ->
          operation(Optional.of(o.left()), o.op().text(), Optional.of(o.right()), wrapped);
    }
  }

  private void operation(Optional<Dur> left, String op, Optional<Dur> right, boolean wrapped) {
    json.beginObject().name("lhs");
    left.ifPresentOrElse(l -> duration(l, false), json::nullValue);
    json.field("op", op).name("rhs");
    right.ifPresentOrElse(r -> duration(r, false), json::nullValue);
    json.field("type", "durationExpr").field("wrapped", wrapped).endObject();
  }

  private void selector(Expr.VectorSelector v, Optional<Dur> range) {
    json.field("anchored", v.extension() == Expr.Extension.ANCHORED);
    json.name("matchers").beginArray();
    for (Matcher matcher : v.matchers()) {
      json.beginObject()
          .field("name", matcher.name())
          .field("type", matcher.op().text())
          .field("value", matcher.value())
          .endObject();
    }
    json.endArray().field("name", v.name());
    length("offset", v.shift().offset());
    if (range.isPresent()) {
      length("range", range);
    }
    json.field("smoothed", v.extension() == Expr.Extension.SMOOTHED);
    startOrEnd(v.shift());
    timestamp(v.shift());
    type(range.isPresent() ? "matrixSelector" : "vectorSelector");
  }

  private void startOrEnd(Expr.TimeShift shift) {
    json.name("startOrEnd");
    switch (shift.at().orElse(null)) {
      case Expr.At.Start _ -> json.value("start");
      case Expr.At.End _ -> json.value("end");
      case Expr.At.Time _ -> json.nullValue();
      case null -> json.nullValue();
    }
  }

  private void timestamp(Expr.TimeShift shift) {
    json.name("timestamp");
    if (shift.at().orElse(null) instanceof Expr.At.Time(long timeMs)) {
      json.value(timeMs);
    } else {
      json.nullValue();
    }
  }

  private void subquery(Expr.Subquery s) {
    child("expr", s.expr());
    length("offset", s.shift().offset());
    length("range", Optional.of(s.range()));
    startOrEnd(s.shift());
    length("step", s.step());
    timestamp(s.shift());
    type("subquery");
  }

  private void binary(Expr.Binary b) {
    json.field("bool", b.bool());
    child("lhs", b.left());
    json.name("matching");
    b.matching().ifPresentOrElse(this::matching, json::nullValue);
    json.field("op", b.op().text());
    child("rhs", b.right());
    type("binaryExpr");
  }

  private void matching(VectorMatching matching) {
    json.beginObject()
        .field("card", matching.card().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .name("fillValues")
        .beginObject();
    fill("lhs", matching.fillLeft());
    fill("rhs", matching.fillRight());
    json.endObject()
        .field("include", matching.include())
        .field("labels", matching.labels())
        .field("on", matching.on())
        .endObject();
  }

  private void fill(String name, OptionalDouble value) {
    json.name(name);
    if (value.isPresent()) {
      json.value(value.getAsDouble());
    } else {
      json.nullValue();
    }
  }

  private void aggregate(Expr.Aggregate a) {
    child("expr", a.expr());
    json.field("grouping", a.grouping()).field("op", a.op().text()).name("param");
    a.parameter().ifPresentOrElse(this::node, json::nullValue);
    type("aggregation").field("without", a.without());
  }

  private void call(Expr.Call c) {
    json.name("args").beginArray();
    c.args().forEach(this::node);
    List<String> types = c.function().args().stream().map(ValueType::text).toList();
    json.endArray()
        .name("func")
        .beginObject()
        .field("argTypes", types)
        .field("name", c.function().name())
        .field("returnType", c.function().returns().text())
        .field("variadic", c.function().variadic())
        .endObject();
    type("call");
  }
}
