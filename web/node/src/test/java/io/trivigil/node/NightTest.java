package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.sim.SimulationFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Many nights of three whole nodes with everything that a leader does. `-Dsim.seeds=5000` for more
/// of them; `-Dsim.seed=17` plays one again and says what happened.
class NightTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 300);
  private static final int MUTATED_SEEDS = 100;

  private final SimConfig config = new SimConfig();

  @Test
  void everyPromiseIsKept(@TempDir Path scratch) {
    Long one = Long.getLong("sim.seed");
    if (one != null) {
      new Night(one, config, Tampering.NONE, scratch, System.out::println).live();
      return;
    }
    Map<String, Integer> faults = new TreeMap<>();
    long requests = 0;
    long repeated = 0;
    long acknowledged = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Night night = new Night(seed, config, Tampering.NONE, scratch.resolve("" + seed), _ -> {});
      night.live();
      night.faults().forEach((kind, times) -> faults.merge(kind, times, Integer::sum));
      requests += night.watch().requests().size();
      repeated +=
          night.watch().requests().size()
              - night.watch().requests().stream().map(r -> r.attempt().id()).distinct().count();
      acknowledged += night.acknowledged().size();
    }
    System.out.printf(
        "nights=%d requests=%d repeated=%d acknowledged=%d faults=%s%n",
        SEEDS, requests, repeated, acknowledged, faults);
    assertThat(requests).isGreaterThan(SEEDS * 10L);
    assertThat(repeated).isPositive();
    assertThat(acknowledged).isGreaterThan(SEEDS * 20L);
    assertThat(faults)
        .containsKeys(
            "crash", "wiped disk", "partition", "one-way cut", "pause", "depose", "full disk");
  }

  /// The simulation can fail: each forgotten check is found out by the promise that it breaks.
  @ParameterizedTest
  @MethodSource("mutations")
  void aForgottenCheckIsFound(String promise, Tampering wrong, @TempDir Path scratch) {
    for (long seed = 0; seed < MUTATED_SEEDS; seed++) {
      try {
        new Night(seed, config, wrong, scratch.resolve("" + seed), _ -> {}).live();
      } catch (SimulationFailure found) {
        if (String.valueOf(found.getMessage()).contains(promise)) {
          assertThat(found).hasMessageContaining("seed=");
          return;
        }
      }
    }
    throw new AssertionError("not found within %d seeds: %s".formatted(MUTATED_SEEDS, promise));
  }

  static Stream<Arguments> mutations() {
    return Stream.of(
        Arguments.of("decided in another term", Mutations.withoutTheTermCheck()),
        Arguments.of("acknowledged sample lost", Mutations.acknowledgingTooSoon()),
        Arguments.of("slot taken twice", Mutations.takingSlotsTwice()),
        Arguments.of("rule run taken twice", Mutations.takingRunsTwice()),
        Arguments.of("sent without a committed try", Mutations.sendingBeforeTheCommit()),
        Arguments.of("sent twice outside the declared cases", Mutations.forgettingOutcomes()),
        Arguments.of("two senders within one lease", Mutations.ignoringLeases()),
        Arguments.of("but would recover", Mutations.forgettingLogTime()),
        Arguments.of("silenced alert told", Mutations.forgettingSilences()),
        Arguments.of("timer was early", Mutations.hurrying()));
  }

  @Test
  void theSameSeedIsTheSameNight(@TempDir Path scratch) {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    new Night(3, config, Tampering.NONE, scratch.resolve("1"), first::add).live();
    new Night(3, config, Tampering.NONE, scratch.resolve("2"), second::add).live();
    assertThat(second).isEqualTo(first).hasSizeGreaterThan(20);
  }
}
