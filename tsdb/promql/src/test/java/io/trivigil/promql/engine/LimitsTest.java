package io.trivigil.promql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.QueryMemory;
import io.trivigil.promql.Result;
import io.trivigil.promql.script.MemoryStorage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every limit from both sides, and its error type.
class LimitsTest {
  private final Engine engine = new Engine(EngineOptions.defaults());
  private final MemoryStorage storage = new MemoryStorage();

  private Result run(Query query, QueryContext context) {
    try (Querier querier = storage.open()) {
      return query.run(querier, context);
    }
  }

  private void load(int samples) {
    for (int i = 0; i < samples; i++) {
      storage.add(Labels.of(Labels.NAME, "a"), i * 1000L, i);
    }
  }

  @Test
  void samplesAreCounted() {
    load(100);
    Query query = engine.instant("sum_over_time(a[2m])", 99_000);
    QueryContext enough = new QueryContext(() -> 0L, 0, 100);
    assertThat(run(query, enough).stats().samplesRead()).isEqualTo(100);
    assertThatThrownBy(() -> run(query, new QueryContext(() -> 0L, 0, 99)))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.kind()).isEqualTo(QueryException.Kind.EXECUTION))
        .hasMessage("query processing would load too many samples into memory in query execution");
  }

  @Test
  void pointsAreBounded() {
    assertThat(engine.range("1", 0, 11_000, 1)).isNotNull();
    assertThatThrownBy(() -> engine.range("1", 0, 11_001, 1))
        .isInstanceOfSatisfying(
            QueryException.class, e -> assertThat(e.kind()).isEqualTo(QueryException.Kind.BAD_DATA))
        .hasMessageContaining("11,000 points");
    assertThatThrownBy(() -> engine.range("a[5m]", 0, 1, 1))
        .hasMessageContaining("invalid expression type \"range vector\"");
  }

  /// What a query weighs shows before it runs.
  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      textBlock =
          """
          a                                                  § 1
          sum_over_time(a[30d])                              § 1
          sum_over_time(a[1d:1s])                            § 86400
          sum_over_time(a[1h:])                              § 60
          1 + sum_over_time(a[10m:1s]) / max_over_time(a[1h:1m]) § 600
          max_over_time(sum_over_time(a[1h:1m])[1d:1h])      § 1500
          max_over_time(sum_over_time(a[1h:1m] @ 0)[1d:1h])  § 60
          sum_over_time(a[1h:(1s / step())])                 § 1
          """)
  void subqueriesWeighAsMuchAsTheirSteps(String expression, long steps) {
    Engine experimental = new Engine(EngineOptions.defaults().withFeatures(Features.all()));
    assertThat(experimental.instant(expression, 0).steps()).isEqualTo(steps);
  }

  @Test
  void aRangeQueryWeighsAsMuchAsItsStepsOrThoseOfItsSubqueries() {
    assertThat(engine.range("a", 0, 59_000, 1_000).steps()).isEqualTo(60);
    assertThat(engine.range("sum_over_time(a[1h:1m])", 0, 59_000, 1_000).steps()).isEqualTo(60);
    assertThat(engine.range("sum_over_time(a[1h:1m])", 0, 3_600_000, 60_000).steps())
        .isEqualTo(120);
  }

  @Test
  void timeRunsOut() {
    load(1);
    AtomicLong now = new AtomicLong();
    QueryContext context =
        engine.context(() -> now.getAndAdd(Duration.ofSeconds(30).toNanos()), Duration.ofHours(1));
    assertThatThrownBy(() -> run(engine.instant("a + a + a + a", 0), context))
        .isInstanceOfSatisfying(
            QueryException.class, e -> assertThat(e.kind()).isEqualTo(QueryException.Kind.TIMEOUT))
        .hasMessage("query timed out in expression evaluation");
  }

  @Test
  void cancelledQueriesStop() {
    QueryContext context = QueryContext.unlimited();
    context.cancel();
    assertThatThrownBy(() -> run(engine.instant("a", 0), context))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.kind()).isEqualTo(QueryException.Kind.CANCELED));
  }

  @Test
  void annotationsAreCountedBeyondTen() {
    StringBuilder query = new StringBuilder("quantile(2, a)");
    for (int i = 1; i < 12; i++) {
      query.append(" or quantile(").append(i + 2).append(", a)");
    }
    load(30);
    Result result = run(engine.instant(query.toString(), 29_000), QueryContext.unlimited());
    assertThat(result.warnings())
        .hasSize(11)
        .first()
        .isEqualTo("PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)");
    assertThat(result.warnings().getLast()).isEqualTo("2 more warning annotations omitted");
  }

  /// How often a query asks whether it may go on, and what ended it.
  private record Course(long checks, String error) {}

  private Course course(Query query, QueryMemory memory) {
    AtomicLong checks = new AtomicLong();
    QueryContext context = engine.context(checks::incrementAndGet, Duration.ofHours(1));
    context.limit(memory);
    String error = "";
    try {
      run(query, context);
    } catch (QueryException e) {
      error = String.valueOf(e.getMessage());
    } finally {
      context.end();
    }
    assertThat(memory.heldBytes()).isZero();
    return new Course(checks.get(), error);
  }

  /// Each series of one side alone at its step: every pair is a series of the result.
  @Test
  void aCrossJoinEndsWhereItsMemoryDoes() {
    long apartMs = Duration.ofMinutes(10).toMillis();
    int count = 200;
    for (int s = 0; s < count; s++) {
      storage.add(Labels.of(Labels.NAME, "one", "p", "" + s), s * apartMs, 1);
      for (int i = 0; i < count; i++) {
        storage.add(Labels.of(Labels.NAME, "many", "s", "" + s), i * apartMs, 1);
      }
    }
    Query join =
        engine.range(
            "many * on () group_left (p) one or vector(0)", 0, (count - 1) * apartMs, apartMs);
    Course whole = course(join, new QueryMemory(Long.MAX_VALUE));
    assertThat(whole.error()).isEmpty();
    Course cutOff = course(join, new QueryMemory(20 << 20));
    assertThat(cutOff.error()).startsWith("query needs more memory than one query may hold");
    assertThat(whole.checks() - cutOff.checks()).as("it went on").isGreaterThan(count / 2);
  }
}
