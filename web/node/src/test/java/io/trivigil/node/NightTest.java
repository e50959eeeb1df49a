package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.sim.SimulationFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Many nights of three whole nodes with everything that a leader does. `-Dsim.seeds=5000` for more
/// of them; `-Dsim.seed=17` plays one again and says what happened.
///
/// One night after the other: two at a time wait for each other in locks that they share (the
/// logger's), and the carrier of one waits for a thread that only it can continue.
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
    Map<Long, String> failures = new TreeMap<>();
    LongAdder requests = new LongAdder();
    LongAdder repeated = new LongAdder();
    LongAdder acknowledged = new LongAdder();
    LongStream.range(0, SEEDS)
        .forEach(
            seed -> {
              Night night =
                  new Night(seed, config, Tampering.NONE, scratch.resolve("" + seed), _ -> {});
              try {
                night.live();
              } catch (SimulationFailure failure) {
                failures.put(seed, String.valueOf(failure.getMessage()));
              }
              night.faults().forEach((kind, times) -> faults.merge(kind, times, Integer::sum));
              List<String> ids =
                  night.watch().requests().stream().map(r -> r.attempt().id()).toList();
              requests.add(ids.size());
              repeated.add(ids.size() - ids.stream().distinct().count());
              acknowledged.add(night.acknowledged().size());
            });
    System.out.printf(
        "nights=%d failed=%d requests=%d repeated=%d acknowledged=%d faults=%s%n",
        SEEDS, failures.size(), requests.sum(), repeated.sum(), acknowledged.sum(), faults);
    assertThat(failures).isEmpty();
    assertThat(requests.sum()).isGreaterThan(SEEDS * 10L);
    assertThat(repeated.sum()).isPositive();
    assertThat(acknowledged.sum()).isGreaterThan(SEEDS * 20L);
    assertThat(faults)
        .containsKeys(
            "crash", "wiped disk", "partition", "one-way cut", "pause", "depose", "full disk");
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
      new Night(seed, config, wrong, scratch, _ -> {}).live();
      return false;
    } catch (SimulationFailure found) {
      String message = String.valueOf(found.getMessage());
      return message.contains(promise) && message.contains("seed=" + seed + " ");
    }
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
