package io.trivigil.promql.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.eval.RandomQueries;
import io.trivigil.promql.eval.Rewrites;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An expression that was rewritten before it ran says what the expression says as it is written.
class RewritesTest {
  private static final int QUERIES = 4_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "x * (2 + 3 * -1)            | x * -1",
        "x * 2 * 3                   | x * 2 * 3",
        "topk((1 + 2), x) > bool 1 / 4 | topk(3, x) > bool 0.25",
        "vector(2 ^ 3 ^ 2)           | vector(512)",
        "1 > bool 2                  | 0",
        "time() - 60 * 60            | time() - 3600",
        "a{x='1'} / b                | a{x='1'} / b{x='1'}",
        "a / b{x='1'}                | a{x='1'} / b{x='1'}",
        "a{x='1'} / b{y='2'}         | a{x='1',y='2'} / b{x='1',y='2'}",
        "a{x!='1',y=~'2'} / b        | a{x!='1',y=~'2'} / b",
        "a{x=''} / b                 | a{x=''} / b",
        "a{x='1'} / ignoring (x) b   | a{x='1'} / ignoring (x) b",
        "a{x='1'} / ignoring (y) b   | a{x='1'} / ignoring (y) b",
        "a{x='1'} / on (x) b         | a{x='1'} / on (x) b",
        "a{x='1'} / on (x) sum by (x) (b) | a{x='1'} / on (x) sum by (x) (b{x='1'})",
        "a{x='1'} / on (x) sum by (x, y) (b) | a{x='1'} / on (x) sum by (x, y) (b)",
        "a{x='1'} / ignoring (y) sum without (y) (b) "
            + "| a{x='1'} / ignoring (y) sum without (y) (b{x='1'})",
        "sum by (x) (a{x='1',y='2'}) / sum by (x) (b) "
            + "| sum by (x) (a{x='1',y='2'}) / sum by (x) (b{x='1'})",
        "a * on (x) group_left (z) max by (x, z) (b{x='1'}) "
            + "| a * on (x) group_left (z) max by (x, z) (b{x='1'})",
        "a * on (x) group_left () max by (x) (b{x='1'}) "
            + "| a{x='1'} * on (x) group_left () max by (x) (b{x='1'})",
        "a{x='1'} / {y='2'}          | a{x='1'} / {y='2'}",
        "a{x='1'} and b              | a{x='1'} and b{x='1'}",
        "a and on (x) b{x='1',y='2'} | a{x='1'} and on (x) b{x='1',y='2'}",
        "a{x='1'} unless b           | a{x='1'} unless b{x='1'}",
        "a unless b{x='1'}           | a unless b{x='1'}",
        "a{x='1'} or b               | a{x='1'} or b",
        "a{x='1'} / fill (0) b       | a{x='1'} / fill (0) b",
        "a{x='1'} * (b + c)          | a{x='1'} * (b{x='1'} + c{x='1'})",
        "a{x='1'} * (b or c)         | a{x='1'} * (b or c)",
        "a{x='1'} and (b or c)       | a{x='1'} and (b{x='1'} or c{x='1'})",
        "a{x='1'} and topk by (x) (2, b) | a{x='1'} and topk by (x) (2, b{x='1'})",
        "a{x='1'} and topk(2, b)     | a{x='1'} and topk(2, b)",
        "a{x='1'} / -rate(b_total[5m]) | a{x='1'} / -rate(b_total{x='1'}[5m])",
        "a{x='1'} / rate(b[5m])      | a{x='1'} / rate(b[5m])",
        "a{x='1'} > max_over_time((b * 2)[5m:1m] offset 1m) "
            + "| a{x='1'} > max_over_time((b{x='1'} * 2)[5m:1m] offset 1m)",
        "a{x='1'} > label_replace(b, 'x', '1', '', '') "
            + "| a{x='1'} > label_replace(b, 'x', '1', '', '')",
        "label_replace(a{x='1'}, 'x', '2', '', '') > b "
            + "| label_replace(a{x='1'}, 'x', '2', '', '') > b",
        "absent(a{x='1'}) > b        | absent(a{x='1'}) > b",
      })
  void isRewrittenTo(String text, String expected) {
    Expr wanted = Parser.parse(expected, Features.all());
    assertThat(Rewrites.of(Parser.parse(text, Features.all())).print()).isEqualTo(wanted.print());
  }

  @Test
  void whatDoesNotChangeIsTheSameNode() {
    Expr expr = Parser.parse("sum by (x) (rate(a{x='1'}[5m])) > 2", Features.all());
    assertThat(Rewrites.of(expr)).isSameAs(expr);
  }

  @Test
  void nothingElseChanges() {
    Set<String> seen = new HashSet<>();
    int rewritten = 0;
    for (Features features : List.of(Features.standard(), Features.all())) {
      Engine engine = new Engine(EngineOptions.defaults().withFeatures(features));
      for (int seed = 1; seed <= QUERIES; seed++) {
        Random random = new Random(seed);
        MemoryStorage storage = storage(random);
        String text =
            seed % 3 == 0 ? new RandomQueries(random).vector(4) : new Joins(random).vector(3);
        Query query =
            random.nextBoolean()
                ? engine.instant(Parser.parse(text, Features.all()), text, 200_000)
                : engine.range(Parser.parse(text, Features.all()), text, 0, 360_000, 45_000);
        String expected = run(query.asWritten(), storage);
        assertThat(run(query, storage)).as("seed %d: %s", seed, text).isEqualTo(expected);
        if (!Rewrites.of(query.expr()).print().equals(query.expr().print())) {
          rewritten++;
          seen.add(expected.isEmpty() ? "nothing" : expected.substring(0, 5));
        }
      }
    }
    assertThat(rewritten).isGreaterThan(QUERIES / 4);
    assertThat(seen).contains("nothing", "error", "{x=\"1").hasSizeGreaterThan(3);
  }

  /// The answer, annotations included, or why there is none.
  static String run(Query query, QuerySource source) {
    StringBuilder told = new StringBuilder();
    try (Querier querier = source.open()) {
      Result result = query.run(querier, QueryContext.unlimited());
      List<ResultSeries> all =
          switch (result) {
            case Result.VectorResult vector -> vector.series();
            case Result.MatrixResult matrix -> matrix.series();
            default -> throw new AssertionError("no vector: " + query.text());
          };
      for (ResultSeries series : all) {
        told.append(series.labels());
        for (int i = 0; i < series.size(); i++) {
          told.append(" %d %s".formatted(series.timestampMs(i), value(series, i)));
        }
        told.append('\n');
      }
      told.append(result.warnings().isEmpty() ? "" : result.warnings());
      told.append(result.infos().isEmpty() ? "" : result.infos());
    } catch (QueryException e) {
      told.append("error: ").append(e.getMessage());
    }
    return told.toString();
  }

  private static String value(ResultSeries series, int i) {
    return series.histogram(i).map(Object::toString).orElseGet(() -> "" + series.value(i));
  }

  /// Writes joins in which one side asks for something and the other does not.
  static final class Joins {
    private final RandomGenerator random;

    Joins(RandomGenerator random) {
      this.random = random;
    }

    private String one(String... choices) {
      return choices[random.nextInt(choices.length)];
    }

    String vector(int depth) {
      if (depth == 0) {
        return selector();
      }
      String below = vector(depth - 1);
      return switch (random.nextInt(9)) {
        case 0 -> "sum by (x) (" + below + ")";
        case 1 ->
            one("max", "count", "group") + one(" without (y) (", " by (x, y) (") + below + ")";
        case 2 -> "topk by (x) (1, " + below + ")";
        case 3 -> one("abs(", "-(", "sgn(") + below + ")";
        case 4 -> "(" + below + ") " + one("+", ">", "== bool") + " (1 + 2)";
        case 5 -> one("rate", "max_over_time", "last_over_time") + "(" + selector() + "[2m])";
        default ->
            "("
                + below
                + ") "
                + one("+", "/", ">", "and", "unless", "or")
                + " "
                + one("", "", "on (x) ", "ignoring (y) ", "on (x, y) ", "ignoring (z) ")
                + "("
                + vector(random.nextInt(depth))
                + ")";
      };
    }

    private String selector() {
      return one(
          "a", "b", "a_total", "{__name__=~\"a|b\"}", "a{x='1'}", "b{x='1'}", "b{x='0',y='1'}");
    }
  }

  static MemoryStorage storage(RandomGenerator random) {
    MemoryStorage storage = new MemoryStorage();
    for (String name : List.of("a", "b", "a_total", "c_bucket")) {
      for (int s = 0; s < 6; s++) {
        Labels.Builder labels =
            new Labels.Builder().set(Labels.NAME, name).set("x", "" + s % 2).set("y", "" + s / 2);
        if (random.nextInt(4) == 0) {
          labels.set("z", "" + random.nextInt(2));
        }
        Labels built = labels.build();
        for (int i = 0; i < 20; i++) {
          double value = random.nextInt(64) / 8.0;
          storage.add(built, i * 20_000L, random.nextInt(6) == 0 ? Staleness.marker() : value);
        }
      }
    }
    return storage;
  }
}
