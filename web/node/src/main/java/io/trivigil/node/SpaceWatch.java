package io.trivigil.node;

import io.trivigil.raft.LogStatus;
import io.trivigil.raft.ReplicatedLog;
import io.trivigil.storage.FixedContent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands leadership to a node that has room on its disk, so that scrapes go on: the leader alone
/// scrapes, and a leader below its reserve drops what it scrapes. Nodes tell each other when they
/// are short of space. Thread-safe.
final class SpaceWatch implements LeaderWork.Work, Hearsay, AutoCloseable {
  static final String SPACE = "space";
  static final String LOW = "low";
  static final String OK = "ok";

  private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(1); // as often as the reserve looks

  /// How often a node says again that it is low, ms; told longer ago than three times this, it
  /// counts as over.
  private static final long REPEAT_MS = 60_000;

  /// How long a leader waits after a handover that did not help, ms.
  private static final long AGAIN_MS = 30_000;

  private static final long SEEN_MS = 3_000;

  private final String self;
  private final DiskReserve reserve;
  private final Proposals proposals;
  private final BooleanSupplier mayTell;
  private final InstantSource clock;
  private final Map<String, Long> lowSince = new ConcurrentHashMap<>(); // log time it was said
  private final Turns turns = new Turns("disk-space");
  private volatile @Nullable ReplicatedLog log; // set once
  private volatile boolean leading;
  private boolean saidLow; // owned by the thread, as are the next
  private long saidMs;
  private long handedOverMs;

  /// @param mayTell whether every member understands what is told
  SpaceWatch(
      String self,
      DiskReserve reserve,
      Proposals proposals,
      BooleanSupplier mayTell,
      InstantSource clock) {
    this.self = self;
    this.mayTell = mayTell;
    this.reserve = reserve;
    this.proposals = proposals;
    this.clock = clock;
  }

  void start(ReplicatedLog of) {
    log = of;
    Future<?> _ = turns.every(PERIOD, PERIOD, this::look);
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
    if (of == null) {
      return;
    }
    boolean low = reserve.isLow();
    long nowMs = clock.millis();
    if ((low != saidLow || (low && nowMs - saidMs >= REPEAT_MS)) && mayTell.getAsBoolean()) {
      saidLow = low;
      saidMs = nowMs;
      var _ = proposals.write(new WriteCommand.Told(self, SPACE, low ? LOW : OK));
    }
    if (low && leading && nowMs - handedOverMs >= AGAIN_MS) {
      handedOverMs = nowMs;
      handOver(of, nowMs);
    }
  }

  private void handOver(ReplicatedLog of, long nowMs) {
    Optional<String> heir = heir(of.status(), shortOfSpace(nowMs));
    if (heir.isEmpty()) {
      LOG.error(
          "this leader is out of space and no other node is known to have any: samples are dropped");
      return;
    }
    LOG.warn("this leader is out of space, leadership is handed over to={}", heir.get());
    var _ =
        of.transferLeadership(heir.get())
            .thenAccept(done -> LOG.info("handed over for space done={}", done));
  }

  private Set<String> shortOfSpace(long nowMs) {
    lowSince.values().removeIf(saidAtMs -> nowMs - saidAtMs > 3 * REPEAT_MS);
    return Set.copyOf(lowSince.keySet());
  }

  /// A voter that is alive and not short of space itself; the one that has most of the log.
  static Optional<String> heir(LogStatus status, Set<String> shortOfSpace) {
    return status.members().stream()
        .filter(m -> m.voting() && !m.id().equals(status.self()))
        .filter(m -> m.lastSeenMs() >= 0 && m.lastSeenMs() <= SEEN_MS)
        .filter(m -> !shortOfSpace.contains(m.id()))
        .max(java.util.Comparator.comparingLong(LogStatus.Member::matchIndex))
        .map(LogStatus.Member::id);
  }

  @Override
  public void told(String node, String what, String text, long logTimeMs) {
    if (what.equals(SPACE)) {
      if (text.equals(LOW)) {
        lowSince.put(node, logTimeMs);
      } else {
        lowSince.remove(node);
      }
    }
  }

  @Override
  public boolean wantsContent(long logTimeMs) {
    return false;
  }

  @Override
  public void content(FixedContent content) {
    content.close();
  }

  @Override
  public void close() {
    turns.close();
  }
}
