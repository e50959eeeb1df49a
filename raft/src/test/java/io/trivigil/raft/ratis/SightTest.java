package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.LogStatus.Member;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.PeerSight.PeerView;
import io.trivigil.raft.TrustedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightTest {
  private static final long LOG_TIME_MS = 1_699_999_990_000L;

  @Test
  void aStandstillOfTheProcessIsNoTimeWithoutAQuorum() {
    AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    AtomicBoolean quorum = new AtomicBoolean(true);
    Sight sight = sight(nanos, quorum);
    look(sight, nanos, 500);
    assertThat(sight.msSinceQuorum()).isZero();
    quorum.set(false);
    look(sight, nanos, 500);
    look(sight, nanos, 500);
    assertThat(sight.msSinceQuorum()).isEqualTo(1_000);
    look(sight, nanos, 60_000); // stopped for a minute
    assertThat(sight.msSinceQuorum()).isEqualTo(2_000);
    quorum.set(true);
    look(sight, nanos, 500);
    assertThat(sight.msSinceQuorum()).isZero();
    sight.close();
  }

  private static void look(Sight sight, AtomicLong nanos, long afterMs) {
    nanos.addAndGet(afterMs * 1_000_000);
    sight.look();
  }

  private static Sight sight(AtomicLong nanos, AtomicBoolean quorum) {
    return new Sight(
        "n1",
        600,
        self(quorum),
        (_, _) -> new CompletableFuture<>(),
        List::of,
        nanos::get,
        InstantSource.system());
  }

  private static Sight.Self self(AtomicBoolean quorum) {
    return self(quorum, new ArrayList<>());
  }

  private static Sight.Self self(AtomicBoolean quorum, List<String> back) {
    return new Sight.Self() {
      @Override
      public Optional<Identity> identity() {
        return Optional.of(Identity.blank("n1", "main", new UUID(1, 2)));
      }

      @Override
      public Sight.Standing standing() {
        return new Sight.Standing("n2", false, 3, 17, 18, LOG_TIME_MS);
      }

      @Override
      public long quorumHeardMs() {
        return quorum.get() ? 100 : Long.MAX_VALUE;
      }

      @Override
      public void isBack(String peerId) {
        back.add(peerId);
      }
    };
  }

  @Test
  void peersBearThisNodesClockOut() throws Exception {
    AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    AtomicLong wallMs = new AtomicLong(1_700_000_000_000L);
    TrustedClock clock = new TrustedClock(() -> Instant.ofEpochMilli(wallMs.get()), nanos::get);
    long othersMs = wallMs.get() + 20;
    Sight.Self self = self(new AtomicBoolean(true));
    List<RatisConfig.Peer> peers =
        List.of(new RatisConfig.Peer("n2", "h", 2), new RatisConfig.Peer("n3", "h", 3));
    Sight.Wire wire = (peer, _) -> CompletableFuture.completedFuture(wordOf(peer.id(), othersMs));
    Sight sight = new Sight("n1", 600, self, wire, () -> peers, nanos::get, clock);
    assertThat(TrustedClock.isBorneOut(clock)).isFalse();
    sight.askAll();
    assertThat(TrustedClock.isBorneOut(clock)).as("by their first words").isTrue();
    wallMs.addAndGet(3_600_000); // somebody sets this machine's clock
    nanos.addAndGet(700_000_000);
    sight.compareClocks();
    assertThat(clock.millis()).isBetween(othersMs + 650, othersMs + 750);
    assertThat(clock.wallAheadMs()).isBetween(3_590_000L, 3_610_000L);
    sight.close();
  }

  @Test
  void whoIsHeardBehindALongSilenceIsBack() {
    AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    List<String> back = new ArrayList<>();
    Sight.Self self = self(new AtomicBoolean(true), back);
    List<RatisConfig.Peer> peers = List.of(new RatisConfig.Peer("n2", "h", 2));
    AtomicBoolean cut = new AtomicBoolean();
    Sight.Wire wire =
        (peer, _) ->
            cut.get()
                ? CompletableFuture.failedFuture(new IOException("cut"))
                : CompletableFuture.completedFuture(wordOf(peer.id(), 0));
    InstantSource clock = InstantSource.system();
    Sight sight = new Sight("n1", 600, self, wire, () -> peers, nanos::get, clock);
    sight.askAll(); // heard for the first time
    nanos.addAndGet(RatisConfig.STILL_CONNECTION.toNanos());
    sight.askAll();
    assertThat(back).isEmpty();
    cut.set(true);
    nanos.addAndGet(RatisConfig.STILL_CONNECTION.toNanos());
    sight.askAll();
    nanos.addAndGet(1);
    sight.askAll();
    assertThat(back).isEmpty();
    cut.set(false);
    sight.askAll();
    sight.askAll();
    assertThat(back).containsExactly("n2~1");
    sight.close();
    back.clear();
    cut.set(true);
    Sight late = new Sight("n1", 600, self, wire, () -> peers, nanos::get, clock);
    late.askAll();
    nanos.addAndGet(RatisConfig.STILL_CONNECTION.toNanos() + 1);
    cut.set(false);
    late.askAll(); // heard for the first time, long after the start
    assertThat(back).containsExactly("n2~1");
    late.close();
  }

  private static byte[] wordOf(String node, long clockMs) {
    try {
      return new PeerWord("main", "", node, node + "~1", "", 1, 0, false, 0, 0, 0, clockMs)
          .encode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyNodeKnowsHowFarTheOthersAreAndWhoIsGone(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "sight", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      long index = cluster.propose(leader, "a", 1).index();
      for (String node : List.of("n1", "n2", "n3")) {
        Cluster.await(
            "all others, up to date, on " + node,
            () ->
                cluster.status(node).members().stream()
                    .allMatch(m -> m.appliedIndex() >= index && m.lagMs() == 0));
        PeerSight sight = cluster.log(node).sight();
        assertThat(sight.msSinceQuorum()).isZero();
        assertThat(sight.reachable()).hasSize(2).allMatch(p -> p.leaderId().equals(leader));
      }
      String lonely = cluster.others(leader).getFirst();
      String dead = cluster.others(leader).getLast();
      cluster.abandon(leader);
      cluster.abandon(dead);
      PeerSight sight = cluster.log(lonely).sight();
      Cluster.await("loss", () -> sight.msSinceQuorum() > 500 && sight.reachable().isEmpty());
      assertThat(cluster.status(lonely).members())
          .filteredOn(m -> !m.id().equals(lonely))
          // The last word of one that outlived the leader may be that it knows none.
          .allMatch(m -> m.lastSeenMs() >= PeerSight.REACHABLE_MS && m.lagMs() != 0);
      Cluster.await("no leader", () -> cluster.status(lonely).leaderId().isEmpty());
      assertThat(cluster.status(lonely).members())
          .filteredOn(m -> m.id().equals(lonely))
          .allMatch(m -> m.lagMs() == -1);
      sight.failingOpen(true);
      cluster.start(dead);
      Cluster.await("quorum again", () -> sight.msSinceQuorum() == 0);
      PeerSight back = cluster.log(dead).sight();
      Cluster.await(
          "the word of the other", () -> back.reachable().stream().anyMatch(PeerView::failingOpen));
      assertThat(cluster.status(dead).members()).extracting(Member::id).hasSize(3);
      assertThat(cluster.halts).isEmpty();
    }
  }
}
