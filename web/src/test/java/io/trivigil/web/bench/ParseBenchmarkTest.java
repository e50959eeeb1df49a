package io.trivigil.web.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the benchmark once.
class ParseBenchmarkTest {
  @ParameterizedTest
  @EnumSource
  void itFindsItsSeriesInTheWayItAsksAbout(ParseBenchmark.Order order) throws Exception {
    ParseBenchmark benchmark = new ParseBenchmark();
    benchmark.order = order;
    benchmark.prepare();
    for (int i = 0; i < 250; i++) { // all bodies, and all of them again
      int found = benchmark.parse();
      if (i >= 100) {
        assertThat(found).isGreaterThan(ParseBenchmark.SERIES * 9 / 10);
      }
    }
  }
}
