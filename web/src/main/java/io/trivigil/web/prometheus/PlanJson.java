package io.trivigil.web.prometheus;

import io.trivigil.promql.Result;
import io.trivigil.promql.plan.PlanNode;
import io.trivigil.web.json.JsonWriter;
import java.util.concurrent.TimeUnit;

/// A query's plan with what each node cost.
final class PlanJson {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private PlanJson() {}

  static void write(JsonWriter json, PlanNode.Explained explained) {
    Result result = explained.result();
    json.beginObject().field("resultType", result.type());
    node(json.name("plan"), explained.plan());
    StatsJson.write(json.name("stats"), result.stats());
    json.endObject();
  }

  private static void node(JsonWriter json, PlanNode node) {
    json.beginObject()
        .field("kind", node.kind())
        .field("expr", node.text())
        .field("way", node.way().text())
        .field("runs", node.runs())
        .field("seconds", node.nanos() / SECOND)
        .field("selfSeconds", node.selfNanos() / SECOND)
        .field("samples", node.samples())
        .field("series", node.series())
        .name("children")
        .beginArray();
    node.children().forEach(child -> node(json, child));
    json.endArray().endObject();
  }
}
