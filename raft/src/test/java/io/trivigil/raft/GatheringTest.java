package io.trivigil.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final Duration LONGEST = Duration.ofMillis(2);
  private static final long PART = LONGEST.toNanos() / 2;

  private final Gathering gathering = new Gathering(LONGEST);
  private long nowNanos = 77 * PART;

  /// An entry of so many commands ended. So many waited then, so many a part of the longest wait
  /// later, and so on; returns for how many parts they were held back each time, -1 where nobody
  /// was.
  private long[] held(int commands, int... waiting) {
    gathering.ended(commands, waiting[0], nowNanos);
    long[] held = new long[waiting.length];
    for (int i = 0; i < waiting.length; i++) {
      held[i] = waiting[i] == 0 ? -1 : gathering.holdNanos(waiting[i], nowNanos + i * PART) / PART;
    }
    nowNanos += 10 * PART;
    return held;
  }

  @Test
  void oneSenderIsNeverHeldBack() {
    assertThat(gathering.holdNanos(1, nowNanos)).isZero();
    assertThat(held(1, 0, 1)).containsExactly(-1, 0);
    assertThat(held(1, 0, 0, 1)).containsExactly(-1, -1, 0);
  }

  @Test
  void sendersThatTakeTurnsComeTogether() {
    // Two were in the entry, two waited: the two come back.
    assertThat(held(2, 2, 3, 4)).containsExactly(2, 1, 0);
    // Now four are in one, and nobody waits beside it.
    assertThat(held(4, 0, 3, 4)).containsExactly(-1, 1, 0);
  }

  @Test
  void aFewMoreAreWorthTheNextWait() {
    assertThat(held(2, 2, 2, 3)).containsExactly(2, 1, 0); // at the limit, not all
    assertThat(held(3, 1, 2, 4)).containsExactly(2, 1, 0);
  }

  @Test
  void whereNobodyComesItRestsForTwiceAsLongEachTime() {
    int rests = 1;
    for (int round = 0; round < 10; round++) {
      assertThat(held(1, 1, 1, 1)).containsExactly(2, 1, 0); // in vain
      for (int i = 0; i < rests; i++) {
        assertThat(held(1, 1)).as("round %d, entry %d", round, i).containsExactly(0);
      }
      rests = Math.min(2 * rests, Gathering.LONGEST_REST);
    }
    assertThat(held(1, 1, 2)).containsExactly(2, 0); // somebody came
    assertThat(held(1, 1, 1, 1)).containsExactly(2, 1, 0);
    assertThat(held(1, 1)).containsExactly(0); // once
    assertThat(held(1, 1)).containsExactly(2);
  }

  @Test
  void zeroSwitchesItOff() {
    Gathering off = new Gathering(Duration.ZERO);
    off.ended(4, 4, nowNanos);
    assertThat(off.holdNanos(4, nowNanos)).isZero();
  }
}
