package io.trivigil.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  private static final double[] ODD = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    0.0,
    -0.0,
    1,
    2,
    Double.MIN_VALUE
  };

  /// As the definition says it: sorted, NaNs first.
  private static double sorted(double q, double[] values) {
    double[] order =
        Arrays.stream(values)
            .boxed()
            .sorted(
                (a, b) -> {
                  boolean nan = a.isNaN() || b.isNaN();
                  return nan ? Boolean.compare(b.isNaN(), a.isNaN()) : Double.compare(a, b);
                })
            .mapToDouble(Double::doubleValue)
            .toArray();
    double rank = q * (order.length - 1);
    int lower = (int) Math.floor(rank);
    int upper = Math.min(order.length - 1, lower + 1);
    double weight = rank - lower;
    return order[lower] * (1 - weight) + order[upper] * weight;
  }

  private static double value(SplittableRandom random, int kind, int i) {
    return switch (kind) {
      case 0 -> random.nextDouble();
      case 1 -> ODD[random.nextInt(ODD.length)];
      case 2 -> i; // in order
      case 3 -> -i;
      case 4 -> random.nextInt(3); // many alike
      case 5 -> i % 2 == 0 ? i : 10_000 - i; // an organ's pipes
      default -> random.nextInt(50) == 0 ? Double.NaN : random.nextDouble(-1, 1);
    };
  }

  @Test
  void findsWhatSortingWouldShow() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 6_000; round++) {
      double[] values = new double[random.nextInt(1, round % 50 == 0 ? 3_000 : 120)];
      int kind = random.nextInt(7);
      for (int i = 0; i < values.length; i++) {
        values[i] = value(random, kind, i);
      }
      double q = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextDouble();
      double expected = sorted(q, values);
      double[] spare = Arrays.copyOf(values, values.length + 3); // what is behind does not count
      Arrays.fill(spare, values.length, spare.length, -1e300);
      double found = Quantiles.of(q, spare, values.length);
      assertThat(Double.doubleToLongBits(found))
          .as("round %d kind %d q %s: %s, not %s", round, kind, q, found, expected)
          .isEqualTo(Double.doubleToLongBits(expected));
    }
  }

  @Test
  void outsideOfZeroToOneIsInfinite() {
    assertThat(Quantiles.of(-0.1, new double[] {1}, 1)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Quantiles.of(1.1, new double[] {1}, 1)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Quantiles.of(Double.NaN, new double[] {1}, 1)).isNaN();
    assertThat(Quantiles.of(0.5, new double[0], 0)).isNaN();
  }
}
