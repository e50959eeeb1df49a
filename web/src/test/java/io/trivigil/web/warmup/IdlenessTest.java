package io.trivigil.web.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdlenessTest {
  private static final long MS = 1_000_000;

  private final Idleness idleness = new Idleness(0.5);

  @Test
  void nothingIsKnownAtTheFirstLook() {
    assertThat(idleness.since(7 * MS, 3 * MS)).isFalse();
    assertThat(idleness.since(507 * MS, 3 * MS)).isTrue();
  }

  @Test
  void onlyTheTimeSinceTheLastLookCounts() {
    idleness.since(0, 0);
    assertThat(idleness.since(500 * MS, 250 * MS)).as("half a processor").isFalse();
    assertThat(idleness.since(1_000 * MS, 499 * MS)).as("a little less").isTrue();
    assertThat(idleness.since(1_500 * MS, 1_499 * MS)).as("two").isFalse();
    assertThat(idleness.since(2_000 * MS, 1_499 * MS)).as("none").isTrue();
  }
}
