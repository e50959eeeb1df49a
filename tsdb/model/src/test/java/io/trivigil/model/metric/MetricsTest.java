package io.trivigil.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void familiesAreExposedInOrder() {
    metrics.gauge("b_bytes", "Size.", () -> 1_500_000);
    metrics.counter("a_total", "Things.", "kind", "x\"y").add(2);
    assertThat(metrics.expose())
        .isEqualTo(
            """
            # HELP a_total Things.
            # TYPE a_total counter
            a_total{kind="x\\"y"} 2
            # HELP b_bytes Size.
            # TYPE b_bytes gauge
            b_bytes 1.5e+06
            """);
  }

  @Test
  void histogramCountsUpwards() {
    Metrics.Histogram histogram = metrics.histogram("d_seconds", "Time.", new double[] {0.1, 1});
    histogram.observe(0.1);
    histogram.observe(0.5);
    histogram.observe(7);
    assertThat(metrics.expose())
        .contains(
            "d_seconds_bucket{le=\"0.1\"} 1\n",
            "d_seconds_bucket{le=\"1\"} 2\n",
            "d_seconds_bucket{le=\"+Inf\"} 3\n",
            "d_seconds_sum 7.6\n",
            "d_seconds_count 3\n");
  }

  @Test
  void nameHasOneKind() {
    metrics.counter("a_total", "Things.");
    assertThatThrownBy(() -> metrics.gauge("a_total", "Things.", () -> 0))
        .hasMessageContaining("a_total");
  }
}
