package io.trivigil.web.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the benchmark once.
class SampleJsonBenchmarkTest {
  @ParameterizedTest
  @EnumSource
  void itWritesEachSample(SampleJsonBenchmark.Kind kind) {
    SampleJsonBenchmark benchmark = new SampleJsonBenchmark();
    benchmark.kind = kind;
    benchmark.prepare();
    assertThat(benchmark.write())
        .isBetween(15L * SampleJsonBenchmark.SAMPLES, 40L * SampleJsonBenchmark.SAMPLES);
  }
}
