package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.promql.QueryStats;
import io.trivigil.promql.Result;
import io.trivigil.promql.plan.PlanNode;
import io.trivigil.web.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanJsonTest {
  @Test
  void eachNodeSaysWhatItCost() {
    PlanNode selector =
        new PlanNode(
            "VectorSelector", "up", PlanNode.Way.STREAM, 1, 2_000_000_000L, 30, 3, List.of());
    PlanNode sum =
        new PlanNode(
            "Aggregate", "sum(up)", PlanNode.Way.BLOCK, 1, 1_000_000_000L, 0, 1, List.of(selector));
    Result result =
        new Result.VectorResult(
            0,
            List.of(),
            List.of(),
            List.of(),
            new QueryStats(30, 3, 64, 3_000_000_000L, Optional.empty()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(out);
    PlanJson.write(json, new PlanNode.Explained(result, sum));
    json.flush();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith(
            "{\"resultType\":\"vector\",\"plan\":{\"kind\":\"Aggregate\",\"expr\":\"sum(up)\","
                + "\"way\":\"block\",\"runs\":1,\"seconds\":3,\"selfSeconds\":1,\"samples\":0,"
                + "\"series\":1,\"children\":[{\"kind\":\"VectorSelector\",\"expr\":\"up\","
                + "\"way\":\"stream\",\"runs\":1,\"seconds\":2,\"selfSeconds\":2,\"samples\":30,"
                + "\"series\":3,\"children\":[]}]},\"stats\":{\"timings\":")
        .endsWith("\"peakSamples\":3,\"peakBytes\":64}}}");
  }
}
