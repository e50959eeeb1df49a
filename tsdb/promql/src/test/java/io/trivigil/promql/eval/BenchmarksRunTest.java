package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Runs every benchmark once.
class BenchmarksRunTest {
  @Test
  void kernelsSayWhatWindowsSay() {
    for (KernelBenchmark.Kind kind : KernelBenchmark.Kind.values()) {
      KernelBenchmark.Ranged in = new KernelBenchmark.Ranged();
      in.kind = kind;
      in.prepare();
      KernelBenchmark benchmark = new KernelBenchmark();
      assertThat(benchmark.kernel(in)).as("%s", kind).isPositive();
      assertThat(benchmark.kernel(in)).as("%s", kind).isEqualTo(benchmark.windows(in));
    }
  }

  @Test
  void groupsHaveAResult() {
    for (KernelBenchmark.Group group : KernelBenchmark.Group.values()) {
      KernelBenchmark.Grouped in = new KernelBenchmark.Grouped();
      in.group = group;
      in.prepare();
      assertThat(new KernelBenchmark().fold(in)).as("%s", group).isPositive();
    }
  }
}
