package io.trivigil.node;

import io.trivigil.model.work.Workers;
import io.trivigil.node.failopen.FailOpenMachine;
import io.trivigil.node.failopen.FailOpenMachine.Merged;
import io.trivigil.raft.PeerSight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work of the leader that begins only when the nodes that may have worked without a quorum have
/// merged what they did: at once where the log has no long gap, else when this node and all that it
/// can reach have reported behind the gap, or after a limit.
///
/// Thread-safe: a private lock guards which wait is the current one.
final class AfterMerge implements LeaderWork.Work {
  private static final Logger LOG = LoggerFactory.getLogger(AfterMerge.class);
  private static final long LOOK_MS = 50;

  private final List<LeaderWork.Work> works;
  private final Ports ports;
  private final Object lock = new Object();
  private @Nullable Semaphore waiting; // gets a permit to give up
  private boolean started;

  /// What this looks at.
  ///
  /// @param gap the newest gap in the log
  /// @param reporting whether all members know how to report
  /// @param sight who can be reached; empty before the log has started
  /// @param longGap a shorter gap left nobody the time to fail open
  /// @param limit the longest wait
  /// @param workers the thread that waits
  record Ports(
      String node,
      Supplier<Optional<NodeMachine.Gap>> gap,
      FailOpenMachine reports,
      BooleanSupplier reporting,
      Supplier<Optional<PeerSight>> sight,
      Duration longGap,
      Duration limit,
      LongSupplier nanoTicker,
      Workers workers) {}

  AfterMerge(List<LeaderWork.Work> works, Ports ports) {
    this.works = List.copyOf(works);
    this.ports = ports;
  }

  @Override
  public void start(long term) {
    synchronized (lock) {
      Optional<NodeMachine.Gap> gap = ports.gap().get();
      if (gap.isEmpty()
          || !ports.reporting().getAsBoolean()
          || !isLong(gap.get())
          || missing(gap.get()).isEmpty()) {
        begin(term);
        return;
      }
      Semaphore wait = new Semaphore(0);
      waiting = wait;
      long begunNanos = ports.nanoTicker().getAsLong();
      ports.workers().start("after-merge", () -> await(gap.get(), term, begunNanos, wait));
    }
  }

  private boolean isLong(NodeMachine.Gap gap) {
    return gap.toMs() - gap.fromMs() >= ports.longGap().toMillis();
  }

  /// Nodes that have not said behind the gap that they have merged.
  private List<String> missing(NodeMachine.Gap gap) {
    List<String> nodes = new java.util.ArrayList<>(List.of(ports.node()));
    ports.sight().get().ifPresent(sight -> sight.reachable().forEach(peer -> nodes.add(peer.id())));
    nodes.removeIf(node -> ports.reports().report(node).map(Merged::atMs).orElse(0L) >= gap.toMs());
    return nodes;
  }

  @SuppressWarnings("ReferenceEquality") // each start has a semaphore of its own
  private void await(NodeMachine.Gap gap, long term, long begunNanos, Semaphore wait) {
    long limitNanos = ports.limit().toNanos();
    List<String> missing = missing(gap);
    try {
      while (!missing.isEmpty() && ports.nanoTicker().getAsLong() - begunNanos < limitNanos) {
        if (ports.workers().await(wait, LOOK_MS)) {
          return;
        }
        missing = missing(gap);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (lock) {
      if (waiting == wait) {
        waiting = null;
        LOG.info(
            "work begins behind a time without a quorum gap_ms={} waited_ms={} not_heard_of={}",
            gap.toMs() - gap.fromMs(),
            (ports.nanoTicker().getAsLong() - begunNanos) / 1_000_000,
            missing);
        begin(term);
      }
    }
  }

  // Under the lock.
  private void begin(long term) {
    started = true;
    works.forEach(work -> LeaderWork.guarded("start", () -> work.start(term)));
  }

  @Override
  public void stop() {
    synchronized (lock) {
      if (waiting != null) {
        waiting.release();
        waiting = null;
      }
      if (started) {
        started = false;
        works.reversed().forEach(work -> LeaderWork.guarded("stop", work::stop));
      }
    }
  }
}
