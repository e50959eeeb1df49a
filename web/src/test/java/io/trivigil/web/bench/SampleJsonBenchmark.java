package io.trivigil.web.bench;

import io.trivigil.web.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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

/// What does a sample of an answer cost as JSON? Workload: a week of one series in steps of 60 s,
/// of a gauge of two decimals, a counter, or a rate, which has 16 or 17 digits. Expected: below 15,
/// 15 and 40 ns, and no allocation (`-prof gc`).
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "-XX:+UseCompactObjectHeaders")
public class SampleJsonBenchmark {
  static final int SAMPLES = 10_080;
  private static final long START_MS = 1_794_723_720_000L;

  /// What the samples are.
  public enum Kind {
    GAUGE,
    COUNTER,
    RATE
  }

  @Param public Kind kind = Kind.GAUGE;

  private final double[] values = new double[SAMPLES];
  private final Counting out = new Counting();

  /// Counts the bytes that it takes.
  private static final class Counting extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      bytes += length;
    }
  }

  @Setup
  public void prepare() {
    Random random = new Random(1);
    for (int i = 0; i < SAMPLES; i++) {
      values[i] =
          switch (kind) {
            case GAUGE -> random.nextInt(1_000) / 100.0;
            case COUNTER -> 1e9 + 57_123.0 * i;
            case RATE -> random.nextInt(240_000) / 240.0;
          };
    }
  }

  /// Returns the bytes of one answer.
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public long write() {
    out.bytes = 0;
    JsonWriter json = new JsonWriter(out);
    json.beginArray();
    for (int i = 0; i < SAMPLES; i++) {
      json.sample(START_MS + 60_000L * i, values[i]);
    }
    json.endArray().flush();
    return out.bytes;
  }
}
