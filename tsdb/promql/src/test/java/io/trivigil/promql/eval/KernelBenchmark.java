package io.trivigil.promql.eval;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Features;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.parse.Parser;
import io.trivigil.promql.script.MemoryStorage;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What does a sample cost a range function, in one pass and window by window, and what does a cell
/// cost an aggregation? Workload: a counter of 240 samples at 15 s spacing with 5 ms of jitter,
/// ranges of 5 minutes at 61 steps of a minute, as a dashboard of one hour asks; groups of the same
/// 61 steps. Expected: below 15 ns and 1 byte a sample in one pass, below 3 ns a cell.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
  static final int SAMPLES = 240;
  static final int STEPS = 61;
  static final int SERIES = 100;

  private static final long SPACING_MS = 15_000;
  private static final long STEP_MS = 60_000;
  private static final Grid GRID = new Grid(0, (STEPS - 1) * STEP_MS, STEP_MS);

  /// Functions that have a kernel, and aggregations of the same name's beginning.
  public enum Kind {
    RATE,
    INCREASE,
    CHANGES,
    SUM_OVER_TIME,
    AVG_OVER_TIME,
    MAX_OVER_TIME,
    LAST_OVER_TIME
  }

  /// Aggregations that add value to value.
  public enum Group {
    SUM,
    AVG,
    COUNT,
    MAX,
    STDDEV
  }

  /// Two states, so that each benchmark has the parameter that it needs.
  @State(Scope.Thread)
  public static class Ranged {
    @Param public Kind kind = Kind.RATE;

    private final RangeSamples samples = samples();
    private final double[] cells = new double[STEPS];
    private Ranges ranges = ranges("rate");
    private RangeKernel kernel = kernel("rate", ranges);
    private RangeFunction function = RangeFunction.named("rate").orElseThrow();
    private Window window = window(samples, ranges);

    @Setup
    public void prepare() {
      String name = kind.name().toLowerCase(Locale.ROOT);
      ranges = ranges(name);
      kernel = kernel(name, ranges);
      function = RangeFunction.named(name).orElseThrow();
      window = window(samples, ranges);
    }
  }

  /// See [Ranged].
  @State(Scope.Thread)
  public static class Grouped {
    @Param public Group group = Group.SUM;

    private final Column[] columns = new Column[SERIES];
    private Expr.Aggregate aggregate = aggregate("sum");

    @Setup
    public void prepare() {
      aggregate = aggregate(group.name().toLowerCase(Locale.ROOT));
      RandomGenerator random = random();
      for (int s = 0; s < SERIES; s++) {
        double[] cells = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
          cells[i] = random.nextInt(100_000) / 100.0;
        }
        columns[s] = new Column(Labels.of("instance", "host-" + s), false, cells);
      }
    }
  }

  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(5);
  }

  private static RangeKernel kernel(String name, Ranges ranges) {
    return RangeKernel.of(name, ranges, STEPS).orElseThrow();
  }

  private static Window window(RangeSamples samples, Ranges ranges) {
    return new Window(samples, new Notes(), ranges.expr().pos(), Expr.Extension.NONE, false);
  }

  private static Expr.Aggregate aggregate(String op) {
    if (Parser.parse(op + "(a)", Features.all()) instanceof Expr.Aggregate aggregate) {
      return aggregate;
    }
    throw new IllegalStateException("not an aggregation: " + op);
  }

  private static Ranges ranges(String name) {
    try (Querier querier = new MemoryStorage().open()) {
      EvalOptions options = new EvalOptions(300_000, STEP_MS, Features.all());
      Evaluator evaluator =
          new Evaluator(querier, QueryContext.unlimited(), options, new Notes(), GRID, false);
      return new Ranges(evaluator, Parser.parse("a[5m]", Features.all()), GRID, name);
    }
  }

  private static RangeSamples samples() {
    RandomGenerator random = random();
    SampleBuffer buffer = new SampleBuffer(SAMPLES);
    double value = random.nextInt(1_000_000);
    for (int i = 0; i < SAMPLES; i++) {
      value += random.nextInt(20_000);
      buffer.add(SPACING_MS * i + random.nextInt(6), value);
    }
    RangeSamples samples = new RangeSamples();
    samples.load(Labels.of(Labels.NAME, "a"), buffer);
    return samples;
  }

  /// All steps in one pass; returns the last cell.
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double kernel(Ranged in) {
    in.kernel.run(in.samples.floatTimes, in.samples.floatValues, in.samples.floats, in.cells);
    return in.cells[STEPS - 1];
  }

  /// The same window by window; returns the last cell.
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double windows(Ranged in) {
    in.window.rewind();
    for (int i = 0; i < STEPS; i++) {
      in.window.slide(GRID.timeMs(i), in.ranges.startMs(i), in.ranges.endMs(i));
      in.cells[i] = in.function.apply(in.window);
    }
    return in.cells[STEPS - 1];
  }

  /// One group of 100 series; returns the last cell.
  @Benchmark
  @OperationsPerInvocation(SERIES * STEPS)
  public double fold(Grouped in) {
    Fold fold = Fold.of(in.aggregate, STEPS, new Notes());
    for (Column column : in.columns) {
      fold.add(column);
    }
    return fold.result(STEPS - 1);
  }
}
