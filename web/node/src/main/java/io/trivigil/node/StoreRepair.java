package io.trivigil.node;

import io.trivigil.raft.LogStatus;
import io.trivigil.raft.ReplicatedLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a running node does about damage in its store: it waits until the others can do without it,
/// hands leadership over, and ends; its next start sets the store aside and fetches another
/// ([StoreOpening]). Until then, and for ever in a cluster of one, it goes on: reads of what is
/// damaged fail, and all answers carry a warning. Thread-safe.
final class StoreRepair implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreRepair.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final long HANDOVER_MS = 3_000;

  /// A member that was not heard of for longer is not counted on, ms.
  private static final long SEEN_MS = 3_000;

  private final Path data;
  private final Consumer<Throwable> halt;
  private final Turns turns = new Turns("store-repair");
  private volatile @Nullable ReplicatedLog log; // set once
  private volatile @Nullable String damage; // the first one
  private boolean told; // owned by the thread

  /// @param halt ends the process
  StoreRepair(Path data, Consumer<Throwable> halt) {
    this.data = data;
    this.halt = halt;
  }

  void start(ReplicatedLog of) {
    log = of;
    Future<?> _ = turns.every(PERIOD, PERIOD, this::look);
  }

  /// Takes note of damage. Any thread; returns at once.
  void found(String what) {
    if (damage == null) {
      damage = what;
    }
    LOG.error("store is damaged: {}", what);
  }

  private void look() {
    String reason = damage;
    ReplicatedLog of = log;
    if (reason == null || of == null) {
      return;
    }
    String not = whyNot(of.status());
    if (not.isEmpty()) {
      Optional<String> refused = StoreOpening.wantAside(data, reason);
      if (refused.isEmpty()) {
        end(of, reason);
        return;
      }
      not = refused.get();
    }
    if (!told) {
      LOG.error("store is damaged and not repaired yet: {}; damage: {}", not, reason);
      told = true;
    }
  }

  /// Why this node can not be spared now; empty if it can.
  static String whyNot(LogStatus status) {
    long voters = status.members().stream().filter(LogStatus.Member::voting).count();
    long others =
        status.members().stream()
            .filter(m -> m.voting() && !m.id().equals(status.self()))
            .filter(m -> m.lastSeenMs() >= 0 && m.lastSeenMs() <= SEEN_MS)
            .count();
    if (voters < 2) {
      return "there is no other node to get it from; `trivigil restore` brings a backup back";
    }
    return others * 2 > voters ? "" : "too few other nodes are seen: seen=" + others;
  }

  private void end(ReplicatedLog of, String reason) {
    try {
      if (of.status().leaderId().equals(of.status().self())) {
        LOG.info(
            "leadership is handed over before the repair done={}",
            of.transferLeadership("").get(HANDOVER_MS, TimeUnit.MILLISECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("leadership was not handed over before the repair reason={}", e.toString());
    }
    halt.accept(
        new IllegalStateException(
            "the store is damaged; the next start gets it from the other nodes: " + reason));
  }

  @Override
  public void close() {
    turns.close();
  }
}
