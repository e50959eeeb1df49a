package io.trivigil.web.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeapPaceTest {
  private static final long MB = 1 << 20;
  private static final HeapLimits LIMITS =
      new HeapLimits(16 * MB, 32 * MB, 1, 0.01, Duration.ofSeconds(1));

  private final HeapPace pace = new HeapPace(LIMITS, new Random(1));

  @Test
  void collectsOnceTheOldGenerationHasGrown() {
    assertThat(pace.isDue(sight(0, 47 * MB, 0, 0, 0))).isFalse();
    assertThat(pace.isDue(sight(1, 49 * MB, 0, 0, 0))).isTrue();
    assertThat(pace.isDue(sight(2, 20 * MB, 20 * MB, 1, 5))).isFalse();
    assertThat(pace.isDue(sight(3, 51 * MB, 20 * MB, 1, 5))).isFalse();
    assertThat(pace.isDue(sight(4, 53 * MB, 20 * MB, 1, 5))).isTrue();
  }

  /// A collection of 300 ms, and then none for 30 s; whoever asked for it.
  @Test
  void takesItsShareOfTheTime() {
    assertThat(pace.isDue(sight(10, 400 * MB, 200 * MB, 1, 300))).isFalse();
    assertThat(pace.isDue(sight(39, 480 * MB, 200 * MB, 1, 300))).isFalse();
    assertThat(pace.isDue(sight(40, 480 * MB, 200 * MB, 1, 300))).isTrue();
    assertThat(pace.isDue(sight(41, 480 * MB, 200 * MB, 3, 500))).isFalse(); // 100 ms each
    assertThat(pace.isDue(sight(50, 480 * MB, 200 * MB, 3, 500))).isFalse();
    assertThat(pace.isDue(sight(51, 480 * MB, 200 * MB, 3, 500))).isTrue();
  }

  @Test
  void replicasThatGrowAlikeDoNotCollectAtOnce() {
    HeapLimits spread = HeapLimits.DEFAULT;
    long one = new HeapPace(spread, new Random(1)).growthBytes();
    long other = new HeapPace(spread, new Random(2)).growthBytes();
    assertThat(one).isNotEqualTo(other).isBetween(16 * MB, 24 * MB);
    assertThat(other).isBetween(16 * MB, 24 * MB);
  }

  @Test
  void limitsHaveToBeAboveZero() {
    assertThatThrownBy(() -> new HeapLimits(0, 0, 1, 1, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("growth=0");
  }

  private static HeapPace.Sight sight(
      long seconds, long usedBytes, long livedBytes, long collections, long collectionMs) {
    return new HeapPace.Sight(
        Duration.ofSeconds(seconds).toNanos(), usedBytes, livedBytes, collections, collectionMs);
  }
}
