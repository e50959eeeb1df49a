package io.trivigil.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustedClockTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;

  private long trueMs = START;
  private long wrongByMs;
  private final InstantSource wall = () -> Instant.ofEpochMilli(trueMs + wrongByMs);
  private final TrustedClock clock = new TrustedClock(wall, () -> (trueMs - START) * 1_000_000);

  private long error() {
    return clock.millis() - trueMs;
  }

  @Test
  void followsAWallClockThatIsSetALittle() {
    wrongByMs = 400;
    assertThat(error()).isEqualTo(400);
    wrongByMs = 0;
    assertThat(error()).isZero();
    assertThat(clock.steps()).isZero();
  }

  @Test
  void oneClockThatStepsCountsForNothing() {
    wrongByMs = HOUR;
    assertThat(error()).as("before the others are asked").isZero();
    for (int i = 0; i < 200; i++) {
      trueMs += 500;
      clock.peers(List.of(trueMs + 30, trueMs - 20), 3);
      assertThat(error()).isBetween(-50L, 50L);
    }
    assertThat(clock.wallAheadMs()).isBetween(HOUR - 50, HOUR + 50);
    wrongByMs = 0;
    assertThat(error()).isBetween(-50L, 50L);
    trueMs += 500;
    clock.peers(List.of(trueMs + 30, trueMs - 20), 3);
    assertThat(clock.wallAheadMs()).isZero();
    assertThat(error()).isZero();
  }

  @Test
  void allMachinesSetRightTogetherAreFollowed() {
    wrongByMs = -HOUR;
    assertThat(error()).isZero();
    clock.peers(List.of(trueMs - HOUR, trueMs - HOUR + 10), 3);
    assertThat(error()).isEqualTo(-HOUR);
    assertThat(clock.steps()).isEqualTo(1);
  }

  @Test
  void clockThatWasWrongFromTheStartIsPutRightByTheOthers() {
    wrongByMs = HOUR;
    TrustedClock late = new TrustedClock(wall, () -> (trueMs - START) * 1_000_000);
    assertThat(late.millis() - trueMs).isEqualTo(HOUR);
    late.peers(List.of(trueMs, trueMs + 10), 3);
    assertThat(late.millis() - trueMs).isBetween(-20L, 20L);
  }

  @Test
  void aloneTheStepIsBelievedAfterAWhile() {
    wrongByMs = HOUR;
    assertThat(error()).isZero();
    trueMs += TrustedClock.HOLD_MS - 1;
    assertThat(error()).isZero();
    trueMs += 1;
    assertThat(error()).isEqualTo(HOUR);
  }

  @Test
  void aStandstillOfTheProcessIsNoStep() {
    trueMs += HOUR; // the ticker went on as well
    assertThat(error()).isZero();
    assertThat(clock.steps()).isZero();
  }

  @Test
  void ofTwoClocksTheOneThatRanOnIsBelieved() {
    wrongByMs = HOUR;
    clock.peers(List.of(trueMs), 3);
    assertThat(error()).as("the peer bears out how time ran on").isZero();
    trueMs += 2 * TrustedClock.HOLD_MS;
    clock.peers(List.of(trueMs), 3);
    assertThat(error()).isZero();
  }

  @Test
  void theOtherOfTwoClocksThatStepsChangesNothing() {
    clock.peers(List.of(trueMs + HOUR), 3);
    assertThat(error()).isZero();
  }

  @Test
  void noMajorityChangesNothing() {
    clock.peers(List.of(trueMs + HOUR), 5);
    assertThat(error()).isZero();
    clock.peers(List.of(), 1);
    assertThat(error()).isZero();
  }
}
