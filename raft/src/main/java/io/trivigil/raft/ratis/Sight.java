package io.trivigil.raft.ratis;

import io.trivigil.raft.PeerSight;
import io.trivigil.raft.TrustedClock;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the peers about themselves, and watches for how long there was no quorum.
///
/// `raft-sight-<node>` looks ten times a second and asks twice; answers arrive on gRPC's threads.
final class Sight implements PeerSight, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sight.class);

  /// How often this node looks at its own leader, or as a leader at its followers.
  private static final long LOOK_EVERY_MS = 100;

  /// Longer ago than this, it was no failover.
  private static final long LONGEST_FAILOVER_NANOS = 60_000_000_000L;

  /// The most that one look adds to the time without a quorum: what lies further back was a
  /// standstill of this process.
  private static final long LONGEST_LOOK_NANOS = 2 * EVERY_MS * 1_000_000;

  private static final long AWAY_NANOS = RatisConfig.STILL_CONNECTION.toNanos();

  /// What the sight needs of its node.
  interface Self {
    /// Who this node is; empty before it has an identity.
    Optional<Identity> identity();

    /// What it knows of the log, without its members.
    Standing standing();

    /// How long ago it heard its leader, or as a leader a majority, ms; [Long#MAX_VALUE] if
    /// neither.
    long quorumHeardMs();

    /// A peer is heard again that was silent for longer than [RatisConfig#STILL_CONNECTION]; does
    /// not block.
    void isBack(String peerId);
  }

  /// Where this node stands in the log.
  ///
  /// @param leads whether this node leads
  /// @param logTimeMs the log's time as far as it is applied here, epoch ms; 0 if nothing is
  record Standing(
      String leaderId,
      boolean leads,
      long term,
      long appliedIndex,
      long committedIndex,
      long logTimeMs) {}

  /// Carries one question; the future fails where there is no answer.
  interface Wire {
    CompletableFuture<byte[]> ask(RatisConfig.Peer peer, byte[] word);

    /// The same, by the thread that asks again and again, and never before the last question to
    /// that peer has ended.
    default CompletableFuture<byte[]> askAgain(RatisConfig.Peer peer, byte[] word) {
      return ask(peer, word);
    }
  }

  private record Heard(PeerWord word, long atNanos) {}

  private final Self self;
  private final long limitMs;
  private final Wire wire;
  private final Supplier<List<RatisConfig.Peer>> peers;
  private final LongSupplier nanoTicker;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;

  private final Map<String, Heard> heard = new ConcurrentSkipListMap<>(); // by node id
  private final Set<String> asking = ConcurrentHashMap.newKeySet();
  private volatile long noQuorumNanos;
  private volatile boolean failingOpen;
  private final long startNanos;
  private long lookedNanos; // timer thread only
  private long looks; // timer thread only
  private volatile long otherHeardNanos; // when another node was last heard as the leader
  private volatile boolean otherHeard;
  private volatile boolean everCaughtUp;
  private volatile long caughtUpNanos; // counts once that is true

  /// @param clock dates entries; a [TrustedClock] is told what the peers' clocks show
  /// @param limitMs a quorum that was heard of within so many ms is there
  Sight(
      String nodeId,
      long limitMs,
      Self self,
      Wire wire,
      Supplier<List<RatisConfig.Peer>> peers,
      LongSupplier nanoTicker,
      InstantSource clock) {
    this.self = self;
    this.limitMs = limitMs;
    this.wire = wire;
    this.peers = peers;
    this.nanoTicker = nanoTicker;
    this.clock = clock;
    this.startNanos = nanoTicker.getAsLong();
    this.lookedNanos = startNanos;
    this.caughtUpNanos = lookedNanos;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("raft-sight-" + nodeId).daemon(true).factory());
  }

  void start() {
    compareClocks(); // a node on its own has nobody to ask
    var _ = timer.scheduleAtFixedRate(this::tick, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      look();
      if (looks++ % (EVERY_MS / LOOK_EVERY_MS) == 0) {
        compareClocks();
        askAll();
      }
    } catch (RuntimeException e) { // a division that closes meanwhile; the next look decides anew
      LOG.debug("peers not looked at reason={}", e.toString());
    }
  }

  /// One look at the quorum. Timer thread, or a test's.
  void look() {
    long now = nanoTicker.getAsLong();
    long since = Math.min(now - lookedNanos, LONGEST_LOOK_NANOS);
    lookedNanos = now;
    long heardMs = self.quorumHeardMs();
    boolean quorum = heardMs <= limitMs;
    noQuorumNanos = quorum ? 0 : noQuorumNanos + since;
    Standing log = self.standing();
    if (heardMs != Long.MAX_VALUE && !log.leads() && !log.leaderId().isEmpty()) {
      otherHeardNanos = now - heardMs * 1_000_000;
      otherHeard = true;
    }
    if (quorum && log.appliedIndex() >= log.committedIndex()) {
      caughtUpNanos = now;
      everCaughtUp = true;
    }
  }

  /// How long ago another node was last heard as the leader; empty if that was none, or long ago.
  OptionalLong oldLeaderHeardNanosAgo() {
    long ago = nanoTicker.getAsLong() - otherHeardNanos;
    return otherHeard && ago < LONGEST_FAILOVER_NANOS ? OptionalLong.of(ago) : OptionalLong.empty();
  }

  /// Has the peers' wall clocks bear this node's out, as far as they were heard of lately.
  void compareClocks() {
    if (!(clock instanceof TrustedClock trusted)) {
      return;
    }
    long now = nanoTicker.getAsLong();
    List<Long> shown = new ArrayList<>();
    for (Heard last : heard.values()) {
      long ageMs = (now - last.atNanos()) / 1_000_000;
      if (last.word().clockMs() != 0 && ageMs < REACHABLE_MS) {
        shown.add(last.word().clockMs() + ageMs);
      }
    }
    trusted.peers(shown, peers.get().size() + 1, self.standing().logTimeMs());
  }

  /// Asks one peer for its word, beside the usual questions; fails where nothing is answered.
  CompletableFuture<byte[]> ask(String nodeId) {
    try {
      byte[] word = word().encode();
      return peers.get().stream()
          .filter(peer -> peer.id().equals(nodeId))
          .findFirst()
          .map(peer -> wire.ask(peer, word))
          .orElseGet(() -> CompletableFuture.failedFuture(new IOException("no peer " + nodeId)));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Asks every peer that is not being asked already.
  void askAll() {
    byte[] word;
    try {
      word = word().encode();
    } catch (IOException e) {
      LOG.warn("own word not written reason={}", e.toString());
      return;
    }
    List<RatisConfig.Peer> all = peers.get();
    Set<String> ids = new HashSet<>();
    for (RatisConfig.Peer peer : all) {
      ids.add(peer.id());
      if (asking.add(peer.id())) {
        var _ =
            wire.askAgain(peer, word)
                .whenComplete(
                    (answer, failure) -> {
                      asking.remove(peer.id());
                      if (failure == null) {
                        take(peer, answer);
                      }
                    });
      }
    }
    heard.keySet().retainAll(ids);
  }

  private void take(RatisConfig.Peer peer, byte[] answer) {
    try {
      PeerWord word = PeerWord.decode(answer);
      if (word.nodeId().equals(peer.id()) && ofThisCluster(word)) {
        long now = nanoTicker.getAsLong();
        Heard before = heard.put(peer.id(), new Heard(word, now));
        if (!TrustedClock.isBorneOut(clock)) {
          compareClocks(); // work waits for it
        }
        long silentNanos = now - (before == null ? startNanos : before.atNanos());
        if (silentNanos > AWAY_NANOS) {
          self.isBack(word.peerId());
        }
      }
    } catch (IOException e) {
      LOG.debug("peer's word not understood peer={} reason={}", peer.id(), e.toString());
    }
  }

  private boolean ofThisCluster(PeerWord word) {
    Identity mine = self.identity().orElse(null);
    if (mine == null || !mine.clusterName().equals(word.clusterName())) {
      return false;
    }
    return mine.group().isEmpty()
        || word.group().isEmpty()
        || mine.group().get().toString().equals(word.group());
  }

  /// Answers a peer's question with this node's own word.
  byte[] answer(byte[] question) throws IOException {
    PeerWord asked = PeerWord.decode(question);
    if (!ofThisCluster(asked)) {
      throw new IOException(
          "node %s is of another cluster: \"%s\"".formatted(asked.nodeId(), asked.clusterName()));
    }
    return word().encode();
  }

  private PeerWord word() {
    Identity mine = self.identity().orElseThrow(() -> new IllegalStateException("not ready"));
    Standing log = self.standing();
    return new PeerWord(
        mine.clusterName(),
        mine.group().map(Object::toString).orElse(""),
        mine.nodeId(),
        mine.peerId(),
        log.leaderId(),
        log.term(),
        msSinceQuorum(),
        failingOpen,
        log.appliedIndex(),
        log.committedIndex(),
        lagMs(log.appliedIndex(), log.committedIndex()),
        TrustedClock.wallOf(clock).millis());
  }

  /// For how long this node has not applied all that it knows to be committed, or has heard no
  /// quorum, ms; -1 if it never did.
  long lagMs(long appliedIndex, long committedIndex) {
    if (!everCaughtUp) {
      return -1;
    }
    long behindMs = (nanoTicker.getAsLong() - caughtUpNanos) / 1_000_000;
    boolean fresh = msSinceQuorum() == 0 && appliedIndex >= committedIndex;
    return fresh ? 0 : Math.max(1, behindMs);
  }

  @Override
  public long msSinceQuorum() {
    return noQuorumNanos / 1_000_000;
  }

  @Override
  public long quorumHeardMs() {
    return self.quorumHeardMs();
  }

  @Override
  public List<PeerView> reachable() {
    return heard().stream().filter(peer -> peer.lastHeardMs() < REACHABLE_MS).toList();
  }

  @Override
  public List<PeerView> heard() {
    long now = nanoTicker.getAsLong();
    List<PeerView> views = new ArrayList<>();
    heard.forEach(
        (id, last) -> {
          PeerWord word = last.word();
          views.add(
              new PeerView(
                  id,
                  Math.max(0, now - last.atNanos()) / 1_000_000,
                  !word.leaderId().isEmpty(),
                  word.leaderId(),
                  word.term(),
                  word.noQuorumForMs(),
                  word.failingOpen(),
                  word.appliedIndex(),
                  word.committedIndex(),
                  word.lagMs()));
        });
    return List.copyOf(views);
  }

  @Override
  public void failingOpen(boolean failing) {
    failingOpen = failing;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
