package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A kernel answers as its function does window by window, to the last bit.
class RangeKernelTest {
  private static final Grid GRID = new Grid(0, 300_000, 7_000);
  private static final double[] ODD = {
    0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, -5
  };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate",
        "increase",
        "delta",
        "irate",
        "idelta",
        "changes",
        "resets",
        "sum_over_time",
        "avg_over_time",
        "count_over_time",
        "present_over_time",
        "last_over_time",
        "first_over_time",
        "min_over_time",
        "max_over_time"
      })
  void kernelEqualsWindows(String name) {
    Ranges ranges = ranges(name);
    RangeKernel kernel = RangeKernel.of(name, ranges, GRID.size()).orElseThrow();
    RangeFunction function = RangeFunction.named(name).orElseThrow();
    int present = 0;
    for (int seed = 0; seed < 200; seed++) {
      RangeSamples samples = samples(new Random(seed), seed % 3 == 0);
      Window window =
          new Window(samples, new Notes(), ranges.expr().pos(), Expr.Extension.NONE, seed % 2 == 0);
      double[] cells = new double[GRID.size()];
      boolean any = kernel.run(samples.floatTimes, samples.floatValues, samples.floats, cells);
      boolean expectedAny = false;
      for (int i = 0; i < cells.length; i++) {
        window.slide(GRID.timeMs(i), ranges.startMs(i), ranges.endMs(i));
        double expected = function.apply(window);
        expectedAny |= Cell.isPresent(expected);
        present += Cell.isPresent(expected) ? 1 : 0;
        assertThat(bits(cells[i])).as("seed %d step %d", seed, i).isEqualTo(bits(expected));
      }
      assertThat(any).isEqualTo(expectedAny);
    }
    assertThat(present).isGreaterThan(1000);
  }

  @Test
  void functionsWithoutKernelHaveNone() {
    assertThat(RangeKernel.of("deriv", ranges("deriv"), 1)).isEmpty();
  }

  /// NaNs of our own stay apart; which of the others it is does not matter.
  private static long bits(double cell) {
    boolean other = Cell.isFloat(cell) && Double.isNaN(cell);
    return other ? 0 : Double.doubleToRawLongBits(cell);
  }

  private static Ranges ranges(String name) {
    try (Querier querier = new MemoryStorage().open()) {
      EvalOptions options = new EvalOptions(300_000, 60_000, Features.all());
      Evaluator evaluator =
          new Evaluator(querier, QueryContext.unlimited(), options, new Notes(), GRID, false);
      return new Ranges(evaluator, Parser.parse("a[31s]", Features.all()), GRID, name);
    }
  }

  private static RangeSamples samples(RandomGenerator random, boolean odd) {
    io.trivigil.model.SampleBuffer buffer = new io.trivigil.model.SampleBuffer();
    double value = random.nextInt(50);
    int spacing = 1 + random.nextInt(20_000);
    for (long t = -random.nextInt(60_000); t < 320_000; t += 1 + random.nextInt(spacing)) {
      value = random.nextInt(8) == 0 ? random.nextInt(3) : value + random.nextInt(4) / 3.0;
      buffer.add(t, odd && random.nextInt(4) == 0 ? ODD[random.nextInt(ODD.length)] : value);
    }
    RangeSamples samples = new RangeSamples();
    samples.load(io.trivigil.model.Labels.of("__name__", "a"), buffer);
    return samples;
  }
}
