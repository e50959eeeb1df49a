package io.trivigil.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExtrapolationTest {
  // Three samples 10 s apart; the range begins 20 s before the first, whose value is 7 s of slope.
  private static final List<double[]> POINTS =
      List.of(new double[] {20_000, 7}, new double[] {30_000, 17}, new double[] {40_000, 27});

  @Test
  void bothVersionsCutTheWayToTheStart() {
    // 2.42: zero is 7 s away, below the threshold of 11 s, so 7 s are added.
    assertThat(Extrapolation.increase(POINTS, 0, 40_000, false)).isCloseTo(27, within(1e-9));
    // 3.x: 20 s are beyond the threshold, so half an interval is added, which zero does not cut.
    assertThat(Extrapolation.increase(POINTS, 0, 40_000, true)).isCloseTo(25, within(1e-9));
  }

  @Test
  void findsInnermostCalls() {
    assertThat(Extrapolation.calls("sum(rate(a{x=\"1\"}[5m] offset 1m)) / increase((b)[3m:30s])"))
        .containsExactly(
            new Extrapolation.Call("rate", "a{x=\"1\"}[5m] offset 1m"),
            new Extrapolation.Call("increase", "(b)[3m:30s]"));
    assertThat(new Extrapolation.Call("rate", "a[7m30s] offset 1m").rangeSeconds()).isEqualTo(450);
    assertThat(new Extrapolation.Call("rate", "a[5m] offset 1m").endSeconds(100)).contains(40.0);
    assertThat(new Extrapolation.Call("rate", "a[5m] offset -30s").endSeconds(100)).contains(130.0);
  }

  @Test
  void explainsOnlyWhatItComputes() {
    assertThat(explains(27.0 / 40, 25.0 / 40)).isTrue();
    assertThat(explains(27.0 / 40, 24.0 / 40)).as("another answer on the right").isFalse();
    assertThat(explains(26.0 / 40, 25.0 / 40)).as("another answer on the left").isFalse();
    assertThat(explains(27.0 / 40, 27.0 / 40)).as("the call does not differ").isFalse();
  }

  private static boolean explains(double left, double right) {
    Difference difference =
        new Difference("x", "sum(rate(a[40s]))", "40", "40", 0, List.of("{} at 40.000: 1.0 | 2.0"));
    return new Extrapolation(fixed(left), fixed(right)).explains(difference);
  }

  private static Extrapolation.Server fixed(double value) {
    return new Extrapolation.Server() {
      @Override
      public Map<String, Double> vector(String query, String time) {
        return Map.of("{}", value);
      }

      @Override
      public Map<String, List<double[]>> matrix(String query, String time) {
        return Map.of("{}", POINTS);
      }
    };
  }
}
