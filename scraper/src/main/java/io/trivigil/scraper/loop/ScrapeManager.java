package io.trivigil.scraper.loop;

import io.trivigil.model.metric.Metrics;
import io.trivigil.scraper.discovery.DerivedTargets;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.discovery.TargetDirectory;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import io.trivigil.scraper.state.TargetState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's work of scraping: begins with the term, ends at once when told.
///
/// It keeps one loop for each target that is wanted and ends the series of targets that are wanted
/// no longer. A change of configuration or of discovered groups leaves loops of unchanged targets
/// alone. [#start] and [#stop] may be called from any thread: a private lock guards the run.
public final class ScrapeManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScrapeManager.class);
  private static final Duration STOP_WAIT = Duration.ofSeconds(1);

  private final TargetMachine machine;
  private final TargetDirectory directory;
  private final TargetLoop.Shared shared;
  private final RandomGenerator random;
  private final Object lock = new Object();
  private volatile @Nullable Run run; // null while this node does not lead; set under the lock

  /// @param random makes the seed of the schedule, once in the life of a cluster
  public ScrapeManager(
      TargetMachine machine,
      TargetDirectory directory,
      Fetcher fetcher,
      CommandLog log,
      Pacer pacer,
      ScrapeCapacity capacity,
      Metrics metrics,
      RandomGenerator random) {
    this.machine = machine;
    this.directory = directory;
    this.random = random;
    this.shared =
        new TargetLoop.Shared(
            machine,
            fetcher,
            log,
            pacer,
            capacity,
            new ScrapeMetrics(metrics),
            new Semaphore(capacity.maxConcurrent(), true),
            new Semaphore(capacity.maxInFlightBytes(), true));
    metrics.gauge(
        "trivigil_scrape_fetching",
        "Scrapes that are fetching at the moment.",
        () -> capacity.maxConcurrent() - shared.fetching().availablePermits());
    metrics.gauge(
        "trivigil_scrape_in_flight_bytes",
        "Bytes of bodies that are being read or committed.",
        () -> capacity.maxInFlightBytes() - shared.inFlight().availablePermits());
    directory.onChange(this::changed);
  }

  /// Begins scraping in `term`; an earlier term's work ends first.
  public void start(long term) {
    synchronized (lock) {
      stop();
      Run next = new Run(term);
      run = next;
      next.thread.start();
    }
  }

  /// Ends the work; returns when its threads have ended or after a second.
  public void stop() {
    synchronized (lock) {
      Run ending = run;
      run = null;
      if (ending != null) {
        ending.end();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }

  private void changed() {
    // Not under the lock: the applying thread tells of changes, and stop() may wait for a while.
    Run now = run;
    if (now != null) {
      now.signal.release();
    }
  }

  /// The work of one term.
  private final class Run implements Runnable {
    private record Running(Target target, Thread thread) {}

    private final long term;
    private final Thread thread;
    private final Semaphore signal = new Semaphore(1);
    private final Map<String, Running> loops = new ConcurrentHashMap<>();
    private volatile boolean ended;

    Run(long term) {
      this.term = term;
      this.thread = shared.pacer().workers().thread("scrape-manager", this);
    }

    @Override
    public void run() {
      try {
        long seed = seed();
        LOG.info("scraping began term={}", term);
        while (!ended) {
          long wakeMs = reconcile(seed);
          shared.pacer().await(signal, wakeMs);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        loops.values().forEach(loop -> loop.thread.interrupt());
      }
    }

    void end() {
      ended = true;
      thread.interrupt();
      try {
        shared.pacer().workers().join(thread, STOP_WAIT);
        for (Running loop : List.copyOf(loops.values())) {
          if (!shared.pacer().workers().join(loop.thread, STOP_WAIT)) {
            break; // interrupted like all others; a deposed leader's proposals are refused anyway
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      shared.metrics().loops.set(0);
      LOG.info("scraping ended term={}", term);
    }

    private long seed() throws InterruptedException {
      while (true) {
        OptionalLong seed = machine.seed();
        if (seed.isPresent()) {
          return seed.getAsLong();
        }
        propose(new ScrapeCommand.Seed(random.nextLong()));
        if (machine.seed().isEmpty()) {
          shared.pacer().sleepUntil(shared.pacer().nowMs() + TargetLoop.RETRY_MS);
        }
      }
    }

    private void propose(ScrapeCommand command) throws InterruptedException {
      try {
        CommandLog.Proposed outcome = shared.log().propose(term, command.encode()).get();
        LOG.debug("proposed command={} outcome={}", command, outcome);
      } catch (ExecutionException e) {
        LOG.warn("proposal failed command={}", command, e);
      }
    }

    /// Makes loops what the targets say; returns when to look again.
    private long reconcile(long seed) throws InterruptedException {
      long startNanos = shared.pacer().nanoTime();
      DerivedTargets derived = directory.current();
      stopUnwanted(derived);
      int started = startWanted(derived, seed);
      if (started > 0) {
        LOG.info("scrape targets reconciled targets={} started={}", loops.size(), started);
        double seconds = (shared.pacer().nanoTime() - startNanos) / 1e9;
        directory
            .config()
            .ifPresent(c -> c.jobs().forEach(j -> shared.metrics().synced(j.jobName(), seconds)));
        derived.failures().forEach(shared.metrics()::syncFailed);
      }
      shared.metrics().loops.set(loops.size());
      // Before the first configuration nothing is known to be unwanted.
      return directory.config().isPresent() ? endGone(derived) : shared.pacer().nowMs() + 60_000;
    }

    private void stopUnwanted(DerivedTargets derived) throws InterruptedException {
      List<Thread> stopped = new ArrayList<>();
      Iterator<Running> each = loops.values().iterator();
      while (each.hasNext()) {
        Running loop = each.next();
        Target wanted = derived.active().get(loop.target.key());
        boolean unchanged = wanted != null && loop.target.isScrapedLike(wanted);
        if (!unchanged || !loop.thread.isAlive()) {
          loop.thread.interrupt();
          stopped.add(loop.thread);
          each.remove();
        }
      }
      for (Thread thread : stopped) {
        shared.pacer().workers().join(thread, STOP_WAIT);
      }
    }

    private int startWanted(DerivedTargets derived, long seed) {
      int started = 0;
      for (Target target : derived.active().values()) {
        if (loops.containsKey(target.key())) {
          continue;
        }
        if (loops.size() >= shared.capacity().maxTargets()) {
          LOG.error(
              "too many targets, further ones are not scraped limit={}",
              shared.capacity().maxTargets());
          break;
        }
        Thread loop =
            shared
                .pacer()
                .workers()
                .start("scrape-" + target.job(), new TargetLoop(target, term, seed, shared));
        loops.put(target.key(), new Running(target, loop));
        started++;
      }
      return started;
    }

    /// Ends the series of targets that have been unwanted for a little over two intervals: until
    /// then they may come back, and a marker would only be in the way.
    private long endGone(DerivedTargets derived) throws InterruptedException {
      long nowMs = shared.pacer().nowMs();
      long wakeMs = nowMs + 60_000;
      for (TargetState state : machine.targets()) {
        if (derived.active().containsKey(state.key())) {
          continue;
        }
        long dueMs = state.scrapeMs() + state.intervalMs() * 21 / 10;
        if (dueMs <= nowMs) {
          propose(
              new ScrapeCommand.Gone(
                  state.key(), state.slotMs(), state.scrapeMs() + state.intervalMs()));
          // If that failed, it is tried again soon.
          wakeMs = Math.min(wakeMs, nowMs + 1000);
        } else {
          wakeMs = Math.min(wakeMs, dueMs);
        }
      }
      return wakeMs;
    }
  }
}
