package io.trivigil.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.storage.AppendResult;
import io.trivigil.storage.frame.Frames;
import org.junit.jupiter.api.Test;

/// Runs every benchmark once.
final class BenchmarksRunTest {
  @Test
  void framesOfEveryShape() {
    for (FrameBenchmark.Shape shape : FrameBenchmark.Shape.values()) {
      FrameBenchmark benchmark = new FrameBenchmark();
      benchmark.shape = shape;
      benchmark.prepare();
      assertThat(benchmark.encode()).isBetween(1, 8 * Frames.SAMPLES);
      assertThat(benchmark.decode()).isEqualTo(benchmark.encode());
      assertThat(benchmark.seal()).isGreaterThan(FrameBenchmark.ROWS);
      assertThat(benchmark.readAll()).isEqualTo(FrameBenchmark.ROWS * FrameBenchmark.SAMPLES);
      assertThat(benchmark.readRange()).isEqualTo(FrameBenchmark.ROWS * 30);
    }
  }

  @Test
  void appendOfKnownSeries() {
    AppendBenchmark benchmark = new AppendBenchmark();
    benchmark.prepare();
    for (int i = 0; i < 60; i++) { // more than all batches once
      benchmark.fill();
      assertThat(benchmark.append())
          .isInstanceOfSatisfying(
              AppendResult.Appended.class,
              result -> assertThat(result.accepted()).isEqualTo(AppendBenchmark.BATCH));
    }
    benchmark.close();
  }
}
