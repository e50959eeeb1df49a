package io.trivigil.bench;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Features;
import io.trivigil.promql.PassingQuerier;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.Result;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.engine.Query;
import io.trivigil.promql.eval.Grid;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.util.ArrayList;
import java.util.List;

/// Our engine over samples in memory: those that the peer handed out, and beside them series that a
/// reading computed.
///
/// @param samples what the peer holds, stale markers included
/// @param computed series of one reading
record Recorded(MemoryStorage samples, MemoryStorage computed) {
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults()
          .withFeatures(Features.of(List.of("promql-experimental-functions"), new ArrayList<>()));
  private static final Engine ENGINE = new Engine(OPTIONS);

  /// A matcher of this name is no condition on a label: it says when a selector's samples end.
  private static final String UNTIL = "until";

  /// The step of a subquery without one, for both servers.
  static final long SUBQUERY_STEP_MS = OPTIONS.subqueryStep().toMillis();

  /// How far back an instant selector looks.
  static final long LOOKBACK_MS = OPTIONS.lookback().toMillis();

  /// The same samples, and nothing computed yet.
  Recorded fresh() {
    return new Recorded(samples, new MemoryStorage());
  }

  /// Parses what both servers know, under the names of today.
  static Expr parse(String expression) {
    return Parser.parse(
        expression.replace("holt_winters(", "double_exponential_smoothing("), OPTIONS.features());
  }

  /// The values at one moment.
  Result at(Expr expr, long timeMs, long lookbackMs) {
    return run(expr.print(), Grid.instant(timeMs), true, lookbackMs);
  }

  /// The same selector, of samples that end at a moment.
  static Expr.VectorSelector until(Expr.VectorSelector v, long lastMs) {
    List<Matcher> matchers = new ArrayList<>();
    matchers.add(Matcher.equal(UNTIL, Long.toString(lastMs)));
    matchers.addAll(v.matchers());
    return new Expr.VectorSelector(v.name(), matchers, v.shift(), v.extension(), v.pos());
  }

  /// The answer to the query in which two servers differed.
  Answer answer(Expr expr, Difference asked, long lookbackMs) {
    return Answer.of(run(expr.print(), asked.times(), asked.isInstant(), lookbackMs));
  }

  private Result run(String text, Grid times, boolean instant, long lookbackMs) {
    // Parsed anew, so that positions in annotations lie within the text.
    Query query =
        instant
            ? ENGINE.instant(text, times.startMs())
            : ENGINE.range(text, times.startMs(), times.endMs(), times.stepMs());
    try (Querier querier = new Both(samples.open(), computed.open())) {
      return query.withLookbackMs(lookbackMs).run(querier, QueryContext.unlimited());
    }
  }

  private static final class Both extends PassingQuerier {
    private final Querier computed;

    Both(Querier samples, Querier computed) {
      super(samples);
      this.computed = computed;
    }

    @Override
    public List<Series> select(Hints hints, List<Matcher> matchers) {
      List<Matcher> asked = new ArrayList<>(matchers);
      asked.removeIf(matcher -> matcher.name().equals(UNTIL));
      List<Series> all = new ArrayList<>(below.select(hints, asked));
      all.addAll(computed.select(hints, asked));
      for (Matcher matcher : matchers) {
        if (matcher.name().equals(UNTIL)) {
          all.replaceAll(series -> new Until(series, Long.parseLong(matcher.value())));
        }
      }
      return all;
    }

    @Override
    public void close() {
      super.close();
      computed.close();
    }
  }

  /// A series without what came after a moment.
  private record Until(Querier.Series series, long untilMs) implements Querier.Series {
    @Override
    public Labels labels() {
      return series.labels();
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      series.read(fromMs, Math.min(toMs, untilMs), out);
    }

    @Override
    public void readLast(long fromMs, long toMs, SampleBuffer out) {
      series.readLast(fromMs, Math.min(toMs, untilMs), out);
    }
  }
}
