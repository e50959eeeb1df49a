package io.trivigil.web.warmup;

import io.trivigil.model.metric.Metrics;
import io.trivigil.promql.Querier;
import io.trivigil.web.http.Practice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks this node's own HTTP what dashboards ask, from when it has caught up until that is as quick
/// as it gets or the limits are reached: see [WarmUpPace]. In each round every question gets the
/// same time. [#start] begins on a thread of its own; [#close] ends it.
public final class WarmUp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /// How often it looks for samples while there are none.
  private static final Duration NO_SAMPLES = Duration.ofSeconds(5);

  private static final int OK = 200;
  private static final int MOST_FAILURES = 3;

  private final WarmUpPace pace;
  private final WarmUpLimits limits;
  private final Surroundings around;
  private final LongSupplier nanoTicker;
  private final Metrics.Counter asked;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean runs;
  private volatile double spentSeconds;

  // The thread's own, as are the next:
  private List<String> questions = List.of();
  private long[] spentNanos = {}; // elapsed, of each question
  private int at; // in this round
  private int round;
  private int failures; // in a row
  private @Nullable Loopback client;
  private final Idleness idleness;
  private long lookedNanos; // when there were no samples
  private boolean looked;

  /// What the node tells, on any thread.
  public interface Surroundings {
    boolean ready();

    /// How many queries clients have begun.
    long clientQueries();

    /// Whether a client waits for an answer to a query.
    boolean clientsWait();

    /// Processor time of this process, ns.
    long cpuNanos();

    /// Processor time of all of the machine, ns; [#cpuNanos] where it is not told.
    long machineNanos();

    /// How many processors the machine has.
    int processors();

    /// What its compilers took of that, ns; as elapsed time, which is more.
    long compilerNanos();

    /// Reads the store, as a query does.
    <T> T read(Function<Querier, T> reader) throws InterruptedException;

    /// Now, epoch ms.
    long nowMs();

    /// Where HTTP listens.
    String host();

    int port();

    /// What all paths begin with.
    String prefix();

    Practice practice();
  }

  public WarmUp(
      WarmUpLimits limits,
      Surroundings around,
      Metrics metrics,
      LongSupplier nanoTicker,
      RandomGenerator random) {
    this.limits = limits;
    this.pace = new WarmUpPace(limits, around.processors(), random);
    this.around = around;
    this.idleness = new Idleness(limits.busyCores());
    this.nanoTicker = nanoTicker;
    metrics.gauge(
        "trivigil_warm_up_running", "Whether the node practises queries.", () -> runs ? 1 : 0);
    metrics.gauge(
        "trivigil_warm_up_cpu_max_seconds",
        "Processor time that the node may take to practise queries after its start.",
        () -> limits.cpu().toMillis() / 1e3);
    metrics.counterOf(
        "trivigil_warm_up_cpu_seconds_total",
        "Processor time of the process while it practised queries.",
        () -> spentSeconds);
    asked =
        metrics.counter(
            "trivigil_warm_up_questions_total", "Questions that the node asked itself.");
  }

  /// Begins, unless the limits say none.
  public void start() {
    if (limits.cpu().isPositive()) {
      runs = true;
      Thread.ofPlatform().daemon().name("warm-up").start(this::run);
    }
  }

  private void run() {
    try {
      String reason = "stopped";
      boolean goesOn = true;
      while (goesOn) {
        WarmUpPace.Step step = pace.next(sight());
        spentSeconds = pace.spent().toNanos() / 1e9;
        switch (step) {
          case WarmUpPace.Step.Wait(Duration time) -> goesOn = !stopsWithin(time);
          case WarmUpPace.Step.Ask _ -> goesOn = ask();
          case WarmUpPace.Step.End(var why) -> {
            reason = why.toString().toLowerCase(java.util.Locale.ROOT);
            goesOn = false;
          }
        }
      }
      LOG.info(
          "queries were practised reason={} questions={} rounds={} cpu_ms={}",
          reason,
          (long) asked.value(),
          round,
          pace.spent().toMillis());
    } catch (IOException | RuntimeException e) {
      LOG.info("queries are not practised any more reason=\"{}\"", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      runs = false;
      disconnect();
    }
  }

  private WarmUpPace.Sight sight() throws InterruptedException {
    return new WarmUpPace.Sight(
        nanoTicker.getAsLong(),
        around.cpuNanos(),
        around.machineNanos(),
        around.compilerNanos(),
        around.ready() && hasQuestions(),
        around.clientQueries(),
        around.clientsWait());
  }

  private boolean stopsWithin(Duration time) throws InterruptedException {
    return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Asks the next question of the round for as long as it is its turn. Returns whether to go on.
  private boolean ask() throws IOException {
    long turnEnds = (round + 1L) * limits.slice().toNanos();
    long clients = around.clientQueries();
    while (spentNanos[at] < turnEnds && around.clientQueries() == clients) {
      long start = nanoTicker.getAsLong();
      boolean answered = answered(questions.get(at));
      spentNanos[at] += nanoTicker.getAsLong() - start;
      if (!answered) {
        spentNanos[at] = Long.MAX_VALUE; // it is not asked again
      }
    }
    at++;
    if (at == questions.size()) {
      at = 0;
      round++;
      pace.roundEnds();
    }
    return closed.getCount() > 0;
  }

  /// Whether there is something to ask about; looks for it now and then while there is not and the
  /// node has nothing else to do: a look reads the index.
  private boolean hasQuestions() throws InterruptedException {
    long now = nanoTicker.getAsLong();
    if (!questions.isEmpty()) {
      return true;
    }
    boolean idle = idleness.since(now, around.cpuNanos());
    if (!idle || (looked && now - lookedNanos < NO_SAMPLES.toNanos())) {
      return false;
    }
    looked = true;
    lookedNanos = now;
    Optional<Subject> subject =
        around
            .practice()
            .during(() -> around.read(querier -> Subject.find(querier, around.nowMs())));
    subject.ifPresent(
        found -> {
          questions = new ArrayList<>(Questions.about(found));
          spentNanos = new long[questions.size()];
        });
    return subject.isPresent();
  }

  private boolean answered(String question) throws IOException {
    asked.inc();
    try {
      int status = client().get(around.prefix() + question);
      failures = 0;
      if (status != OK) {
        LOG.debug("question is not asked again status={} path={}", status, question);
      }
      return status == OK;
    } catch (IOException e) {
      disconnect();
      if (++failures >= MOST_FAILURES) {
        throw e;
      }
      return false;
    }
  }

  private Loopback client() throws IOException {
    Loopback known = client;
    if (known == null) {
      known = Loopback.connect(around.host(), around.port(), around.practice().mark());
      client = known;
    }
    return known;
  }

  private void disconnect() {
    Loopback known = client;
    client = null;
    if (known != null) {
      try {
        known.close();
      } catch (IOException e) {
        LOG.debug("connection does not close reason={}", e.toString());
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
