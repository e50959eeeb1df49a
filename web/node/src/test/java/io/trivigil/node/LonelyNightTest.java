package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.sim.SimulationFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Many nights in which the quorum is lost: monitoring goes on, and says no more than it may.
/// `-Dsim.seeds=5000` for more of them; `-Dsim.seed=17` plays one again and says what happened.
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LonelyNightTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 40);
  private static final int MUTATED_SEEDS = 30;

  private final SimConfig config = new SimConfig();

  @Test
  void whoIsAloneGoesOnAndSaysNoMoreThanItMay(@TempDir Path scratch) {
    Long one = Long.getLong("sim.seed");
    if (one != null) {
      new LonelyNight(one, config, Tampering.NONE, scratch, System.out::println).live();
      return;
    }
    Map<String, Integer> counts = new TreeMap<>();
    Map<Long, String> failures = new TreeMap<>();
    LongStream.range(0, SEEDS)
        .forEach(
            seed -> {
              LonelyNight night =
                  new LonelyNight(
                      seed, config, Tampering.NONE, scratch.resolve("" + seed), _ -> {});
              try {
                night.live();
              } catch (SimulationFailure failure) {
                failures.put(seed, String.valueOf(failure.getMessage()));
              }
              night.faults().forEach((kind, times) -> counts.merge(kind, times, Integer::sum));
              night
                  .lonely()
                  .counts()
                  .forEach((kind, times) -> counts.merge(kind, times, Integer::sum));
            });
    System.out.printf("nights=%d failed=%d seen=%s%n", SEEDS, failures.size(), counts);
    assertThat(failures).isEmpty();
    assertThat(counts)
        .containsKeys(
            "crashed",
            "stood still",
            "apart",
            "crashed and apart",
            "one cut off",
            "died alone",
            "lost while telling");
    for (String kind : List.of("told", "notices", "isolated", "reports", "merged", "taken over")) {
      assertThat(counts.get(kind)).as(kind).isPositive();
    }
  }

  /// The simulation can fail: each forgotten check is found out by the promise that it breaks.
  @ParameterizedTest
  @MethodSource("mutations")
  void aForgottenCheckIsFound(String promise, Tampering wrong, @TempDir Path scratch) {
    boolean found =
        LongStream.range(0, MUTATED_SEEDS)
            .anyMatch(seed -> breaks(promise, seed, wrong, scratch.resolve("" + seed)));
    assertThat(found).as("found within %d seeds: %s", MUTATED_SEEDS, promise).isTrue();
  }

  private boolean breaks(String promise, long seed, Tampering wrong, Path scratch) {
    try {
      new LonelyNight(seed, config, wrong, scratch, _ -> {}).live();
      return false;
    } catch (SimulationFailure found) {
      String message = String.valueOf(found.getMessage());
      return message.contains(promise) && message.contains("seed=" + seed + " ");
    }
  }

  static Stream<Arguments> mutations() {
    return Stream.of(
        Arguments.of("slot taken twice", Mutations.takingSlotsTwice()),
        Arguments.of("told though it is in the log", AloneMutations.forgettingTheLog()),
        Arguments.of("told again", AloneMutations.keepingToItselfWhatItTold()),
        Arguments.of("told as over", AloneMutations.hurryingBehindAGap()),
        Arguments.of("open though it hears a leader", AloneMutations.deaf()),
        Arguments.of("left out of the log", AloneMutations.reportingTooSoon()),
        Arguments.of("not the lowest id speaks", AloneMutations.seeingNobody()));
  }

  @Test
  void theSameSeedIsTheSameNight(@TempDir Path scratch) {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    new LonelyNight(3, config, Tampering.NONE, scratch.resolve("1"), first::add).live();
    new LonelyNight(3, config, Tampering.NONE, scratch.resolve("2"), second::add).live();
    assertThat(second).isEqualTo(first).hasSizeGreaterThan(20);
  }
}
