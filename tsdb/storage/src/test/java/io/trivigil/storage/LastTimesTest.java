package io.trivigil.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What is kept of series that ended, and what it says.
final class LastTimesTest {
  private static final int CHUNK = 1024;

  private final LastTimes times = new LastTimes(2 * CHUNK);

  @Test
  void endIsToldUpToTheSecond() {
    times.note(5, 1_001);
    assertThat(times.endedBefore(5, 1_001)).isFalse();
    assertThat(times.endedBefore(5, 2_000)).isFalse();
    assertThat(times.endedBefore(5, 2_001)).isTrue();
    times.note(6, 2_000);
    assertThat(times.endedBefore(6, 2_000)).isFalse();
    assertThat(times.endedBefore(6, 2_001)).isTrue();
  }

  @Test
  void timesOnlyGrow() {
    times.note(5, 9_000);
    times.note(5, 4_000); // by who read an older view
    assertThat(times.endedBefore(5, 9_000)).isFalse();
    times.note(5, 12_000);
    assertThat(times.endedBefore(5, 12_000)).isFalse();
    assertThat(times.endedBefore(5, 12_001)).isTrue();
  }

  @Test
  void nothingIsSaidOfWhoIsUnknown() {
    assertThat(times.endedBefore(5, Long.MAX_VALUE)).isFalse();
    times.note(5, 1_000);
    assertThat(times.endedBefore(6, Long.MAX_VALUE)).isFalse();
    assertThat(times.endedBefore(5 * CHUNK, Long.MAX_VALUE)).isFalse();
    times.complete();
    assertThat(times.endedBefore(6, 1_001)).as("it could only be one of those noted").isTrue();
    assertThat(times.endedBefore(5 * CHUNK, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void timesBeyondAllClocksPassNobodyOver() {
    times.note(1, -5_000);
    assertThat(times.endedBefore(1, 0)).isFalse();
    assertThat(times.endedBefore(1, 1_001)).isTrue();
    times.note(2, Long.MAX_VALUE);
    times.note(3, 1_000L * Integer.MAX_VALUE + 1);
    assertThat(times.endedBefore(2, Long.MAX_VALUE)).isFalse();
    assertThat(times.endedBefore(3, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void beyondTheLimitNeighboursShareTheLatest() {
    times.note(1, 1_000);
    times.note(2, 8_000);
    times.note(CHUNK, 1_000);
    assertThat(times.kept()).isEqualTo(2 * CHUNK);
    assertThat(times.endedBefore(1, 1_001)).isTrue();
    times.note(7 * CHUNK, 1_000);
    assertThat(times.kept()).as("the limit").isEqualTo(2 * CHUNK);
    assertThat(times.endedBefore(1, Long.MAX_VALUE)).as("not all are noted yet").isFalse();
    assertThat(times.endedBefore(CHUNK, 1_001)).isTrue();
    times.complete();
    assertThat(times.endedBefore(1, 8_000)).isFalse();
    assertThat(times.endedBefore(1, 8_001)).isTrue();
    times.note(3, 9_000); // where the latest alone is kept
    assertThat(times.kept()).isEqualTo(2 * CHUNK);
    assertThat(times.endedBefore(1, 8_001)).isFalse();
    assertThat(times.endedBefore(1, 9_001)).isTrue();
  }
}
