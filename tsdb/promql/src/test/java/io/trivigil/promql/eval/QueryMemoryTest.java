package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.QueryMemory;
import io.trivigil.promql.QueryStats;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.script.MemoryStorage;
import org.junit.jupiter.api.Test;

class QueryMemoryTest {
  private static final int SERIES = 200;
  private static final int STEPS = 10_000;
  private static final long MIB = 1 << 20;

  private final Engine engine = new Engine(EngineOptions.defaults());
  private final MemoryStorage storage = new MemoryStorage();

  /// Each series has one sample, which is seen at few steps: not many samples, but long columns.
  QueryMemoryTest() {
    for (int s = 0; s < SERIES; s++) {
      storage.add(Labels.of(Labels.NAME, "m", "s", "" + s), s * 1_000L, s);
    }
  }

  private QueryStats run(String text, QueryMemory memory) {
    QueryContext context = QueryContext.unlimited();
    context.limit(memory);
    try (Querier querier = storage.open()) {
      return engine.range(text, 0, STEPS * 1_000L, 1_000).run(querier, context).stats();
    } finally {
      context.end();
    }
  }

  @Test
  void whatIsHeldIsCountedAndGivenBack() {
    QueryMemory memory = new QueryMemory(100 * MIB);
    long columns = 8L * SERIES * STEPS;
    assertThat(run("m", memory).peakBytes()).isBetween(columns, 2 * columns);
    assertThat(run("m * 2", memory).peakBytes()).isBetween(columns, 3 * columns);
    assertThat(run("sum(m * 2)", memory).peakBytes()).isLessThan(columns / 10);
    assertThat(memory.heldBytes()).isZero();
    assertThat(memory.refused()).isZero();
  }

  @Test
  void oneQueryMayHoldHalf() {
    assertThatCode(() -> run("m", new QueryMemory(40 * MIB))).doesNotThrowAnyException();
    for (String query : new String[] {"m", "m @ 100", "max_over_time(m[10s:1s])", "-m or m @ 50"}) {
      QueryMemory memory = new QueryMemory(10 * MIB);
      assertThatThrownBy(() -> run(query, memory))
          .as(query)
          .isInstanceOf(QueryException.class)
          .hasMessage(
              "query needs more memory than one query may hold: limit=%d bytes".formatted(5 * MIB));
      assertThat(memory.heldBytes()).isZero();
      assertThat(memory.refused()).isOne();
    }
  }

  @Test
  void allTogetherMayHoldNoMore() {
    QueryMemory memory = new QueryMemory(50 * MIB);
    QueryContext first = QueryContext.unlimited();
    QueryContext second = QueryContext.unlimited();
    QueryContext third = QueryContext.unlimited();
    for (QueryContext context : new QueryContext[] {first, second, third}) {
      context.limit(memory);
    }
    first.holdBytes(24 * MIB);
    second.holdBytes(24 * MIB);
    assertThatThrownBy(() -> third.holdBytes(5 * MIB))
        .isInstanceOf(QueryException.class)
        .hasMessage(
            "the queries that run now need more memory than all may hold: limit=%d bytes"
                .formatted(50 * MIB));
    QueryContext.Mark mark = new QueryContext.Mark(0, 0);
    first.releaseTo(mark);
    assertThatCode(() -> third.holdBytes(5 * MIB)).doesNotThrowAnyException();
    first.end();
    second.end();
    third.end();
    assertThat(memory.heldBytes()).isZero();
  }
}
