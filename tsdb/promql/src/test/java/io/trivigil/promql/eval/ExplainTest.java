package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.engine.Query;
import io.trivigil.promql.plan.PlanNode;
import io.trivigil.promql.script.MemoryStorage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExplainTest {
  private final Engine engine = new Engine(EngineOptions.defaults());
  private final MemoryStorage storage = new MemoryStorage();
  private final AtomicLong nanos = new AtomicLong();

  ExplainTest() {
    for (int s = 0; s < 30; s++) {
      for (int i = 0; i < 20; i++) {
        storage.add(Labels.of(Labels.NAME, "a", "s", "" + s, "x", "" + s % 3), i * 10_000L, i);
      }
    }
    for (int x = 0; x < 3; x++) {
      storage.add(Labels.of(Labels.NAME, "info", "x", "" + x, "z", "y"), 0, 1);
    }
  }

  /// A node in a line, its children indented: kind, way, runs, series.
  private static void tell(PlanNode node, String indent, StringBuilder out) {
    out.append(
        "%s%s %s %d %d\n".formatted(indent, node.kind(), node.way(), node.runs(), node.series()));
    node.children().forEach(child -> tell(child, indent + "  ", out));
  }

  private String explained(String text) {
    Query query = engine.range(text, 0, 190_000, 10_000);
    QueryContext context = new QueryContext(nanos::incrementAndGet, 0, 1_000_000);
    StringBuilder told = new StringBuilder();
    try (Querier querier = storage.open()) {
      PlanNode.Explained explained = query.explain(querier, context);
      tell(explained.plan(), "", told);
      assertThat(samples(explained.plan()))
          .isEqualTo(explained.result().stats().samplesRead())
          .isPositive();
      assertThat(explained.plan().nanos()).isBetween(1L, explained.result().stats().elapsedNanos());
      Result plain = query.run(querier, QueryContext.unlimited());
      assertThat(answer(explained.result())).isEqualTo(answer(plain));
    }
    return told.toString();
  }

  private static long samples(PlanNode node) {
    long sum = node.samples();
    for (PlanNode child : node.children()) {
      sum += samples(child);
    }
    return sum;
  }

  private static String answer(Result result) {
    StringBuilder out = new StringBuilder();
    for (var series : ((Result.MatrixResult) result).series()) {
      for (int i = 0; i < series.size(); i++) {
        out.append(series.labels()).append(series.timestampMs(i)).append(series.value(i));
      }
    }
    return out.toString();
  }

  @Test
  void streamsAreTold() {
    assertThat(explained("sum by (z) (rate(a[1m]) * on (x) group_left (z) info) / 2"))
        .isEqualTo(
            """
            Binary BLOCK 1 1
              Aggregate BLOCK 1 1
                Binary STREAM 1 30
                  Call STREAM 1 30
                    MatrixSelector PART 0 0
                      VectorSelector PART 0 0
                  VectorSelector BLOCK 1 3
              NumberLiteral BLOCK 1 1
            """);
  }

  @Test
  void whatIsEvaluatedOnceIsTold() {
    assertThat(explained("a / a + max_over_time(a[50s:10s]) > sum(a @ 100)"))
        .isEqualTo(
            """
            Binary BLOCK 1 0
              Binary BLOCK 1 30
                Binary BLOCK 1 30
                  VectorSelector BLOCK 1 30
                  VectorSelector SHARED 1 30
                Call BLOCK 1 30
                  Subquery BLOCK 1 30
                    VectorSelector BLOCK 1 30
              Aggregate ONCE 1 1
                VectorSelector STREAM 1 30
            """);
  }
}
