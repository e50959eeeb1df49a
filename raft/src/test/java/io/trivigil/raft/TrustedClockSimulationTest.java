package io.trivigil.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Three nodes that die and come back, hear each other or not, and of whose clocks one may be an
/// hour off: the time of the log that they date.
class TrustedClockSimulationTest {
  private static final long HOUR = 3_600_000;
  private static final long START = 1_700_000_000_000L;
  private static final long STEP_MS = 100;
  private static final int STEPS = 20_000;

  /// Between a step of a clock and the next look at all clocks.
  private static final long NOTICED_MS = 2_000;

  private static final class Machine {
    private TrustedClock clock = new TrustedClock(() -> Instant.EPOCH, () -> 0);
    private boolean up;
    private long knownMs; // what it has applied of the log
    private long wrongByMs;
    private long startedMs;
  }

  private final List<Machine> machines = List.of(new Machine(), new Machine(), new Machine());
  private long trueMs = START;
  private long logMs;
  private long rightSinceMs = START; // all clocks
  private long calmSinceMs = START; // all nodes up

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void logTimeIsNeverAheadAndFollowsTheTime(long seed) {
    Random random = new Random(seed);
    machines.forEach(this::start);
    long stood = 0;
    for (int i = 0; i < STEPS; i++) {
      trueMs += STEP_MS;
      strike(random);
      if (i % 5 == 0) {
        machines.forEach(machine -> look(machine, random));
      }
      lead(random);
      assertThat(logMs).as("step %d", i).isLessThan(trueMs + 2 * TrustedClock.LIMIT_MS);
      if (trueMs - Math.max(rightSinceMs, calmSinceMs) > NOTICED_MS) {
        assertThat(logMs).as("step %d", i).isGreaterThan(trueMs - NOTICED_MS);
        stood++;
      }
    }
    assertThat(stood).as("looks at a cluster that is well").isPositive();
  }

  /// One clock is wrong at the most, and is right for a while before another is set wrong.
  private void strike(Random random) {
    Machine one = machines.get(random.nextInt(3));
    switch (random.nextInt(200)) {
      case 0, 1 -> one.up = false;
      case 2 -> machines.forEach(machine -> machine.up = false);
      case 3 -> {
        if (rightSinceMs <= trueMs - NOTICED_MS && everybodyLooked()) {
          one.wrongByMs = random.nextBoolean() ? HOUR : -HOUR;
          rightSinceMs = Long.MAX_VALUE;
        }
      }
      case 4, 5 -> {
        if (rightSinceMs == Long.MAX_VALUE) {
          machines.forEach(machine -> machine.wrongByMs = 0);
          rightSinceMs = trueMs;
        }
      }
      default -> {}
    }
    if (random.nextInt(10) == 0 && !one.up) {
      start(one);
    }
    if (!machines.stream().allMatch(machine -> machine.up)) {
      calmSinceMs = trueMs;
    }
  }

  private boolean everybodyLooked() {
    return machines.stream().allMatch(m -> !m.up || trueMs - m.startedMs > NOTICED_MS);
  }

  private void start(Machine machine) {
    machine.up = true;
    machine.startedMs = trueMs;
    machine.knownMs = 0;
    machine.clock =
        new TrustedClock(
            () -> Instant.ofEpochMilli(trueMs + machine.wrongByMs), () -> trueMs * 1_000_000);
  }

  private void look(Machine machine, Random random) {
    if (!machine.up) {
      return;
    }
    List<Long> heard = new ArrayList<>();
    for (Machine peer : machines) {
      if (peer != machine && peer.up && random.nextInt(4) > 0) {
        heard.add(trueMs + peer.wrongByMs - random.nextInt(50));
      }
    }
    machine.clock.peers(heard, machines.size(), machine.knownMs);
  }

  /// Any node that is up may lead while a majority is; a leader has applied the log.
  private void lead(Random random) {
    List<Machine> up = machines.stream().filter(machine -> machine.up).toList();
    if (up.size() < 2) {
      return;
    }
    Machine leader = up.get(random.nextInt(up.size()));
    if (TrustedClock.isBorneOut(leader.clock)) {
      logMs = Math.max(logMs, leader.clock.millis());
    }
    leader.knownMs = logMs;
  }
}
