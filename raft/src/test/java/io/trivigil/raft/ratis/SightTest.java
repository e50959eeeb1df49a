package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.LogStatus.Member;
import io.trivigil.raft.PeerSight;
import io.trivigil.raft.PeerSight.PeerView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightTest {
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
        new Sight.Self() {
          @Override
          public Optional<Identity> identity() {
            return Optional.of(Identity.blank("n1", "main", new UUID(1, 2)));
          }

          @Override
          public Sight.Standing standing() {
            return new Sight.Standing("n2", false, 3, 17, 18);
          }

          @Override
          public long quorumHeardMs() {
            return quorum.get() ? 100 : Long.MAX_VALUE;
          }
        },
        (_, _) -> new CompletableFuture<>(),
        List::of,
        nanos::get);
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
      String lonely = cluster.followers().getFirst();
      String dead = cluster.followers().getLast();
      cluster.abandon(leader);
      cluster.abandon(dead);
      PeerSight sight = cluster.log(lonely).sight();
      Cluster.await("loss", () -> sight.msSinceQuorum() > 500 && sight.reachable().isEmpty());
      assertThat(cluster.status(lonely).members())
          .filteredOn(m -> !m.id().equals(lonely))
          .allMatch(m -> m.lastSeenMs() >= PeerSight.REACHABLE_MS && m.lagMs() > 0);
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
