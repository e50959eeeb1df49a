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
/// with its `type`, fields in alphabetical order, lengths of time in milliseconds. What a length of
/// time takes from the query's step or range is 0 here, for there is no query.
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

  private static long millis(Optional<Dur> length) {
    return length.map(l -> l.millis(0, 0)).orElse(0L);
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
    json.endArray().field("name", v.name()).field("offset", millis(v.shift().offset()));
    range.ifPresent(length -> json.field("range", millis(range)));
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
    json.field("offset", millis(s.shift().offset())).field("range", millis(Optional.of(s.range())));
    startOrEnd(s.shift());
    json.field("step", millis(s.step()));
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
