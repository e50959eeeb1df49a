package io.trivigil.node.failopen;

import io.trivigil.alertmanager.dispatch.QuorumNotice;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.model.Labels;
import io.trivigil.model.metric.Metrics;
import io.trivigil.node.failopen.FailOpenCore.Decision;
import io.trivigil.node.failopen.FailOpenCore.Round;
import io.trivigil.node.failopen.FailOpenCore.Tell;
import io.trivigil.node.failopen.FailOpenCore.Verdict;
import io.trivigil.scraper.state.TargetState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches whether there is a quorum, and has the node go on alone while there is none.
///
/// Thread-safe. All work runs on one of the [io.trivigil.model.work.Workers]; [#leaderHeard]
/// silences everything before it returns.
public final class FailOpen implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FailOpen.class);
  private static final long PERIOD_MS = 200;

  /// How long outcomes of requests are awaited that were under way when a leader was heard, ms:
  /// longer than a request may take.
  private static final long LATE_MS = 90_000;

  /// Whether there is a quorum, and what this node does if not.
  public enum State {
    QUORUM(0),
    NO_QUORUM(1),
    FAIL_OPEN(2);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /// The value of the metric.
    public int code() {
      return code;
    }
  }

  /// What the world may know.
  ///
  /// @param sinceMs since when there is no quorum, wall time; 0 while there is one
  /// @param isolated whether most targets vanished together with the quorum
  /// @param speaks whether this node sends what is to be sent, and no other that it sees
  public record Status(State state, long sinceMs, boolean isolated, boolean speaks) {
    static final Status QUORUM = new Status(State.QUORUM, 0, false, false);

    /// Whether members with a higher id may leave the word to this node. One that is probably cut
    /// off says nothing but its notice, so it speaks for nobody else.
    public boolean speaksForOthers() {
      return state == State.FAIL_OPEN && !isolated;
    }
  }

  /// One time without a quorum.
  private record Episode(LocalState state, LocalWork work, long openedMs) {}

  private record Ended(LocalState state, long closedMs, long untilMs) {}

  private final FailOpenSettings settings;
  private final FailOpenParts parts;
  private final FailOpenCore core;
  private final Merger merger;
  private final Semaphore news = new Semaphore(0); // a permit wakes the thread
  private final Thread thread;
  private final Object lock = new Object(); // guards that the next two go together
  private volatile boolean leader = true; // nothing is done before the first look
  private long heard; // how often a leader was heard
  private volatile Status status = Status.QUORUM;
  private volatile LocalBuffer.Fill fill = new LocalBuffer.Fill(0, 0, 0, 0, 0);
  private final AtomicLong droppedSlots = new AtomicLong();
  private final Metrics.Counter delivered;
  private volatile @Nullable Episode episode; // set by the thread
  private @Nullable Ended ended; // owned by the thread

  public FailOpen(FailOpenSettings settings, FailOpenParts parts) {
    this.settings = settings;
    this.parts = parts;
    this.core = new FailOpenCore(parts.tools().node(), settings);
    this.merger =
        new Merger(
            parts.tools().node(),
            parts.log(),
            settings.merging(),
            target ->
                parts
                    .base()
                    .targets()
                    .target(target)
                    .map(TargetState::slotMs)
                    .orElse(Long.MIN_VALUE),
            parts.tools().pacer());
    this.thread = parts.tools().pacer().workers().thread("fail-open", this::run);
    this.delivered =
        parts
            .tools()
            .metrics()
            .counter("trivigil_fail_open_told_total", "Notifications delivered without a quorum.");
    register(parts.tools().metrics());
  }

  private void register(Metrics metrics) {
    metrics.gauge(
        "trivigil_fail_open_state",
        "0 while there is a quorum, 1 without one, 2 while this node works on its own.",
        () -> status.state().code());
    metrics.gauge(
        "trivigil_fail_open_isolated",
        "Whether most targets vanished together with the quorum.",
        () -> status.isolated() ? 1 : 0);
    metrics.gauge(
        "trivigil_fail_open_buffer_bytes",
        "Bytes collected without a quorum.",
        () -> (double) fill.bytes());
    metrics.gauge(
        "trivigil_fail_open_buffer_limit_bytes",
        "The most that is collected without a quorum.",
        () -> (double) settings.bufferBytes());
    metrics.gauge(
        "trivigil_fail_open_buffer_samples",
        "Samples collected without a quorum.",
        () -> (double) fill.samples());
    metrics.counterOf(
        "trivigil_fail_open_buffer_dropped_slots_total",
        "Scrapes dropped because the buffer was full.",
        () -> (double) (droppedSlots.get() + fill.droppedSlots()));
    metrics.counterOf(
        "trivigil_fail_open_merged_slots_total",
        "Scrapes of a time without a quorum that entered the log.",
        () -> (double) merger.mergedSlots());
    metrics.gauge(
        "trivigil_fail_open_merge_wait_limit_seconds",
        "The longest that a new leader waits for what nodes took alone.",
        () -> settings.merging().limit().toMillis() / 1e3);
    metrics.gauge(
        "trivigil_fail_open_merging_slots",
        "Scrapes of a time without a quorum that are still to enter the log.",
        () -> (double) merger.waitingSlots());
    for (MergeLog.Left why : MergeLog.Left.values()) {
      metrics.counterOf(
          "trivigil_fail_open_left_slots_total",
          "Scrapes of a time without a quorum that did not enter the log.",
          () -> (double) merger.leftSlots(why),
          "reason",
          why.label());
    }
  }

  public void start() {
    merger.start();
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        var _ = parts.tools().pacer().workers().await(news, PERIOD_MS);
        step();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed; the thread ends here anyway
    }
  }

  public Status status() {
    return status;
  }

  /// A leader is heard: nothing is sent or decided here from now on. Returns at once.
  public void leaderHeard() {
    synchronized (lock) {
      heard++;
      leader = true;
    }
    news.release();
  }

  private long nowMs() {
    return parts.tools().clock().millis();
  }

  private void step() {
    try {
      long heardBefore = heardSoFar();
      QuorumView.Sight sight = parts.quorum().look();
      Episode now = episode;
      Round round = now == null ? Round.NONE : now.state().round();
      Decision decision =
          core.step(parts.tools().nanoTicker().getAsLong() / 1_000_000, sight, round);
      // A leader that was heard since the look is heard: the next step, already on its way, sees
      // it.
      if (silence(!decision.alone(), heardBefore)) {
        act(decision);
      }
      if (sight.leaderKnown() && merger.idle() && parts.mustReport().getAsBoolean()) {
        merger.nothing();
      }
      late();
    } catch (RuntimeException e) {
      LOG.error("failing open failed, will look again", e);
    }
  }

  private long heardSoFar() {
    synchronized (lock) {
      return heard;
    }
  }

  private boolean silence(boolean wanted, long heardBefore) {
    synchronized (lock) {
      boolean current = heard == heardBefore;
      leader = wanted || !current;
      return current || wanted;
    }
  }

  private void act(Decision decision) {
    if (!decision.alone()) {
      end();
      status =
          decision.lostMs() == 0
              ? Status.QUORUM
              : new Status(State.NO_QUORUM, nowMs() - decision.lostMs(), false, false);
      return;
    }
    boolean isolated = decision.verdict() == Verdict.ISOLATED;
    long sinceMs = nowMs() - decision.lostMs();
    Episode now = episode;
    if (now == null) {
      now = open(decision);
    }
    if (now == null) {
      status = new Status(State.NO_QUORUM, sinceMs, false, false);
      return;
    }
    status = new Status(State.FAIL_OPEN, sinceMs, isolated, decision.tell() != Tell.NOTHING);
    if (decision.tell() != Tell.NOTHING) {
      now.state().notice(nowMs(), noticeLabels(), noticeTexts(), sinceMs);
    }
    now.state().tell(decision.tell());
    if (decision.evaluate() && !now.work().evaluates()) {
      LOG.warn("without a quorum this node goes on alone: rules are evaluated here");
      now.work().evaluate();
    }
    now.work().stateChanged();
    fill = now.state().fill();
  }

  private @Nullable Episode open(Decision decision) {
    Optional<FailOpenParts.Config> config = parts.config().get();
    if (config.isEmpty()) {
      return null; // nothing was ever replicated here: there is nothing to watch
    }
    LOG.warn(
        "quorum lost, this node fails open lost_ms={} limit_ms={}",
        decision.lostMs(),
        settings.after().toMillis());
    LocalState state =
        new LocalState(
            parts.base(), config.get().number(), settings, merger.unsettled(), delivered);
    LocalWork work = new LocalWork(state, config.get(), parts.tools(), () -> !leader);
    Episode made = new Episode(state, work, nowMs());
    episode = made;
    work.start();
    return made;
  }

  private void end() {
    Episode over = episode;
    if (over == null) {
      return;
    }
    episode = null;
    long closedMs = nowMs();
    merger.begin();
    over.work().close();
    boolean trusted = over.work().evaluates();
    fill = over.state().fill();
    droppedSlots.addAndGet(fill.droppedSlots());
    List<Command> told = over.state().takeTold(closedMs);
    LOG.warn(
        "a leader is heard, this node no longer works alone open_ms={} told={} slots={} trusted={}",
        closedMs - over.openedMs(),
        told.size(),
        fill.slots(),
        trusted);
    merger.told(told);
    merger.merge(
        trusted ? Optional.of(over.state().merge()) : Optional.empty(),
        Map.of(
            MergeLog.Left.DROPPED,
            fill.droppedSlots(),
            MergeLog.Left.UNTRUSTED,
            trusted ? 0L : fill.slots()),
        over.openedMs(),
        closedMs,
        told.size());
    fill = new LocalBuffer.Fill(0, 0, 0, 0, 0);
    ended = new Ended(over.state(), closedMs, closedMs + LATE_MS);
  }

  /// Outcomes of requests that were under way when a leader was heard.
  private void late() {
    Ended last = ended;
    if (last != null) {
      List<Command> told = last.state().takeTold(last.closedMs());
      merger.told(told);
      ended = nowMs() > last.untilMs() ? null : last;
    }
  }

  private Labels noticeLabels() {
    return QuorumNotice.labels(parts.cluster(), parts.tools().node());
  }

  private Labels noticeTexts() {
    String node = parts.tools().node();
    return Labels.of(
        "description",
        "The nodes of cluster %s that %s can reach are no majority. %s scrapes, evaluates and notifies on its own; a notification may arrive twice. If most targets vanished with the quorum, %s is probably the one that is cut off and sends nothing but this."
            .formatted(parts.cluster(), node, node, node),
        "summary",
        "quorum lost, seen from " + node);
  }

  /// Ends it. What was not merged is lost with the process.
  @Override
  public void close() {
    leader = true;
    thread.interrupt();
    merger.close();
    Episode now = episode;
    if (now != null) {
      now.work().close();
    }
  }
}
