package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.math.BigDecimal;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;
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
    Ranges ranges = ranges(name, GRID);
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

  /// Each sample is in some 60 windows, and looked at once for all of them.
  @ParameterizedTest
  @ValueSource(strings = {"sum_over_time", "avg_over_time", "min_over_time", "max_over_time"})
  void windowsThatOverlapMuchSayTheSame(String name) {
    Grid grid = new Grid(0, 300_000, 500);
    Ranges ranges = ranges(name, grid);
    RangeKernel kernel = RangeKernel.of(name, ranges, grid.size()).orElseThrow();
    RangeFunction function = RangeFunction.named(name).orElseThrow();
    int present = 0;
    for (int seed = 0; seed < 100; seed++) {
      RangeSamples samples = samples(new Random(seed), seed % 3 == 0);
      Window window =
          new Window(samples, new Notes(), ranges.expr().pos(), Expr.Extension.NONE, false);
      double[] cells = new double[grid.size()];
      assertThat(kernel.run(samples.floatTimes, samples.floatValues, samples.floats, cells))
          .isTrue();
      for (int i = 0; i < cells.length; i++) {
        window.slide(grid.timeMs(i), ranges.startMs(i), ranges.endMs(i));
        double expected = function.apply(window);
        present += Cell.isPresent(expected) ? 1 : 0;
        if (name.startsWith("m") || !Double.isFinite(expected)) {
          assertThat(bits(cells[i])).as("seed %d step %d", seed, i).isEqualTo(bits(expected));
        } else {
          assertThat(cells[i])
              .as("seed %d step %d", seed, i)
              .isCloseTo(expected, Offset.offset(2 * Math.ulp(expected)));
        }
      }
    }
    assertThat(present).isGreaterThan(10_000);
  }

  /// However the sizes of samples differ, and whatever was in the windows before.
  @Test
  void slidingSumsAreExactToTheLastDigit() {
    Random random = new Random(1);
    for (int seed = 0; seed < 200; seed++) {
      double[] values = new double[300];
      for (int i = 0; i < values.length; i++) {
        int size = random.nextInt(12) == 0 ? 60 : random.nextInt(20);
        values[i] = (random.nextDouble() - 0.4) * Math.scalb(1.0, size);
      }
      SlidingSum sliding = new SlidingSum();
      sliding.rewind(values.length);
      int to = 1;
      for (int from = 0; from < values.length; from += random.nextInt(3)) {
        to = Math.max(to, Math.min(values.length, from + 1 + random.nextInt(70)));
        sliding.move(values, from, to);
        BigDecimal exact = BigDecimal.ZERO;
        for (int k = from; k < to; k++) {
          exact = exact.add(new BigDecimal(values[k]));
        }
        double expected = exact.doubleValue();
        assertThat(sliding.sum() + sliding.lost())
            .isCloseTo(expected, Offset.offset(Math.ulp(expected)));
      }
    }
  }

  @Test
  void functionsWithoutKernelHaveNone() {
    assertThat(RangeKernel.of("deriv", ranges("deriv", GRID), 1)).isEmpty();
  }

  /// NaNs of our own stay apart; which of the others it is does not matter.
  private static long bits(double cell) {
    boolean other = Cell.isFloat(cell) && Double.isNaN(cell);
    return other ? 0 : Double.doubleToRawLongBits(cell);
  }

  private static Ranges ranges(String name, Grid grid) {
    try (Querier querier = new MemoryStorage().open()) {
      EvalOptions options = new EvalOptions(300_000, 60_000, Features.all());
      Evaluator evaluator =
          new Evaluator(querier, QueryContext.unlimited(), options, new Notes(), grid, false);
      return new Ranges(evaluator, Parser.parse("a[31s]", Features.all()), grid, name);
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
