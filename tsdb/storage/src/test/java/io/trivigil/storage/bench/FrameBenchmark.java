package io.trivigil.storage.bench;

import io.trivigil.model.SampleBuffer;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.column.PageWriter;
import io.trivigil.storage.frame.Frames;
import io.trivigil.storage.frame.ValueDecoder;
import io.trivigil.storage.frame.ValueEncoder;
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

/// What does a sample cost to pack, to unpack, to seal into a page, and to read from one? Workload:
/// 240 samples at 15 s spacing with 5 ms of jitter, by how the series moves. Expected: below 5 ns
/// to read and below 100 ns to pack.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {
  static final int SAMPLES = 240;
  static final int ROWS = 32; // that a page of any shape has
  private static final long[] TIMES_MS = timesMs();

  /// How a series moves.
  public enum Shape {
    CONSTANT,
    COUNTER,
    GAUGE,
    PAGES,
    RARE,
    RAW
  }

  @Param public Shape shape = Shape.COUNTER;

  private final ValueEncoder encoder = new ValueEncoder();
  private final ValueDecoder decoder = new ValueDecoder();
  private final PageReader reader = new PageReader();
  private final ByteWriter out = new ByteWriter(4096);
  private final SampleBuffer samples = new SampleBuffer(SAMPLES);
  private final double[] values = new double[Frames.SAMPLES];
  private long[] bits = new long[Frames.SAMPLES];
  private final PageWriter writer = new PageWriter();
  private final long[][] rows = new long[ROWS][];
  private byte[] frame = new byte[0];
  private Page page = Page.open(pageOf(Shape.CONSTANT));

  private static long[] bitsOf(Shape shape, long seed, int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    long[] bits = new long[count];
    double value = random.nextInt(1_000_000);
    for (int i = 0; i < count; i++) {
      value =
          switch (shape) {
            case CONSTANT -> value;
            case COUNTER -> value + random.nextInt(20_000);
            case GAUGE -> Math.rint(random.nextDouble() * 600) / 100;
            case PAGES -> 4096.0 * (7_000_000 + random.nextInt(500_000));
            case RARE -> random.nextInt(20) == 0 ? value + 4096 : value;
            case RAW -> value + random.nextDouble();
          };
      bits[i] = Double.doubleToRawLongBits(value);
    }
    return bits;
  }

  private static byte[] pageOf(Shape shape) {
    PageWriter writer = new PageWriter();
    for (int s = 0; !writer.isFull(); s++) {
      writer.add(1 + s, TIMES_MS, bitsOf(shape, s, SAMPLES), SAMPLES);
    }
    return writer.finish();
  }

  private static long[] timesMs() {
    long[] ms = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      ms[i] = 1_763_700_000_000L + 15_000L * i + (i * 7919L) % 6;
    }
    return ms;
  }

  @Setup
  public void prepare() {
    bits = bitsOf(shape, 1, Frames.SAMPLES);
    encode();
    frame = out.toBytes();
    page = Page.open(pageOf(shape));
    for (int row = 0; row < ROWS; row++) {
      rows[row] = bitsOf(shape, row, SAMPLES);
    }
    System.out.printf(
        Locale.ROOT, "%s: %.3f bytes a sample%n", shape, (double) frame.length / Frames.SAMPLES);
  }

  @Benchmark
  @OperationsPerInvocation(Frames.SAMPLES)
  public int encode() {
    out.clear();
    encoder.encode(bits, Frames.SAMPLES, out);
    return out.size();
  }

  @Benchmark
  @OperationsPerInvocation(Frames.SAMPLES)
  public int decode() {
    return decoder.decode(frame, 0, frame.length, Frames.SAMPLES, values, 0);
  }

  /// The last form of many series: their page, with its checksum.
  @Benchmark
  @OperationsPerInvocation(ROWS * SAMPLES)
  public int seal() {
    for (int row = 0; row < ROWS; row++) {
      writer.add(1 + row, TIMES_MS, rows[row], SAMPLES);
    }
    return writer.finish().length;
  }

  /// Many series of a page, an eighth of its time: what a short range query reads.
  @Benchmark
  @OperationsPerInvocation(ROWS * SAMPLES / 8)
  public int readRange() {
    int read = 0;
    long fromMs = 1_763_700_000_000L + 15_000L * (SAMPLES / 2);
    for (int row = 0; row < ROWS; row++) {
      samples.clear();
      reader.read(page, row, fromMs, fromMs + 15_000L * (SAMPLES / 8) - 1, samples);
      read += samples.size();
    }
    return read;
  }

  /// Many series of a page, whole.
  @Benchmark
  @OperationsPerInvocation(ROWS * SAMPLES)
  public int readAll() {
    int read = 0;
    for (int row = 0; row < ROWS; row++) {
      samples.clear();
      reader.read(page, row, Long.MIN_VALUE, Long.MAX_VALUE, samples);
      read += samples.size();
    }
    return read;
  }
}
