package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.QueryMemory;
import io.trivigil.promql.engine.Engine;
import io.trivigil.promql.engine.EngineOptions;
import io.trivigil.promql.engine.Query;
import io.trivigil.promql.script.MemoryStorage;
import io.trivigil.raft.LogStatus;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.http.Held;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueryRunnerTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Engine engine = new Engine(EngineOptions.defaults());
  private final MemoryStorage storage = new MemoryStorage();
  private final Metrics metrics = new Metrics();
  private final QueryMemory memory = new QueryMemory(40 << 20);
  private final QueryRunner runner = new QueryRunner(backend(), 4, 2, memory, System::nanoTime);

  /// A node with a store and nothing else.
  private Backend backend() {
    LogStatus log =
        new LogStatus("n1", "n1", 3, LogStatus.Role.LEADER, false, 17, 17, 1, 1, List.of());
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "engine" -> engine;
                  case "queries" -> storage;
                  case "metrics" -> metrics;
                  case "log" -> log;
                  default -> throw new AssertionError(method.getName());
                });
  }

  QueryRunnerTest() {
    for (int s = 0; s < 300; s++) {
      storage.add(Labels.of(Labels.NAME, "m", "s", "" + s), 0, s);
    }
  }

  @AfterEach
  void close() {
    runner.close();
  }

  /// Columns of 8 bytes for each of 300 series and each step.
  private Query query(int steps) {
    return engine.range("m", 0, steps * 1_000L, 1_000);
  }

  @Test
  void aResultIsAccountedForUntilItsAnswerHasBeenWritten() throws Exception {
    try (Held held = new Held()) {
      held.during(() -> runner.run(query(3_000), TIMEOUT));
      assertThat(memory.heldBytes()).isGreaterThan(8L * 300 * 3_000);
      assertThatThrownBy(() -> held.during(() -> runner.run(query(10_000), TIMEOUT)))
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("more memory");
      assertThat(memory.heldBytes())
          .as("what failed holds nothing")
          .isBetween(8L * 300 * 3_000, 16L * 300 * 3_000);
    }
    assertThat(memory.heldBytes()).isZero();
  }

  @Test
  void withoutAnAnswerNothingStaysHeld() throws Exception {
    assertThat(runner.run(query(3_000), TIMEOUT).stats().peakBytes()).isPositive();
    assertThat(memory.heldBytes()).isZero();
  }

  @Test
  void ofAHundredHeavyQueriesAsManyRunAsHalfTheCoresAndFourHaveAPlace() throws Exception {
    Semaphore goOn = new Semaphore(0);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    QueryRunner.Task<Integer> task =
        (_, _) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          goOn.acquireUninterruptibly();
          return running.decrementAndGet();
        };
    List<Future<Integer>> asked = new ArrayList<>();
    try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        asked.add(askers.submit(() -> runner.run(task, TIMEOUT, true)));
      }
      try {
        awaitPlacesTaken(4);
        assertThatThrownBy(() -> runner.run(task, Duration.ofMillis(20), true))
            .isInstanceOf(ApiException.class)
            .hasMessage("query timed out in query queue");
      } finally {
        goOn.release(1_000);
      }
      for (Future<Integer> one : asked) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isZero();
      }
    }
    assertThat(most).hasValue(1);
    assertThat(memory.heldBytes()).isZero();
  }

  @Test
  void aLightOneRunsWhereItIsAskedUnlessThatThreadIsVirtual() throws Exception {
    QueryRunner.Task<Thread> task = (_, _) -> Thread.currentThread();
    assertThat(runner.run(task, TIMEOUT, false)).isSameAs(Thread.currentThread());
    assertThat(runner.run(task, TIMEOUT, true)).isNotSameAs(Thread.currentThread());
    try (ExecutorService asker = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(asker.submit(() -> runner.run(task, TIMEOUT, false)).get().isVirtual()).isFalse();
    }
    QueryRunner.Task<Thread> failing =
        (_, _) -> {
          throw new QueryException(QueryException.Kind.EXECUTION, "on purpose");
        };
    assertThatThrownBy(() -> runner.run(failing, TIMEOUT, false))
        .isInstanceOf(QueryException.class)
        .hasMessage("on purpose");
  }

  @Test
  void whereverTheyAreAskedAsManyLightOnesRunAsThereAreCores() throws Exception {
    Semaphore goOn = new Semaphore(0);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    QueryRunner.Task<Integer> task =
        (_, _) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          goOn.acquireUninterruptibly();
          return running.decrementAndGet();
        };
    List<Future<Integer>> asked = new ArrayList<>();
    try (ExecutorService here =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("asker-", 0).factory());
        ExecutorService elsewhere = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        asked.add((i % 2 == 0 ? here : elsewhere).submit(() -> runner.run(task, TIMEOUT, false)));
      }
      awaitPlacesTaken(4);
      goOn.release(1_000);
      for (Future<Integer> one : asked) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(most).hasValueBetween(1, 2);
  }

  @Test
  void whoMustNotWaitGetsAnAnswerAtOnceOrNone() throws Exception {
    assertThat(AtHand.<Integer>during(() -> runner.run((_, _) -> 1, TIMEOUT, false))).isOne();
    assertNotAtHand((_, _) -> 1, true);
    QueryRunner.Task<Integer> late = failing(QueryException.Kind.TIMEOUT);
    assertThatThrownBy(() -> runner.run(late, TIMEOUT, false)).hasMessage("on purpose");
    assertNotAtHand(late, false);
    QueryRunner.Task<Integer> wrong = failing(QueryException.Kind.EXECUTION);
    assertThatThrownBy(() -> AtHand.during(() -> runner.run(wrong, TIMEOUT, false)))
        .as("that is an answer")
        .hasMessage("on purpose");
    for (boolean heavy : new boolean[] {false, true}) { // two cores, then all places
      int many = heavy ? 4 : 2;
      CountDownLatch begun = new CountDownLatch(heavy ? 1 : 2);
      Semaphore goOn = new Semaphore(0);
      QueryRunner.Task<Integer> waiting =
          (_, _) -> {
            begun.countDown();
            goOn.acquireUninterruptibly();
            return 1;
          };
      try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < many; i++) {
          var _ = askers.submit(() -> runner.run(waiting, TIMEOUT, heavy));
        }
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        awaitPlacesTaken(many);
        assertNotAtHand((_, _) -> 1, false);
        goOn.release(many);
      }
    }
    assertThat(memory.heldBytes()).isZero();
    assertThat(runner.clientQueries()).as("what is asked again counts once").isEqualTo(3 + 2 + 4);
    assertThat(runner.clientsWait()).isFalse();
  }

  private static QueryRunner.Task<Integer> failing(QueryException.Kind kind) {
    return (_, _) -> {
      throw new QueryException(kind, "on purpose");
    };
  }

  private void assertNotAtHand(QueryRunner.Task<Integer> task, boolean isHeavy) {
    assertThatThrownBy(() -> AtHand.during(() -> runner.run(task, TIMEOUT, isHeavy)))
        .isInstanceOf(NotAtHandException.class);
  }

  @Test
  void anInstantQueryIsHeavyByTheStepsOfItsSubquery() throws Exception {
    assertThat(QueryRunner.isHeavy(engine.instant("max_over_time(m[25m:1s])", 0))).isFalse();
    assertThat(QueryRunner.isHeavy(engine.instant("max_over_time(m[26m:1s])", 0))).isTrue();
    runner.run(engine.instant("max_over_time(m[26m:1s])", 0), TIMEOUT);
    assertThat(metrics.expose())
        .contains("trivigil_query_duration_seconds_count{weight=\"heavy\"} 1");
  }

  private void awaitPlacesTaken(int count) {
    String line = "\nprometheus_engine_queries " + count + "\n";
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!metrics.expose().contains(line)) {
      assertThat(System.nanoTime()).as(metrics.expose()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
