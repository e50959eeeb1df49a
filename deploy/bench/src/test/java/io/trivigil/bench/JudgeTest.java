package io.trivigil.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.bench.Judge.Verdict;
import io.trivigil.model.Labels;
import io.trivigil.promql.script.MemoryStorage;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The left is told what to say; the right is our engine. Times in the expressions are seconds.
class JudgeTest {
  private static final Labels GAUGE = Labels.of("__name__", "m", "a", "x");
  private static final Labels COUNTER = Labels.of("__name__", "c", "a", "x");

  private final Recorded recorded = new Recorded(samples(), new MemoryStorage());
  private final Judge.Server engine = on(recorded);

  /// A gauge that is 0, 1, 2, … every 15 s, one of their squares, one of these that stays as it is
  /// at 105 s, a counter of 7, 17, 27 from 20 s on, a lone NaN, and three values whose mean depends
  /// on how it is computed.
  private static MemoryStorage samples() {
    MemoryStorage samples = new MemoryStorage();
    for (int i = 0; i <= 20; i++) {
      samples.add(GAUGE, i * 15_000L, i);
      samples.add(Labels.of("__name__", "bent", "a", "x"), i * 15_000L, i * i);
      int seen = Math.min(i, 7);
      samples.add(Labels.of("__name__", "halted", "a", "x"), i * 15_000L, seen * seen);
    }
    for (int i = 0; i < 3; i++) {
      samples.add(
          Labels.of("__name__", "digits", "a", "x"),
          150_000L + i * 10_000L,
          List.of(8.5, 8.8, 4.7).get(i));
      samples.add(COUNTER, 20_000L + i * 10_000L, 7 + 10 * i);
    }
    samples.add(Labels.of("__name__", "odd", "a", "x"), 100_000, Double.NaN);
    return samples;
  }

  @Test
  void bordersInsideAndOutsideOfASubquery() {
    // Five sums of five samples each, on the left; four of four on the right.
    Difference asked = instant("increase((sum_over_time(m[1m]))[1m:15s])", 180);
    assertThat(judge(asked, vector(180, 20))).isEqualTo(by(Change.BORDERS));
    assertThat(judge(asked, vector(180, 19))).isInstanceOf(Verdict.Unexplained.class);
  }

  @Test
  void bordersOfTheLookback() {
    assertThat(judge(instant("m + 0", 600), vector(600, 20))).isEqualTo(by(Change.BORDERS));
    assertThat(judge(instant("m + 0", 601), vector(601, 20)))
        .as("not on the border")
        .isInstanceOf(Verdict.Unexplained.class);
  }

  @Test
  void extrapolationInsideASubquery() {
    Difference asked = instant("max_over_time((rate(c[40s]))[1m:20s])", 40);
    assertThat(judge(asked, vector(40, 27 / 40.0))).isEqualTo(by(Change.EXTRAPOLATION));
    assertThat(judge(asked, vector(40, 26 / 40.0))).isInstanceOf(Verdict.Unexplained.class);
  }

  @Test
  void namesOfAtan2() {
    Difference asked = instant("m atan2 1", 180);
    Answer named = answer(180, Math.atan2(12, 1), "{__name__=m, a=x}");
    Judge.Server left =
        (expression, _) ->
            expression.equals("((m atan2 1) * 1)") ? vector(180, Math.atan2(12, 1)) : named;
    assertThat(new Judge(left, engine, recorded).judge(asked)).isEqualTo(by(Change.ATAN2));
  }

  @Test
  void deviationOfOne() {
    assertThat(judge(instant("stddev by (a) (odd)", 110), vector(110, 0)))
        .isEqualTo(by(Change.DEVIATION));
    assertThat(judge(instant("stddev by (a) (odd)", 110), vector(110, 1)))
        .isInstanceOf(Verdict.Unexplained.class);
  }

  @Test
  void samplesOfAPredictionMove() {
    assertMoves(
        "predict_linear(bent[1m] @ 105, 60)",
        ask("predict_linear(bent[30s] @ 105, 60)", 210),
        ask("predict_linear(bent[1m] @ 105, 60)", 210));
  }

  @Test
  void aPredictionFromASubqueryGoesOnWithWhatWasSeenLast() {
    assertMoves(
        "predict_linear((bent)[50s:15s] @ 105, 60)",
        ask("predict_linear(halted[50s] @ 135, 60)", 210),
        ask("predict_linear(bent[50s] @ 135, 60)", 210));
  }

  @Test
  void theSelectorsOfAFixedSubqueryEndAtTimesOfTheirOwn() {
    assertMoves(
        "predict_linear((bent offset -15s)[50s:15s] @ 90, 60)",
        ask("predict_linear((halted offset -15s)[50s:15s] @ 120, 60)", 210),
        ask("predict_linear((bent offset -15s)[50s:15s] @ 120, 60)", 210));
  }

  @Test
  void signOfASumOfZeros() {
    // The gauge's first value is 0.
    Difference asked = instant("1 / sum by (a) (-m)", 1);
    assertThat(judge(asked, vector(1, Double.NEGATIVE_INFINITY))).isEqualTo(by(Change.SUM));
    assertThat(judge(instant("1 / avg by (a) (-m)", 1), vector(1, Double.NEGATIVE_INFINITY)))
        .isEqualTo(by(Change.SUM));
    assertThat(judge(instant("1 / sum by (a) (m)", 1), vector(1, Double.NEGATIVE_INFINITY)))
        .isInstanceOf(Verdict.Unexplained.class);
  }

  /// Asked at 180 s and 210 s: 2.42's value at the second is explained, the one that it should be
  /// is not.
  private void assertMoves(String query, double old, double other) {
    Difference asked = new Difference(query, query, "180.000", "210.000", 30, List.of());
    double first = ask(query, 180);
    assertThat(judge(asked, twoPoints(first, old))).isEqualTo(by(Change.PREDICTION));
    assertThat(judge(asked, twoPoints(first, other))).isInstanceOf(Verdict.Unexplained.class);
  }

  private static Answer twoPoints(double first, double second) {
    TreeMap<Long, Double> points = new TreeMap<>();
    points.put(180_000L, first);
    points.put(210_000L, second);
    return new Answer("", "matrix", "", List.of(new Answer.Series("{a=x}", points)));
  }

  private double ask(String query, int seconds) {
    return engine
        .ask(query, instant(query, seconds))
        .series()
        .getFirst()
        .points()
        .firstEntry()
        .getValue();
  }

  @Test
  void lastDigitsOfAMean() {
    // 7.333333333333333 on the right, 7.333333333333334 on the left.
    Difference asked = instant("(avg_over_time(digits[1m]) - 7.333333333333333) * 1e15", 181);
    double step = Math.ulp(7.333333333333333) * 1e15;
    assertThat(judge(asked, vector(181, step))).isEqualTo(by(Change.AVERAGE));
    assertThat(judge(asked, vector(181, 2 * step))).isInstanceOf(Verdict.Unexplained.class);
  }

  @Test
  void renamedSmoothing() {
    Difference asked = instant("holt_winters(m[1m], 0.5, 0.5)", 181);
    Answer was = engine.ask("double_exponential_smoothing(m[1m], 0.5, 0.5)", asked);
    Judge.Server refusing =
        (_, _) -> Answer.failed("error: unknown function with name \"holt_winters\"");
    assertThat(new Judge((_, _) -> was, refusing, recorded).judge(asked))
        .isEqualTo(by(Change.SMOOTHING));
    assertThat(new Judge((_, _) -> was, (_, _) -> Answer.failed("no"), recorded).judge(asked))
        .as("another error")
        .isInstanceOf(Verdict.Unexplained.class);
  }

  @Test
  void aLostSampleIsNoChange() {
    MemoryStorage fewer = new MemoryStorage();
    for (int i = 0; i <= 20; i++) {
      if (i != 8) {
        fewer.add(GAUGE, i * 15_000L, i);
      }
    }
    // On the left the sample on the border as well; the right has lost another.
    Difference asked = instant("count_over_time(m[2m])", 180);
    Judge.Server right = on(new Recorded(fewer, new MemoryStorage()));
    assertThat(new Judge((_, _) -> vector(180, 9), right, recorded).judge(asked))
        .isInstanceOf(Verdict.Unexplained.class);
    assertThat(judge(asked, vector(180, 9))).isEqualTo(by(Change.BORDERS));
  }

  private Verdict judge(Difference asked, Answer left) {
    return new Judge((_, _) -> left, engine, recorded).judge(asked);
  }

  private static Judge.Server on(Recorded samples) {
    return (expression, times) ->
        samples.answer(Recorded.parse(expression), times, Recorded.LOOKBACK_MS);
  }

  private static Verdict by(Change... changes) {
    return new Verdict.Explained(Set.of(changes));
  }

  private static Difference instant(String query, int seconds) {
    return new Difference(query, query, seconds + ".000", seconds + ".000", 0, List.of());
  }

  private static Answer vector(int seconds, double value) {
    return answer(seconds, value, "{a=x}");
  }

  private static Answer answer(int seconds, double value, String labels) {
    TreeMap<Long, Double> points = new TreeMap<>();
    points.put(seconds * 1_000L, value);
    return new Answer("", "vector", "", List.of(new Answer.Series(labels, points)));
  }
}
