package io.trivigil.web.prometheus;

import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.QueryException;
import io.trivigil.promql.QueryMemory;
import io.trivigil.promql.QuerySource;
import io.trivigil.promql.Result;
import io.trivigil.promql.engine.Query;
import io.trivigil.raft.LogStatus;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.AtHand;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Held;
import io.trivigil.web.http.Practice;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Runs queries off the virtual threads, for the store's native calls hold their carrier: light
/// ones on a few threads of their own, or on the caller's where that is one of the platform, heavy
/// ones on at most half the cores, so that they can not cost an election. A query that reads much
/// is helped while there are cores to spare. Thread-safe; [#close] ends the threads.
public final class QueryRunner implements AutoCloseable {
  /// A query counts as heavy with more steps than these, its own or a subquery's.
  static final int HEAVY_STEPS = 1_500;

  private static final double[] SECONDS = {.001, .005, .02, .1, .4, 1, 3, 8, 20, 60, 120};

  private final Backend backend;
  private final Semaphore permits;
  private final Semaphore lightPlaces; // light ones that run, wherever
  private final ExecutorService light;
  private final ExecutorService heavy;
  private final QueryHelpers helpers;
  private final QueryMemory memory;
  private final LongSupplier nanoTicker;
  private final Map<Boolean, Metrics.Histogram> durations = new ConcurrentHashMap<>(); // by weight
  private final AtomicLong clientQueries = new AtomicLong();
  private final AtomicInteger waitingClients = new AtomicInteger();

  /// @param concurrency queries that may run or wait at one time
  /// @param cores processors of this host
  public QueryRunner(
      Backend backend, int concurrency, int cores, QueryMemory memory, LongSupplier nanoTicker) {
    this.backend = backend;
    this.memory = memory;
    this.permits = new Semaphore(concurrency, true);
    int most = Math.max(2, cores);
    this.lightPlaces = new Semaphore(most);
    this.light = Executors.newFixedThreadPool(most, named("query-light-"));
    this.heavy = Executors.newFixedThreadPool(Math.max(1, cores / 2), named("query-heavy-"));
    this.nanoTicker = nanoTicker;
    Metrics metrics = backend.metrics();
    this.helpers = new QueryHelpers(cores, () -> writesWait(backend.log()), metrics, nanoTicker);
    metrics.gauge(
        "prometheus_engine_queries_concurrent_max",
        "Queries that may run at one time.",
        () -> concurrency);
    metrics.gauge(
        "prometheus_engine_queries",
        "Queries that run or wait.",
        () -> (double) concurrency - permits.availablePermits());
    metrics.gauge(
        "trivigil_query_memory_max_bytes",
        "Memory that queries may hold together.",
        memory::maxBytes);
    metrics.gauge("trivigil_query_memory_bytes", "Memory that queries hold.", memory::heldBytes);
    metrics.counterOf(
        "trivigil_query_memory_refused_total",
        "Queries that were ended because they wanted too much memory.",
        memory::refused);
  }

  private static boolean writesWait(LogStatus log) {
    return log.committedIndex() > log.appliedIndex();
  }

  private static ThreadFactory named(String prefix) {
    return Thread.ofPlatform().daemon().name(prefix, 0).factory();
  }

  /// What is to be done with a view of the samples, within limits.
  @FunctionalInterface
  interface Task<T> {
    T run(Querier querier, QueryContext context);
  }

  /// Runs a query over the newest state.
  ///
  /// @throws QueryException if it fails or takes too long
  Result run(Query query, Duration timeout) throws InterruptedException {
    return run(query, timeout, false);
  }

  /// The same; counts the samples of each step if that is wanted.
  Result run(Query query, Duration timeout, boolean countSteps) throws InterruptedException {
    Task<Result> task =
        (querier, context) -> {
          if (countSteps) {
            context.countSteps();
          }
          return query.run(querier, context);
        };
    return run(task, timeout, isHeavy(query));
  }

  static boolean isHeavy(Query query) {
    return query.steps() > HEAVY_STEPS;
  }

  /// Runs a task over the newest state. The memory of what it returns stays accounted for until the
  /// answer has been written.
  ///
  /// @throws QueryException if it fails or takes too long
  <T> T run(Task<T> task, Duration timeout, boolean isHeavy) throws InterruptedException {
    if (isHeavy) {
      AtHand.refuse();
    }
    QueryContext context = backend.engine().context(nanoTicker, atMost(timeout));
    if (!AtHand.isOn()) {
      context.letHelp(helpers);
    }
    context.limit(memory);
    // The task ends its context unless it hands over a result, and then he who waits for it does:
    // of the two, whoever comes second.
    AtomicBoolean settled = new AtomicBoolean();
    Runnable settle =
        () -> {
          if (!settled.compareAndSet(false, true)) {
            context.end();
          }
        };
    try {
      return call(
          () -> {
            helpers.begin();
            try (Querier querier = open()) {
              return task.run(querier, context);
            } catch (Throwable e) {
              context.end();
              throw e;
            } finally {
              helpers.end();
              settle.run();
            }
          },
          context,
          timeout,
          isHeavy);
    } finally {
      Held.untilWritten(settle);
    }
  }

  private static Duration atMost(Duration timeout) {
    return AtHand.isOn() && timeout.compareTo(AtHand.MOST_TIME) > 0 ? AtHand.MOST_TIME : timeout;
  }

  private Querier open() {
    QuerySource samples = backend.queries();
    return AtHand.isOn() ? samples.openAtHand() : samples.open();
  }

  /// Reads labels and series.
  public <T> T read(java.util.function.Function<Querier, T> reader) throws InterruptedException {
    Duration timeout = backend.engine().options().timeout();
    return call(
        () -> {
          try (Querier querier = open()) {
            return reader.apply(querier);
          }
        },
        backend.engine().context(nanoTicker),
        timeout,
        false);
  }

  /// How many queries and reads of labels clients have begun.
  public long clientQueries() {
    return clientQueries.get();
  }

  /// Whether a client waits for one of them.
  public boolean clientsWait() {
    return waitingClients.get() > 0;
  }

  private <T> T call(Callable<T> task, QueryContext context, Duration timeout, boolean isHeavy)
      throws InterruptedException {
    if (Practice.isOn()) {
      return limited(task, context, timeout, isHeavy);
    }
    clientQueries.incrementAndGet();
    waitingClients.incrementAndGet();
    long start = nanoTicker.getAsLong();
    boolean asksAgain = false;
    try {
      return limited(task, context, timeout, isHeavy);
    } catch (NotAtHandException e) {
      asksAgain = true;
      throw e;
    } finally {
      waitingClients.decrementAndGet();
      if (asksAgain) {
        clientQueries.decrementAndGet();
      } else {
        durations
            .computeIfAbsent(isHeavy, this::durations)
            .observe((nanoTicker.getAsLong() - start) / 1e9);
      }
    }
  }

  private Metrics.Histogram durations(boolean isHeavy) {
    return backend
        .metrics()
        .histogram(
            "trivigil_query_duration_seconds",
            "How long queries took.",
            SECONDS,
            "weight",
            isHeavy ? "heavy" : "light");
  }

  private <T> T limited(Callable<T> task, QueryContext context, Duration timeout, boolean isHeavy)
      throws InterruptedException {
    if (!permits.tryAcquire(AtHand.isOn() ? 0 : timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      AtHand.refuse();
      throw new ApiException(ApiException.Type.TIMEOUT, "query timed out in query queue");
    }
    try (Departure.Watch _ = Departure.watch(context::cancel)) {
      return isHeavy ? heavy.submit(task).get() : light(task);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof QueryException late
          && late.kind() == QueryException.Kind.TIMEOUT) {
        AtHand.refuse();
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("query failed", e.getCause());
    } catch (InterruptedException e) {
      context.cancel();
      throw e;
    } finally {
      permits.release();
    }
  }

  /// Runs a light task here where a thread may and there is a place, else on a thread of its own.
  private <T> T light(Callable<T> task) throws InterruptedException, ExecutionException {
    if (Thread.currentThread().isVirtual() || !lightPlaces.tryAcquire()) {
      AtHand.refuse();
      return light.submit(() -> inPlace(task)).get();
    }
    try {
      return task.call();
    } catch (Exception | Error e) {
      throw new ExecutionException(e);
    } finally {
      lightPlaces.release();
    }
  }

  private <T> T inPlace(Callable<T> task) throws Exception {
    lightPlaces.acquire();
    try {
      return task.call();
    } finally {
      lightPlaces.release();
    }
  }

  @Override
  public void close() {
    light.shutdownNow();
    heavy.shutdownNow();
    helpers.close();
  }
}
