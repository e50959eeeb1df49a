package io.trivigil.scraper.loop;

import io.trivigil.model.Labels;
import io.trivigil.model.PromDuration;
import io.trivigil.scraper.discovery.Target;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.state.ScrapeAnswer;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.scraper.state.TargetMachine;
import io.trivigil.scraper.state.TargetState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Scrapes one target for as long as this node leads and the target is wanted. Confined to the
/// thread that calls [#run]; an interrupt ends it.
final class TargetLoop implements Runnable {
  /// How long a proposal that was turned away waits before it is made again, ms.
  static final long RETRY_MS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(TargetLoop.class);

  /// What all loops of a term share.
  ///
  /// @param fetching permits for concurrent fetches
  /// @param inFlight permits for bytes of bodies
  record Shared(
      TargetMachine machine,
      Fetcher fetcher,
      CommandLog log,
      Pacer pacer,
      ScrapeCapacity capacity,
      ScrapeMetrics metrics,
      Semaphore fetching,
      Semaphore inFlight) {}

  private final Target target;
  private final long term;
  private final Schedule schedule;
  private final Shared shared;
  private final ScrapeReader reader;
  private final List<SeriesEntry> reportEntries = new ArrayList<>();
  private long lastSlotMs;
  private boolean known;
  private boolean deposed;
  private long lastStartNanos;
  private boolean started;

  TargetLoop(Target target, long term, long seed, Shared shared) {
    this.target = target;
    this.term = term;
    this.shared = shared;
    this.schedule = Schedule.of(target.key(), seed, target.interval().toMillis());
    this.reader = new ScrapeReader(target);
    boolean extra = target.config().extraScrapeMetrics();
    for (String name : extra ? ReportSeries.ALL : ReportSeries.ALWAYS) {
      Labels.Builder labels = target.labels().toBuilder();
      reportEntries.add(new SeriesEntry(labels.set(Labels.NAME, name).build()));
    }
    Optional<TargetState> state = shared.machine.target(target.key());
    known = state.isPresent();
    lastSlotMs = state.map(TargetState::slotMs).orElse(Long.MIN_VALUE);
  }

  @Override
  public void run() {
    try {
      while (!deposed && !Thread.currentThread().isInterrupted()) {
        long slotMs = nextSlot();
        shared.pacer.sleepUntil(slotMs);
        scrapeSafely(slotMs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void scrapeSafely(long slotMs) throws InterruptedException {
    try {
      scrape(slotMs);
    } catch (RuntimeException e) {
      // A mistake of ours costs this slot, and not the target's next ones.
      LOG.error("scrape failed by our own mistake target={} job={}", target.url(), target.job(), e);
      lastSlotMs = slotMs;
      known = true;
    }
  }

  /// The slot to scrape next: a missed one at once. A target that was never scraped waits for its
  /// first slot, so that a large configuration does not begin with a burst.
  long nextSlot() {
    long nowMs = shared.pacer.nowMs();
    return known ? schedule.next(nowMs, lastSlotMs) : schedule.after(nowMs - 1);
  }

  void scrape(long slotMs) throws InterruptedException {
    Scraped scraped;
    long scrapeMs;
    long durationNanos;
    shared.fetching.acquire();
    Fetcher.Fetched fetched;
    try {
      long nowMs = shared.pacer.nowMs();
      scrapeMs = schedule.timestamp(slotMs, nowMs);
      if (nowMs - slotMs > 1000) {
        shared.metrics.late.inc();
      }
      long startNanos = shared.pacer.nanoTime();
      countInterval(startNanos);
      fetched =
          target.refusal().isEmpty()
              ? shared.fetcher.fetch(target)
              : new Fetcher.Fetched.Failed(target.refusal(), false);
      durationNanos = Math.max(0, shared.pacer.nanoTime() - startNanos);
    } finally {
      shared.fetching.release();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    int bytes = bytes(fetched);
    shared.inFlight.acquire(bytes);
    try {
      scraped = read(fetched, scrapeMs);
      report(scraped, scrapeMs, durationNanos);
      lastSlotMs = slotMs;
      known = true;
      commit(scraped, slotMs, scrapeMs, durationNanos);
    } finally {
      shared.inFlight.release(bytes);
    }
  }

  private int bytes(Fetcher.Fetched fetched) {
    return fetched instanceof Fetcher.Fetched.Body(byte[] bytes, _)
        ? Math.min(bytes.length, shared.capacity.maxInFlightBytes())
        : 0;
  }

  private void countInterval(long startNanos) {
    if (started) {
      shared.metrics.interval(
          PromDuration.format(target.interval()), (startNanos - lastStartNanos) / 1e9);
    }
    started = true;
    lastStartNanos = startNanos;
  }

  private Scraped read(Fetcher.Fetched fetched, long scrapeMs) {
    return switch (fetched) {
      case Fetcher.Fetched.Body body -> {
        Scraped scraped = reader.read(body, scrapeMs);
        shared.metrics.outOfBounds(scraped.outOfBounds);
        if (scraped.error.equals("sample limit exceeded")) {
          shared.metrics.overSampleLimit.inc();
        }
        yield scraped;
      }
      case Fetcher.Fetched.Failed(String error, boolean tooLarge) -> {
        Scraped scraped = new Scraped();
        scraped.fail(error);
        scraped.bodyBytes = tooLarge ? -1 : 0;
        if (tooLarge) {
          shared.metrics.overBodyLimit.inc();
        }
        yield scraped;
      }
    };
  }

  private void report(Scraped scraped, long scrapeMs, long durationNanos) {
    double[] values = {
      scraped.error.isEmpty() ? 1 : 0,
      durationNanos / 1e9,
      scraped.total,
      scraped.kept,
      scraped.added,
      target.timeout().toMillis() / 1e3,
      target.config().limits().samples(),
      scraped.bodyBytes
    };
    for (int i = 0; i < reportEntries.size(); i++) {
      scraped.report.add(reportEntries.get(i), values[i], scrapeMs);
    }
  }

  private void commit(Scraped scraped, long slotMs, long scrapeMs, long durationNanos)
      throws InterruptedException {
    long untilMs = slotMs + target.interval().toMillis();
    while (!deposed) {
      Scraped.Prepared prepared = scraped.prepare();
      byte[] command = command(scraped, prepared, slotMs, scrapeMs, durationNanos);
      if (command.length > shared.capacity.maxCommandBytes() && scraped.error.isEmpty()) {
        scraped.fail(
            "scrape is too large to commit: bytes=%d limit=%d"
                .formatted(command.length, shared.capacity.maxCommandBytes()));
        scraped.report.setFirst(0);
        continue;
      }
      long startNanos = shared.pacer.nanoTime();
      if (settled(propose(command), scraped, prepared)) {
        shared.metrics.commitSeconds.observe((shared.pacer.nanoTime() - startNanos) / 1e9);
        return;
      }
      if (!deposed && shared.pacer.nowMs() >= untilMs) {
        shared.metrics.dropped.inc();
        return;
      }
    }
  }

  private CommandLog.Proposed propose(byte[] command) throws InterruptedException {
    try {
      return shared.log.propose(term, command).get();
    } catch (ExecutionException e) {
      return new CommandLog.Proposed.Unknown(String.valueOf(e.getMessage()));
    }
  }

  private boolean settled(CommandLog.Proposed proposed, Scraped scraped, Scraped.Prepared prepared)
      throws InterruptedException {
    switch (proposed) {
      case CommandLog.Proposed.Applied(byte[] answer) -> {
        return understood(ScrapeAnswer.decode(answer), scraped, prepared);
      }
      case CommandLog.Proposed.Deposed _ -> {
        deposed = true;
        return false;
      }
      case CommandLog.Proposed.Rejected _, CommandLog.Proposed.Unknown _ -> {
        shared.pacer.sleepUntil(shared.pacer.nowMs() + RETRY_MS);
        return false;
      }
    }
  }

  private boolean understood(ScrapeAnswer answer, Scraped scraped, Scraped.Prepared prepared) {
    switch (answer) {
      case ScrapeAnswer.Applied(List<Long> refs, var leftOut) -> {
        for (int i = 0; i < Math.min(refs.size(), prepared.labelled().size()); i++) {
          prepared.labelled().get(i).ref = refs.get(i);
        }
        shared.metrics.leftOut(leftOut);
        if (!scraped.exemplars.isEmpty()) {
          shared.log.exemplars(term, List.copyOf(scraped.exemplars));
        }
        return true;
      }
      case ScrapeAnswer.Refused(String reason) -> {
        // The slot was taken: by our own proposal whose fate was unknown, or by another leader.
        LOG.debug("scrape refused target={} reason={}", target.url(), reason);
        shared
            .machine
            .target(target.key())
            .ifPresent(state -> lastSlotMs = Math.max(lastSlotMs, state.slotMs()));
        return true;
      }
      case ScrapeAnswer.UnknownRefs(List<Long> refs) -> {
        scraped.forget(refs);
        return false;
      }
    }
  }

  private byte[] command(
      Scraped scraped, Scraped.Prepared prepared, long slotMs, long scrapeMs, long durationNanos) {
    return new ScrapeCommand.Batch(
            target.key(),
            target.job(),
            target.interval().toMillis(),
            slotMs,
            scrapeMs,
            scraped.error.isEmpty(),
            scraped.error,
            durationNanos,
            scraped.tracked.size(),
            scraped.report.size(),
            changed(scraped.metadata),
            prepared.samples())
        .encode();
  }

  /// The families whose metadata the replicated state does not have yet.
  private SortedMap<String, FamilyMeta> changed(SortedMap<String, FamilyMeta> now) {
    SortedMap<String, FamilyMeta> before = shared.machine.metadata(target.key());
    SortedMap<String, FamilyMeta> changed = new TreeMap<>();
    for (Map.Entry<String, FamilyMeta> family : now.entrySet()) {
      if (!family.getValue().equals(before.get(family.getKey()))) {
        changed.put(family.getKey(), family.getValue());
      }
    }
    return changed;
  }
}
