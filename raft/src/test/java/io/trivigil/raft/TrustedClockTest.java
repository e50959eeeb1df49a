package io.trivigil.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedClockTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final long LOG = START - 10_000; // the log's time when the nodes were started

  private long trueMs = START;
  private long wrongByMs;
  private final InstantSource wall = () -> Instant.ofEpochMilli(trueMs + wrongByMs);
  private final TrustedClock clock = new TrustedClock(wall, () -> (trueMs - START) * 1_000_000);

  private void bearOut() {
    clock.peers(List.of(trueMs, trueMs), 3, LOG);
  }

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
      clock.peers(List.of(trueMs + 30, trueMs - 20), 3, LOG);
      assertThat(error()).isBetween(-50L, 50L);
    }
    assertThat(clock.wallAheadMs()).isBetween(HOUR - 50, HOUR + 50);
    wrongByMs = 0;
    assertThat(error()).isBetween(-50L, 50L);
    trueMs += 500;
    clock.peers(List.of(trueMs + 30, trueMs - 20), 3, LOG);
    assertThat(clock.wallAheadMs()).isZero();
    assertThat(error()).isZero();
  }

  @Test
  void allMachinesSetRightTogetherAreFollowed() {
    wrongByMs = -HOUR;
    assertThat(error()).isZero();
    clock.peers(List.of(trueMs - HOUR, trueMs - HOUR + 10), 3, LOG);
    assertThat(error()).isEqualTo(-HOUR);
    assertThat(clock.steps()).isEqualTo(1);
  }

  @Test
  void clockThatWasWrongFromTheStartIsPutRightByTheOthers() {
    wrongByMs = HOUR;
    TrustedClock late = new TrustedClock(wall, () -> (trueMs - START) * 1_000_000);
    assertThat(late.millis() - trueMs).isEqualTo(HOUR);
    late.peers(List.of(trueMs, trueMs + 10), 3, LOG);
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
    bearOut();
    wrongByMs = HOUR;
    clock.peers(List.of(trueMs), 3, LOG);
    assertThat(error()).as("the peer bears out how time ran on").isZero();
    trueMs += 2 * TrustedClock.HOLD_MS;
    clock.peers(List.of(trueMs), 3, LOG);
    assertThat(error()).isZero();
  }

  @Test
  void theOtherOfTwoClocksThatStepsChangesNothing() {
    bearOut();
    clock.peers(List.of(trueMs + HOUR), 3, LOG);
    assertThat(error()).isZero();
  }

  /// One that is set wrong while the node is down, and only one peer can be asked behind the start.
  @ParameterizedTest
  @CsvSource({"3600000, 0", "-3600000, 0", "0, 3600000", "0, -3600000"})
  void ofTwoClocksAtTheStartNeitherDatesAheadOfTheOtherNorBehindTheLog(long own, long peer) {
    wrongByMs = own;
    TrustedClock late = new TrustedClock(wall, () -> (trueMs - START) * 1_000_000);
    for (int i = 0; i < 10; i++) {
      late.peers(List.of(trueMs + peer), 3, LOG + i * 500L);
      assertThat(late.millis() - trueMs).isZero();
      assertThat(TrustedClock.isBorneOut(late)).isTrue();
      trueMs += 500;
    }
    late.peers(List.of(trueMs + peer, trueMs), 3, trueMs);
    assertThat(late.millis() - trueMs).isZero();
  }

  @Test
  void ofTwoClocksAtTheStartTheLaterCountsOnceTheLogIsPastTheEarlier() {
    wrongByMs = -HOUR;
    TrustedClock late = new TrustedClock(wall, () -> (trueMs - START) * 1_000_000);
    late.peers(List.of(trueMs), 3, 0); // nothing is applied yet
    assertThat(late.millis() - trueMs).isEqualTo(-HOUR);
    trueMs += 500;
    late.peers(List.of(trueMs), 3, LOG);
    assertThat(late.millis() - trueMs).isZero();
    trueMs += 500;
    late.peers(List.of(trueMs), 3, trueMs - 500);
    assertThat(late.millis() - trueMs).isZero();
  }

  @Test
  void clockIsNotBorneOutBeforeAMajorityWasAsked() {
    List<String> told = new ArrayList<>();
    TrustedClock.whenBorneOut(clock, () -> told.add("first"));
    clock.peers(List.of(), 3, LOG);
    assertThat(TrustedClock.isBorneOut(clock)).isFalse();
    assertThat(told).isEmpty();
    bearOut();
    assertThat(TrustedClock.isBorneOut(clock)).isTrue();
    TrustedClock.whenBorneOut(clock, () -> told.add("second"));
    bearOut();
    assertThat(told).containsExactly("first", "second");
  }

  @Test
  void clockIsBorneOutAtOnceInAClusterOfOneAndAfterAWhileWhereNobodyCanBeAsked() {
    TrustedClock alone = new TrustedClock(wall, () -> 0);
    alone.peers(List.of(), 1, 0);
    assertThat(TrustedClock.isBorneOut(alone)).isTrue();
    trueMs += TrustedClock.HOLD_MS - 1;
    clock.peers(List.of(), 3, LOG);
    assertThat(TrustedClock.isBorneOut(clock)).isFalse();
    trueMs += 1;
    clock.peers(List.of(), 3, LOG);
    assertThat(TrustedClock.isBorneOut(clock)).isTrue();
    assertThat(TrustedClock.isBorneOut(wall)).as("an ordinary clock").isTrue();
  }

  @Test
  void noMajorityChangesNothing() {
    clock.peers(List.of(trueMs + HOUR), 5, LOG);
    assertThat(error()).isZero();
    clock.peers(List.of(), 1, LOG);
    assertThat(error()).isZero();
  }
}
