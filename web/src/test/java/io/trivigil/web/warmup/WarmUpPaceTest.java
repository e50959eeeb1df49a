package io.trivigil.web.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.web.warmup.WarmUpPace.Reason;
import io.trivigil.web.warmup.WarmUpPace.Step;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A node that is being warmed up, on a clock of its own: each question costs it processor time,
/// and the first rounds cost more.
class WarmUpPaceTest {
  private static final long MS = 1_000_000;
  private static final int QUESTIONS = 10;
  private static final WarmUpLimits LIMITS = WarmUpLimits.DEFAULT.withCpu(Duration.ofSeconds(4));

  private static final Duration LONGEST_LOOK = LIMITS.longestLook().multipliedBy(2);
  private static final int PROCESSORS = 4;
  private static final double MOST_OTHERS = PROCESSORS * LIMITS.othersShare();

  private final WarmUpPace pace = new WarmUpPace(LIMITS, PROCESSORS, new Random(7));
  private long nanos = 77_000 * MS;
  private long cpuNanos = 5_000 * MS;
  private long compilerNanos = 3_000 * MS;
  private boolean ready = true;
  private long clientQueries;
  private boolean clientsWait;
  private double otherCores; // what the node uses for all else
  private long neighbourNanos = 9_000 * MS;
  private double neighbourCores; // what others on the machine use
  private Duration late = Duration.ZERO; // how late timers wake
  private int asked;

  private WarmUpPace.Sight sight() {
    return new WarmUpPace.Sight(
        nanos,
        cpuNanos,
        cpuNanos + neighbourNanos,
        compilerNanos,
        ready,
        clientQueries,
        clientsWait);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
    cpuNanos += (long) Math.ceil(time.toNanos() * otherCores);
    neighbourNanos += (long) Math.ceil(time.toNanos() * neighbourCores);
  }

  /// One step; a question takes this long, and one processor.
  private Step step(Duration question) {
    Step step = pace.next(sight());
    switch (step) {
      case Step.Wait(Duration time) -> pass(time.plus(late));
      case Step.Ask _ -> {
        pass(question);
        cpuNanos += question.toNanos();
        if (++asked % QUESTIONS == 0) {
          pace.roundEnds();
        }
      }
      case Step.End _ -> {}
    }
    return step;
  }

  private Reason run(Duration question) {
    for (int i = 0; i < 1_000_000; i++) {
      if (step(question) instanceof Step.End(Reason reason)) {
        return reason;
      }
    }
    throw new AssertionError("no end: asked=" + asked);
  }

  @Test
  void endsWhenTheCompilersHaveLittleToDo() {
    Reason reason = run(Duration.ofMillis(5));

    assertThat(reason).isEqualTo(Reason.WARM);
    assertThat(asked).isEqualTo(QUESTIONS * LIMITS.idleRounds());
    assertThat(pace.spent()).isEqualTo(Duration.ofMillis(5L * asked));
  }

  @Test
  void goesOnWhileTheyHaveMoreAndTakesNoMoreThanItMay() {
    Duration question = Duration.ofMillis(20);
    Step step = step(question);
    while (!(step instanceof Step.End)) {
      int before = asked;
      step = step(question);
      compilerNanos += (asked - before) * question.toNanos() / 10;
    }

    assertThat(step).isEqualTo(new Step.End(Reason.CPU));
    assertThat(pace.spent()).isBetween(LIMITS.cpu(), LIMITS.cpu().plus(question));
    assertThat(asked).isEqualTo((int) LIMITS.cpu().dividedBy(question));
  }

  @Test
  void whatTheCompilersDoBetweenRoundsCounts() {
    step(Duration.ofMillis(1)); // looks
    for (int i = 0; i < QUESTIONS; i++) {
      step(Duration.ofMillis(1));
    }
    otherCores = 1; // they work the round off
    long begin = nanos;
    step(Duration.ofMillis(1));
    step(Duration.ofMillis(1));
    long looked = nanos - begin;

    assertThat(pace.next(sight())).isInstanceOf(Step.Wait.class);
    assertThat(looked)
        .as("once, and then for twice as long, and each less than twice by chance")
        .isBetween(3 * LIMITS.look().toNanos(), 6 * LIMITS.look().toNanos());
    assertThat(pace.spent()).isEqualTo(Duration.ofMillis(QUESTIONS).plusNanos(looked));
  }

  @Test
  void nothingIsAskedBeforeTheNodeIsReady() {
    ready = false;
    otherCores = 2; // it catches up
    for (int i = 0; i < 100_000; i++) {
      assertThat(step(Duration.ofMillis(1))).isInstanceOf(Step.Wait.class);
    }
    assertThat(pace.spent()).isZero();

    ready = true;
    otherCores = 0;
    assertThat(run(Duration.ofMillis(1))).isEqualTo(Reason.WARM);
  }

  @Test
  void waitsWhileTheNodeIsBusyAndGivesUp() {
    otherCores = LIMITS.busyCores();
    long begin = nanos;

    assertThat(run(Duration.ofMillis(1))).isEqualTo(Reason.TIME);
    assertThat(asked).isZero();
    assertThat(nanos - begin)
        .isBetween(LIMITS.time().toNanos(), LIMITS.time().plus(LONGEST_LOOK).toNanos());
  }

  @Test
  void asksWhileTheNodeIsNotQuiteBusy() {
    otherCores = LIMITS.busyCores() - 0.01;

    assertThat(run(Duration.ofMillis(1))).isEqualTo(Reason.WARM);
    assertThat(asked).isPositive();
  }

  @Test
  void nothingIsAskedWhileOthersUseMuchOfTheMachine() {
    neighbourCores = MOST_OTHERS;
    for (int i = 0; i < 100; i++) {
      assertThat(step(Duration.ofMillis(1))).isInstanceOf(Step.Wait.class);
    }
    assertThat(pace.spent()).isZero();
    long end = nanos;
    neighbourCores = MOST_OTHERS - 0.01;

    assertThat(run(Duration.ofMillis(1))).isEqualTo(Reason.WARM);
    assertThat(asked).isEqualTo(QUESTIONS * LIMITS.idleRounds());
    assertThat(nanos - end).isLessThan(LONGEST_LOOK.multipliedBy(2).toNanos());
  }

  @Test
  void othersDoNotMatterWhereNobodyMinds() {
    neighbourCores = PROCESSORS;
    WarmUpPace careless = new WarmUpPace(LIMITS.withOthersShare(1), PROCESSORS, new Random(7));

    assertThat(careless.next(sight())).isInstanceOf(Step.Wait.class);
    pass(LIMITS.look());
    assertThat(careless.next(sight())).isEqualTo(new Step.Ask());
  }

  @Test
  void aRoundIsBrokenOffWhenOthersBeginAndGoneOnWithAfterThem() {
    Duration question = Duration.ofMillis(20);
    while (asked < QUESTIONS / 2) {
      step(question);
    }
    neighbourCores = MOST_OTHERS + 0.5;
    int before = asked;
    for (int i = 0; i < 200; i++) {
      step(question);
    }

    assertThat(Duration.ofMillis(20L * (asked - before)))
        .as("at most what was being measured when they began, and one measure more")
        .isLessThanOrEqualTo(LIMITS.look().multipliedBy(2).plus(question));
    neighbourCores = 0;
    assertThat(run(question)).isEqualTo(Reason.WARM);
    assertThat(asked)
        .as("what was left of the round counts as one, as it does after a client's question")
        .isEqualTo(QUESTIONS * LIMITS.idleRounds());
  }

  @Test
  void nothingIsAskedWhileTimersWakeLate() {
    late = LIMITS.late();
    for (int i = 0; i < 100; i++) {
      assertThat(step(Duration.ofMillis(1))).isInstanceOf(Step.Wait.class);
    }
    late = LIMITS.late().minusNanos(1);

    assertThat(run(Duration.ofMillis(1))).isEqualTo(Reason.WARM);
  }

  @Test
  void pausesWhileClientsAskAndSomeTimeAfter() {
    step(Duration.ofMillis(1));
    step(Duration.ofMillis(1));
    assertThat(asked).isEqualTo(1);

    clientQueries++;
    clientsWait = true;
    otherCores = 2; // their queries are not practice
    Duration before = pace.spent();
    for (int i = 0; i < 100; i++) {
      assertThat(step(Duration.ofMillis(1))).isInstanceOf(Step.Wait.class);
    }
    pace.next(sight());
    long quietFrom = nanos;
    clientsWait = false;
    otherCores = 0;
    int askedBefore = asked;
    while (asked == askedBefore) {
      step(Duration.ofMillis(1));
    }

    assertThat(nanos - quietFrom).isGreaterThanOrEqualTo(LIMITS.quiet().toNanos());
    assertThat(pace.spent().minus(before)).isLessThan(Duration.ofMillis(10));
  }
}
