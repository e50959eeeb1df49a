package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.CounterMachine;
import io.trivigil.raft.Entry;
import io.trivigil.raft.NoQuorumException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinearizableTest {
  @Test
  void aReadOnAnyNodeSeesWhatWasCommittedBeforeIt(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "reads", 3)) {
      cluster.startAll();
      String leader = cluster.leader();
      for (int i = 1; i <= 20; i++) {
        long index = cluster.propose(leader, "a", i).index();
        for (String node : List.of("n1", "n2", "n3")) {
          assertThat(cluster.log(node).linearizable().get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
              .isGreaterThan(index);
          assertThat(cluster.machine(node).get("a")).isEqualTo(i);
        }
      }
      // Many at once share a few entries.
      long before = cluster.log(leader).metrics().entriesApplied();
      List<CompletableFuture<Long>> reads = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        reads.add(cluster.log(leader).linearizable());
      }
      for (CompletableFuture<Long> read : reads) {
        assertThat(read.get(Cluster.PATIENCE_S, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(cluster.log(leader).metrics().entriesApplied() - before).isBetween(1L, 100L);
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aLeaderThatIsCutOffNeverAnswersWithOldData(@TempDir Path root) throws Exception {
    try (Cluster cluster = new Cluster(root, "cut", 3)) {
      cluster.startAll();
      String old = cluster.leader();
      cluster.propose(old, "a", 1);
      cluster.cutOff(old);
      // For a while it believes that it leads, and Ratis' own read would answer with what it has.
      List<CompletableFuture<Long>> reads = new ArrayList<>();
      String other = cluster.others(old).getFirst();
      Cluster.await(
          "another leader",
          () -> {
            reads.add(cluster.log(old).linearizable());
            String leader = cluster.status(other).leaderId();
            return !leader.isEmpty() && !leader.equals(old);
          });
      cluster.propose(other, "a", 2);
      Cluster.await("loss", () -> cluster.log(old).sight().msSinceQuorum() > 0);
      for (int i = 0; i < 20; i++) {
        reads.add(cluster.log(old).linearizable());
      }
      assertThat(cluster.log(other).linearizable().get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isPositive();
      assertThat(cluster.machine(old).get("a")).isEqualTo(1);
      CompletableFuture<Long> last = reads.getLast();
      assertThatThrownBy(() -> last.get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(NoQuorumException.class);
      assertThat(cluster.machine(old).get("a")).isEqualTo(1); // nothing has healed meanwhile
      Cluster.await("all reads", () -> reads.stream().allMatch(CompletableFuture::isDone));
      assertThat(reads.stream().filter(r -> !r.isCompletedExceptionally()).count()).isZero();

      cluster.heal();
      Cluster.await(
          "the old leader to catch up",
          () -> {
            var _ = cluster.log(other).linearizable();
            return cluster.machine(old).get("a") == 2;
          });
      Cluster.await("quorum", () -> cluster.log(old).sight().msSinceQuorum() == 0);
      assertThat(cluster.log(old).linearizable().get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isPositive();
      assertThat(cluster.machine(old).get("a")).isEqualTo(2);
      assertThat(CounterMachine.text(cluster.propose(old, "a", 3).answer())).isEqualTo("3");
      assertThat(cluster.halts).isEmpty();
    }
  }

  @Test
  void aLeaderOnItsOwnAnswersNoReadBeforeItHasAppliedItsLog(@TempDir Path root) throws Exception {
    CountDownLatch mayApply = new CountDownLatch(1);
    try (Cluster cluster = new Cluster(root, "alone", 1);
        Closeable _ = mayApply::countDown) {
      cluster.start("n1");
      cluster.leader();
      for (int i = 1; i <= 3; i++) {
        cluster.propose("n1", "a", i);
      }
      long committed = cluster.status("n1").committedIndex();
      cluster.abandon("n1");
      cluster.machineFactory =
          directory ->
              new CounterMachine(directory) {
                @Override
                protected String applyOne(Entry entry, String command) {
                  try {
                    assertThat(mayApply.await(60, TimeUnit.SECONDS)).isTrue();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return super.applyOne(entry, command);
                }
              };
      cluster.start("n1");
      // From before it leads until its first entry is committed: Ratis itself waits after that.
      List<CompletableFuture<Long>> early = new ArrayList<>();
      early.add(cluster.log("n1").readIndex());
      while (cluster.status("n1").committedIndex() <= committed) {
        if (early.getLast().isDone()) {
          early.add(cluster.log("n1").readIndex());
        }
      }
      assertThat(early).noneMatch(read -> read.isDone() && !read.isCompletedExceptionally());
      mayApply.countDown();
      cluster.leader();
      assertThat(cluster.log("n1").readIndex().get(Cluster.PATIENCE_S, TimeUnit.SECONDS))
          .isPositive();
      assertThat(cluster.machine("n1").get("a")).isEqualTo(3);
      assertThat(cluster.halts).isEmpty();
    }
  }
}
