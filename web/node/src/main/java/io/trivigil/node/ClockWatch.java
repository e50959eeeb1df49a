package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.MemberReport;
import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.raft.TrustedClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares this node's clock with the leader's, which dates every entry, and hands leadership over
/// where the leader's clock is the one that is off.
///
/// A follower sees an entry a little after it was dated, so the smallest distance of many is the
/// offset of the clocks plus the shortest latency. It reports a change of it through the log.
/// Thread-safe.
final class ClockWatch implements LeaderWork.Work, AutoCloseable {
  /// A leader whose clock is further off the median of all members than this hands over, ms.
  static final long LIMIT_MS = 500;

  /// Smaller changes are not reported, ms.
  static final long REPORT_STEP_MS = 100;

  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final long NOTHING_SEEN = Long.MAX_VALUE;
  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

  private final String self;
  private final InstantSource clock; // this machine's own
  private final InstantSource dating; // what this node dates entries with
  private final ConfigMachine members;
  private final Configs configs;
  private final AtomicLong smallestMs = new AtomicLong(NOTHING_SEEN);
  private final Turns turns = new Turns("clock");
  private volatile boolean leading;
  private volatile @Nullable ReplicatedLog log; // set once
  private volatile @Nullable Readiness readiness; // set once
  private volatile long measuredMs;
  private long lastSeenMs = NOTHING_SEEN; // owned by the thread, as the next
  private long reportedMs; // owned by the thread
  private String reportedAgainst = "";

  ClockWatch(
      String self, InstantSource clock, ConfigMachine members, Configs configs, Metrics metrics) {
    this.self = self;
    this.clock = TrustedClock.wallOf(clock);
    this.dating = clock;
    this.members = members;
    this.configs = configs;
    metrics.gauge(
        "trivigil_clock_offset_seconds",
        "How far this node's wall clock is ahead of the time that the leader dates entries with.",
        () -> (leading ? ownMs() : measuredMs) / 1000.0);
    if (clock instanceof TrustedClock trusted) {
      metrics.counterOf(
          "trivigil_clock_steps_total",
          "How often this node's time was set, because its wall clock had stepped.",
          () -> (double) trusted.steps());
    }
  }

  void start(ReplicatedLog of, Readiness fresh) {
    log = of;
    readiness = fresh;
    Future<?> _ = turns.every(PERIOD, PERIOD, this::look);
  }

  /// An entry of this log time was applied just now.
  void onApplied(long logTimeMs) {
    if (!leading) {
      smallestMs.accumulateAndGet(clock.millis() - logTimeMs, Math::min);
    }
  }

  @Override
  public void start(long term) {
    leading = true;
  }

  @Override
  public void stop() {
    leading = false;
  }

  private void look() {
    ReplicatedLog of = log;
    Readiness fresh = readiness;
    if (of == null || fresh == null) {
      return;
    }
    long seenMs = smallestMs.getAndSet(NOTHING_SEEN);
    LogStatus status = of.status();
    if (leading) {
      handOverIfOff(of, status);
    } else if (seenMs != NOTHING_SEEN && fresh.caughtUp() && !status.leaderId().isEmpty()) {
      // One busy period alone says nothing: its shortest latency was long.
      long steadyMs = Math.min(seenMs, lastSeenMs);
      if (lastSeenMs != NOTHING_SEEN) {
        measuredMs = steadyMs;
        report(steadyMs, status.leaderId());
      }
      lastSeenMs = seenMs;
    }
  }

  private void report(long offsetMs, String leaderId) {
    boolean changed = Math.abs(offsetMs - reportedMs) >= REPORT_STEP_MS;
    boolean other = !leaderId.equals(reportedAgainst) && (changed || reportedMs != 0);
    if (changed || other) {
      reportedMs = Math.abs(offsetMs) < REPORT_STEP_MS ? 0 : offsetMs;
      reportedAgainst = leaderId;
      configs.reportClock(reportedMs, leaderId);
    }
  }

  private void handOverIfOff(ReplicatedLog of, LogStatus status) {
    Map<String, Long> offsets = offsets(status, members.view().reports(), self, ownMs());
    heir(offsets, self)
        .ifPresent(
            heir -> {
              LOG.warn(
                  "this leader's clock is off, leadership is handed over offsets_ms={} to={}",
                  offsets,
                  heir);
              var _ =
                  of.transferLeadership(heir)
                      .thenAccept(done -> LOG.info("handed over done={}", done));
            });
  }

  /// How far the leader's own wall clock is ahead of what it dates entries with, ms.
  private long ownMs() {
    return clock.millis() - dating.millis();
  }

  /// How far each voting member's clock is ahead of what the leader dates entries with, ms.
  ///
  /// @param ownMs the leader's own
  static Map<String, Long> offsets(
      LogStatus status, Map<String, MemberReport> reports, String leader, long ownMs) {
    Map<String, Long> offsets = new TreeMap<>();
    for (LogStatus.Member member : status.members()) {
      if (member.voting()) {
        MemberReport report = reports.get(member.id());
        boolean comparable =
            report != null && report.clockAgainst().equals(leader) && !member.id().equals(leader);
        long othersMs = report != null && comparable ? report.clockOffsetMs() : 0;
        offsets.put(member.id(), member.id().equals(leader) ? ownMs : othersMs);
      }
    }
    return offsets;
  }

  /// Who should lead instead: the member nearest the median, if the leader is too far off it.
  static Optional<String> heir(Map<String, Long> offsets, String leader) {
    List<Long> sorted = new ArrayList<>(offsets.values());
    sorted.sort(null);
    if (sorted.size() < 3) {
      return Optional.empty(); // of two clocks nobody can say which is off
    }
    long medianMs = sorted.get(sorted.size() / 2);
    if (Math.abs(medianMs - offsets.getOrDefault(leader, 0L)) <= LIMIT_MS) {
      return Optional.empty();
    }
    return offsets.entrySet().stream()
        .filter(member -> !member.getKey().equals(leader))
        .min(
            (a, b) ->
                Long.compare(Math.abs(a.getValue() - medianMs), Math.abs(b.getValue() - medianMs)))
        .map(Map.Entry::getKey);
  }

  @Override
  public void close() {
    turns.close();
  }
}
