package io.trivigil.rules.query;

import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Querier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/// A language for tests: a metric's name selects its newest samples, other texts give what the test
/// has prepared.
public final class FakeExpressions implements Expressions {
  private final Map<String, LongFunction<List<VectorSample>>> prepared = new HashMap<>();

  /// Prepares the answer to one expression.
  public FakeExpressions on(String expr, LongFunction<List<VectorSample>> answer) {
    prepared.put(expr, answer);
    return this;
  }

  @Override
  public String check(String expr) {
    if (expr.contains("(hi)") || expr.contains("!!")) {
      throw new IllegalArgumentException("1:1: parse error: unexpected text");
    }
    return expr;
  }

  @Override
  public List<VectorSample> instant(Querier querier, String expr, long atMs) {
    LongFunction<List<VectorSample>> answer = prepared.get(expr);
    if (answer != null) {
      return answer.apply(atMs);
    }
    List<VectorSample> vector = new ArrayList<>();
    Querier.Hints hints = new Querier.Hints(atMs - 299_999, atMs, 0, 0, "");
    for (Querier.Series series : querier.select(hints, List.of(Matcher.equal(Labels.NAME, expr)))) {
      SampleBuffer samples = new SampleBuffer();
      series.read(hints.fromMs(), atMs, samples);
      int last = samples.size() - 1;
      if (last >= 0 && !Staleness.isMarker(samples.value(last))) {
        vector.add(new VectorSample(series.labels(), samples.value(last)));
      }
    }
    return vector;
  }
}
