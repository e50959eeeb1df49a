package io.trivigil.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StallsTest {
  private final Stalls stalls = new Stalls();

  @Test
  void whatFallsIntoASpanIsLeftOutOfIt() {
    assertThat(stalls.within(0, 10_000)).isZero();
    stalls.add(1_000, 40);
    stalls.add(2_000, 300);
    stalls.add(2_500, 5);
    assertThat(stalls.within(0, 10_000)).isEqualTo(345);
    assertThat(stalls.within(1_000, 2_000)).as("the first ended before").isEqualTo(300);
    assertThat(stalls.within(2_000, 2_499)).isZero();
    assertThat(stalls.within(1_910, 2_000)).as("two thirds at most").isEqualTo(60);
    assertThat(stalls.within(2_000, 1_000)).isZero();
  }
}
