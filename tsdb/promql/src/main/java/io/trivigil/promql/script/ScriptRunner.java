package io.trivigil.promql.script;

import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.Result;
import io.trivigil.promql.ResultSeries;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.engine.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Runs promqltest scripts (`./trivigil test promql FILE…`).
public final class ScriptRunner {
  private final Engine engine;
  private final MemoryStorage storage = new MemoryStorage();

  public ScriptRunner(Engine engine) {
    this.engine = engine;
  }

  /// A runner with the settings that Prometheus's own scripts assume.
  public static ScriptRunner standard() {
    return new ScriptRunner(
        new Engine(EngineOptions.defaults().withFeatures(Features.all()).withMaxSamples(10_000)));
  }

  /// What a script did.
  ///
  /// @param evaluations how many `eval` commands there are
  /// @param failures one text per command that failed, with its line
  public record Report(int evaluations, List<String> failures) {
    public Report {
      failures = List.copyOf(failures);
    }

    public int passed() {
      return evaluations - failures.size();
    }
  }

  /// Runs a whole script; a failing evaluation does not stop it.
  ///
  /// @throws IllegalArgumentException if it is no script, or samples can not be loaded
  public Report run(String script) {
    List<String> failures = new ArrayList<>();
    int evaluations = 0;
    storage.clear();
    for (Command command : ScriptParser.parse(script, engine.options().features())) {
      switch (command) {
        case Command.Clear _ -> storage.clear();
        case Command.Load load -> load(load);
        case Command.Eval eval -> {
          evaluations++;
          evaluate(eval)
              .ifPresent(
                  problem ->
                      failures.add(
                          "line %d: %s: %s".formatted(eval.line(), eval.query(), problem)));
        }
      }
    }
    return new Report(evaluations, failures);
  }

  private void load(Command.Load load) {
    for (SeriesNotation series : load.series().values()) {
      List<Optional<Long>> starts = load.starts().getOrDefault(series.labels(), List.of());
      for (int i = 0; i < series.values().size(); i++) {
        long time = i * load.stepMs();
        long start = i < starts.size() ? starts.get(i).map(offset -> time + offset).orElse(0L) : 0;
        storage.add(series.labels(), time, series.values().get(i), start);
      }
    }
    if (load.customBuckets()) {
      CustomBuckets.load(load, storage);
    }
  }

  private Optional<String> evaluate(Command.Eval eval) {
    if (eval.range()) {
      return run(
          eval,
          engine.range(eval.expr(), eval.query(), eval.startMs(), eval.endMs(), eval.stepMs()),
          true);
    }
    Optional<String> problem =
        run(eval, engine.instant(eval.expr(), eval.query(), eval.startMs()), true);
    if (problem.isPresent()) {
      return problem;
    }
    TreeSet<Long> times = new TreeSet<>(List.of(eval.startMs()));
    problem = asRange(eval, eval.expr(), eval.query(), eval.startMs());
    if (problem.isPresent() || StepInvariant.isUnsafe(eval.expr())) {
      return problem.map(text -> "as range query: " + text);
    }
    Expr pinned = StepInvariant.pin(eval.expr(), eval.startMs());
    String text = pinned.print();
    Expr reparsed = engine.parse(text);
    long e = eval.startMs();
    times.addAll(e == 0 ? List.of(-1000L, 0L, 1000L) : List.of(-10 * e, 0L, e / 5, e, 10 * e));
    for (long time : times) {
      problem = run(eval, engine.instant(reparsed, text, time), false);
      if (problem.isEmpty()) {
        problem = asRange(eval, reparsed, text, time);
      }
      if (problem.isPresent()) {
        return problem.map(why -> "as %s at %d: %s".formatted(text, time, why));
      }
    }
    return Optional.empty();
  }

  private Optional<String> asRange(Command.Eval eval, Expr expr, String text, long timeMs) {
    boolean skipped =
        eval.expected().rangeVector.length > 0
            || eval.expected().string.isPresent()
            || StepInvariant.namesQueryBounds(text);
    if (skipped) {
      return Optional.empty();
    }
    Query query = engine.range(expr, text, timeMs - 60_000, timeMs + 60_000, 60_000);
    boolean fails = eval.expected().has("fail");
    try (Querier querier = storage.open()) {
      Result result = query.run(querier, context());
      if (fails || eval.expected().has("ordered")) {
        return Optional.empty();
      }
      List<ResultSeries> at =
          ((Result.MatrixResult) result)
              .series().stream().flatMap(series -> pointAt(series, timeMs).stream()).toList();
      if (eval.expected().scalar.isPresent()) {
        boolean same =
            at.size() == 1
                && Comparison.equal(eval.expected().scalar.getAsDouble(), at.getFirst().value(0));
        return same ? Optional.empty() : Optional.of("scalar differs");
      }
      return Comparison.vector(eval.expected(), at, false);
    } catch (QueryException e) {
      return fails ? Optional.empty() : Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<ResultSeries> pointAt(ResultSeries series, long timeMs) {
    for (int i = 0; i < series.size(); i++) {
      if (series.timestampMs(i) == timeMs) {
        io.trivigil.model.@org.jspecify.annotations.Nullable FloatHistogram[] histograms = {
          series.histogram(i).orElse(null)
        };
        return Optional.of(
            new ResultSeries(
                series.labels(), new long[] {timeMs}, new double[] {series.value(i)}, histograms));
      }
    }
    return Optional.empty();
  }

  private QueryContext context() {
    return new QueryContext(() -> 0L, 0, engine.options().maxSamples());
  }

  private Optional<String> run(Command.Eval eval, Query query, boolean annotations) {
    Expected expected = eval.expected();
    Result result;
    try (Querier querier = storage.open()) {
      result = query.run(querier, context());
    } catch (QueryException e) {
      String message = String.valueOf(e.getMessage());
      if (!expected.has("fail")) {
        return Optional.of("failed: " + message);
      }
      boolean fits = expected.of("fail").stream().allMatch(x -> x.matches(message));
      return fits ? Optional.empty() : Optional.of("failed with " + message);
    }
    if (expected.has("fail")) {
      return Optional.of("did not fail");
    }
    Optional<String> problem = values(eval, result);
    if (problem.isPresent() || !annotations) {
      return problem;
    }
    return Comparison.annotations(expected, "warn", result.warnings(), result)
        .or(() -> Comparison.annotations(expected, "info", result.infos(), result));
  }

  private static Optional<String> values(Command.Eval eval, Result result) {
    Expected expected = eval.expected();
    return switch (result) {
      case Result.ScalarResult scalar ->
          expected.scalar.isPresent()
                  && Comparison.equal(expected.scalar.getAsDouble(), scalar.value())
              ? Optional.empty()
              : Optional.of(
                  "expected scalar %s, got %s".formatted(expected.scalar, scalar.value()));
      case Result.StringResult string ->
          expected.string.filter(string.value()::equals).isPresent()
              ? Optional.empty()
              : Optional.of("expected string %s".formatted(expected.string));
      case Result.VectorResult vector ->
          Comparison.vector(expected, vector.series(), expected.has("ordered"));
      case Result.MatrixResult matrix -> {
        long[] given = expected.rangeVector;
        yield given.length > 0
            ? Comparison.matrix(expected, matrix.series(), given[0], given[1], given[2])
            : Comparison.matrix(
                expected, matrix.series(), eval.startMs(), eval.endMs(), eval.stepMs());
      }
    };
  }
}
