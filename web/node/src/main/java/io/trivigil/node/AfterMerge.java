package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.model.work.Workers;
import io.trivigil.node.failopen.FailOpenMachine;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.node.failopen.FailOpenMachine.Merging;
import io.trivigil.node.failopen.MergeSettings;
import io.trivigil.raft.PeerSight;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work of the leader that begins only when the nodes that may have worked without a quorum have
/// merged what they did: at once where the log has no long gap, else when this node and all that it
/// can reach have reported behind the gap, or when waiting is no use any more ([MergeSettings]).
///
/// Scraping begins at once in any case; what it gives is held back until then, for a target takes
/// its scrapes in order only.
///
/// Thread-safe: a private lock guards which wait is the current one.
final class AfterMerge implements LeaderWork.Work {
  private static final Logger LOG = LoggerFactory.getLogger(AfterMerge.class);
  private static final long LOOK_MS = 50;

  private final LeaderWork.Work scraping;
  private final List<LeaderWork.Work> works;
  private final Ports ports;
  private final Metrics.Counter complete;
  private final Metrics.Counter incomplete;
  private final Object lock = new Object();
  private @Nullable Semaphore waiting; // gets a permit to give up
  private boolean scrapes;
  private boolean started;

  /// Holds back what scraping gives.
  interface Hold {
    void hold();

    /// Lets go what was held back, or has it refused for good.
    void end(boolean go);
  }

  /// What this looks at.
  ///
  /// @param gap the newest gap in the log
  /// @param reporting whether all members know how to report
  /// @param members the ids of all who may have worked alone
  /// @param sight who can be reached; empty before the log has started
  /// @param longGap a shorter gap left nobody the time to fail open
  /// @param workers the thread that waits
  record Ports(
      String node,
      Supplier<Optional<NodeMachine.Gap>> gap,
      FailOpenMachine reports,
      BooleanSupplier reporting,
      Supplier<List<String>> members,
      Supplier<Optional<PeerSight>> sight,
      Hold hold,
      Duration longGap,
      MergeSettings settings,
      LongSupplier nanoTicker,
      Workers workers,
      Metrics metrics) {}

  /// @param works what begins later, in this order
  AfterMerge(LeaderWork.Work scraping, List<LeaderWork.Work> works, Ports ports) {
    this.scraping = scraping;
    this.works = List.copyOf(works);
    this.ports = ports;
    String name = "trivigil_fail_open_merge_waits_total";
    String help = "Times this leader waited for what nodes took alone, by whether it heard of all.";
    this.complete = ports.metrics().counter(name, help, "heard_of_all", "true");
    this.incomplete = ports.metrics().counter(name, help, "heard_of_all", "false");
  }

  @Override
  public void start(long term) {
    synchronized (lock) {
      Optional<Wait> wait =
          ports.gap().get().filter(this::mayHaveOpened).map(Wait::new).filter(AfterMerge::isOfUse);
      if (wait.isPresent()) {
        ports.hold().hold();
      } else {
        ports.hold().end(true);
      }
      scrapes = true;
      LeaderWork.guarded("start", () -> scraping.start(term));
      if (wait.isEmpty()) {
        begin(term);
        return;
      }
      Semaphore signal = new Semaphore(0);
      waiting = signal;
      ports.workers().start("after-merge", () -> await(wait.get(), term, signal));
    }
  }

  private boolean mayHaveOpened(NodeMachine.Gap gap) {
    return ports.reporting().getAsBoolean()
        && !ports.settings().limit().isZero()
        && gap.toMs() - gap.fromMs() >= ports.longGap().toMillis();
  }

  /// One wait behind one gap. Confined to one thread at a time.
  private final class Wait {
    private final NodeMachine.Gap gap;
    private final long begunNanos = ports.nanoTicker().getAsLong();
    private final boolean first;
    private List<String> missing = List.of(); // at the last look
    private final Map<String, Long> commands = new HashMap<>(); // of each node that merges
    private final Map<String, Long> newsNanos = new HashMap<>(); // when they became more

    Wait(NodeMachine.Gap gap) {
      this.gap = gap;
      // Once this node has reported, so has everybody who can; the others do not hold up failovers.
      this.first = !hasReported(ports.node());
    }

    private boolean hasReported(String node) {
      return ports.reports().report(node).map(Merged::atMs).orElse(0L) >= gap.toMs();
    }

    /// Nodes that have not said behind the gap that they have merged.
    private List<String> whoIsMissing() {
      TreeSet<String> nodes = new TreeSet<>(reachable());
      if (first) {
        nodes.addAll(ports.members().get());
      }
      nodes.removeIf(this::hasReported);
      return List.copyOf(nodes);
    }

    private Set<String> reachable() {
      TreeSet<String> nodes = new TreeSet<>();
      nodes.add(ports.node());
      ports
          .sight()
          .get()
          .ifPresent(sight -> sight.reachable().forEach(peer -> nodes.add(peer.id())));
      return nodes;
    }

    long waitedNanos() {
      return ports.nanoTicker().getAsLong() - begunNanos;
    }

    /// Whether there is somebody who may report yet.
    boolean isOfUse() {
      Set<String> reachable = reachable();
      boolean any = false;
      missing = whoIsMissing();
      for (String node : missing) {
        any |= patientWith(node, reachable.contains(node));
      }
      return any && waitedNanos() < ports.settings().limit().toNanos();
    }

    private boolean patientWith(String node, boolean reached) {
      long nowNanos = ports.nanoTicker().getAsLong();
      Optional<Merging> merging =
          ports.reports().merging(node).filter(one -> one.atMs() >= gap.toMs());
      merging.ifPresent(
          one -> {
            Long before = commands.put(node, one.commands());
            if (before == null || before != one.commands()) {
              newsNanos.put(node, nowNanos);
            }
          });
      Duration patience =
          !reached
              ? ports.settings().unreached()
              : merging.isPresent() ? ports.settings().stall() : ports.settings().silence();
      return nowNanos - newsNanos.getOrDefault(node, begunNanos) < patience.toNanos();
    }
  }

  // Whatever goes wrong here, the leader must not wait for ever.
  private static boolean isOfUse(Wait wait) {
    try {
      return wait.isOfUse();
    } catch (RuntimeException e) {
      LOG.error("waiting for what nodes took alone has failed, work begins", e);
      return false;
    }
  }

  @SuppressWarnings("ReferenceEquality") // each start has a semaphore of its own
  private void await(Wait wait, long term, Semaphore signal) {
    try {
      while (isOfUse(wait)) {
        if (ports.workers().await(signal, LOOK_MS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (lock) {
      if (waiting == signal) {
        waiting = null;
        (wait.missing.isEmpty() ? complete : incomplete).inc();
        LOG.info(
            "work begins behind a time without a quorum gap_ms={} waited_ms={} not_heard_of={}",
            wait.gap.toMs() - wait.gap.fromMs(),
            wait.waitedNanos() / 1_000_000,
            wait.missing);
        begin(term);
      }
    }
  }

  // Under the lock.
  private void begin(long term) {
    ports.hold().end(true);
    started = true;
    works.forEach(work -> LeaderWork.guarded("start", () -> work.start(term)));
  }

  @Override
  public void stop() {
    synchronized (lock) {
      if (waiting != null) {
        waiting.release();
        waiting = null;
        ports.hold().end(false); // this node may still lead: what others took alone comes first
      }
      if (started) {
        started = false;
        works.reversed().forEach(work -> LeaderWork.guarded("stop", work::stop));
      }
      if (scrapes) {
        scrapes = false;
        LeaderWork.guarded("stop", scraping::stop);
      }
    }
  }
}
