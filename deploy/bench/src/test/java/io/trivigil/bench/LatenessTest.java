package io.trivigil.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenessTest {
  @Test
  void gapsBeyondAnIntervalAreMissed() {
    Lateness lateness = new Lateness(1_000);
    for (long gap : new long[] {990, 1_000, 1_499, 1_500, 3_600}) {
      lateness.addGap(gap);
    }
    assertThat(lateness.take()).isEqualTo(new Lateness.Summary(5, 2_600, 2_600, 4));
    assertThat(lateness.take()).as("begins anew").isEqualTo(new Lateness.Summary(0, 0, 0, 0));
  }

  @Test
  void ninetyNinthOfAHundred() {
    Lateness lateness = new Lateness(1_000);
    for (int i = 1; i <= 100; i++) {
      lateness.add(i);
    }
    assertThat(lateness.take()).isEqualTo(new Lateness.Summary(100, 99, 100, 0));
  }
}
