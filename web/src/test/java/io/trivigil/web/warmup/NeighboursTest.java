package io.trivigil.web.warmup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.web.warmup.WarmUpPace.Reason;
import io.trivigil.web.warmup.WarmUpPace.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nodes that share one machine, started together, on one fake clock: they know nothing of each
/// other but how busy the machine is.
class NeighboursTest {
  private static final long MS = 1_000_000;
  private static final long QUESTION = 20 * MS;
  private static final int QUESTIONS = 25; // of a round
  private static final double COMPILING = 0.6; // cores of a node beside the question that it asks
  private static final int ROUNDS_OF_COMPILING = 6;

  private final List<Node> nodes = new ArrayList<>();
  private long now = 5_000 * MS;

  /// A node: it asks, and its compilers work until some time behind the question.
  private static final class Node {
    private final WarmUpPace pace;
    private long wakes;
    private boolean asks;
    private long compilesUntil;
    private long cpuNanos;
    private long compilerNanos;
    private int asked;
    private @Nullable Reason reason; // why it has ended

    Node(WarmUpLimits limits, int processors, long seed, long wakes) {
      pace = new WarmUpPace(limits, processors, new Random(seed));
      this.wakes = wakes;
    }

    boolean compiles(long now) {
      return now < compilesUntil;
    }

    double cores(long now) {
      return 0.05 + (asks ? 1 : 0) + (compiles(now) ? COMPILING : 0);
    }
  }

  /// What was seen of one run.
  private record Seen(Map<Reason, Integer> reasons, long oneAsks, long moreAsk, long tookNanos) {}

  /// Runs in steps of a millisecond until all have ended.
  private Seen run(int count, int processors, WarmUpLimits limits, double othersCores, long seed) {
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(limits, processors, seed * 31 + i, now));
    }
    long start = now;
    long oneAsks = 0;
    long moreAsk = 0;
    long otherNanos = 0;
    while (nodes.stream().anyMatch(node -> node.reason == null)) {
      for (Node node : nodes) {
        if (node.reason == null && now >= node.wakes) {
          step(node, otherNanos);
        }
      }
      int asking = (int) nodes.stream().filter(node -> node.asks).count();
      oneAsks += asking == 1 ? MS : 0;
      moreAsk += asking > 1 ? MS : 0;
      for (Node node : nodes) {
        node.cpuNanos += (long) (node.cores(now) * MS);
        node.compilerNanos += node.compiles(now) ? (long) (COMPILING * MS) : 0;
      }
      otherNanos += (long) (othersCores * MS);
      now += MS;
    }
    Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    nodes.forEach(node -> reasons.merge(requireNonNull(node.reason), 1, Integer::sum));
    return new Seen(reasons, oneAsks, moreAsk, now - start);
  }

  private void step(Node node, long otherNanos) {
    if (node.asks) {
      node.asks = false;
      if (++node.asked <= ROUNDS_OF_COMPILING * QUESTIONS) {
        node.compilesUntil = Math.max(now, node.compilesUntil) + QUESTION;
      }
      if (node.asked % QUESTIONS == 0) {
        node.pace.roundEnds();
      }
    }
    long machine = otherNanos + nodes.stream().mapToLong(each -> each.cpuNanos).sum();
    Step step =
        node.pace.next(
            new WarmUpPace.Sight(now, node.cpuNanos, machine, node.compilerNanos, true, 0, false));
    switch (step) {
      case Step.Wait(Duration time) -> node.wakes = now + time.toNanos();
      case Step.Ask _ -> {
        node.asks = true;
        node.wakes = now + QUESTION;
      }
      case Step.End(Reason reason) -> node.reason = reason;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void onASmallMachineTheyPractiseOneAfterAnother(long seed) {
    Seen seen = run(3, 2, WarmUpLimits.DEFAULT, 0, seed);

    assertThat(seen.reasons()).doesNotContainKey(Reason.TIME);
    assertThat(seen.oneAsks()).isGreaterThan(3 * 3 * QUESTIONS * QUESTION);
    assertThat(seen.moreAsk()).as("of %d ms", seen.oneAsks() / MS).isLessThan(seen.oneAsks() / 10);
    assertThat(Duration.ofNanos(seen.tookNanos())).isLessThan(Duration.ofMinutes(2));
  }

  /// What the test above would find if nobody looked.
  @Test
  void withoutALookAtTheMachineTheyDoSoAtOnce() {
    Seen seen = run(3, 2, WarmUpLimits.DEFAULT.withOthersShare(1), 0, 1);

    assertThat(seen.moreAsk()).isGreaterThan(seen.oneAsks());
  }

  @Test
  void onALargeMachineNobodyWaits() {
    Seen seen = run(3, 16, WarmUpLimits.DEFAULT, 0, 1);

    assertThat(seen.reasons()).doesNotContainKey(Reason.TIME);
    assertThat(seen.moreAsk()).isGreaterThan(seen.oneAsks());
  }

  @Test
  void onABusyMachineNobodyPractises() {
    Seen seen = run(3, 2, WarmUpLimits.DEFAULT, 2, 1);

    assertThat(seen.reasons()).containsOnly(Map.entry(Reason.TIME, 3));
    assertThat(seen.oneAsks() + seen.moreAsk()).isZero();
  }
}
