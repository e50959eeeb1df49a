package io.trivigil.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.GroupCommit.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  /// 100 bytes a command, 250 an entry (two commands of 100 and what they cost), 1,000 pending.
  private static final LogLimits LIMITS =
      new LogLimits(300, 250, 1_000, 1, 0, 1, Duration.ofSeconds(10));

  private record Sent(long term, List<byte[]> commands, CompletableFuture<Reply> reply) {
    void commit(long index) {
      reply.complete(new Reply.Committed(index, commands));
    }
  }

  private final List<Sent> sent = new ArrayList<>();
  private final GroupCommit commits =
      new GroupCommit(
          LIMITS,
          2,
          GroupCommit.Pace.NONE,
          (term, commands) -> {
            Sent one = new Sent(term, commands, new CompletableFuture<>());
            sent.add(one);
            return one.reply();
          });

  private static byte[] command(int name) {
    byte[] bytes = new byte[100];
    bytes[0] = (byte) name;
    return bytes;
  }

  private CompletableFuture<Outcome> propose(int name) {
    return commits.propose(EntryCodec.ANY_TERM, command(name));
  }

  @Test
  void theFirstCommandGoesAtOnceAndTheNextWaitForIt() {
    CompletableFuture<Outcome> one = propose(1);
    assertThat(sent).hasSize(1);
    CompletableFuture<Outcome> two = propose(2);
    assertThat(sent).hasSize(1);

    sent.get(0).commit(5);
    assertAnswer(one, 5, 1);
    assertThat(two).isNotDone();
    assertThat(sent).hasSize(2);
    sent.get(1).commit(9);
    assertAnswer(two, 9, 2);
    assertThat(commits.pendingBytes()).isZero();
  }

  @Test
  void whatWaitsTravelsTogetherAndEachGetsItsOwnAnswer() {
    var _ = propose(1);
    CompletableFuture<Outcome> two = propose(2);
    CompletableFuture<Outcome> three = propose(3);
    sent.get(0).commit(1);
    assertThat(sent.get(1).commands()).hasSize(2);
    sent.get(1).commit(2);
    assertAnswer(two, 2, 2);
    assertAnswer(three, 2, 3);
  }

  @Test
  void whoWasJustAnsweredIsAwaitedForAMoment() {
    long[] nowNanos = {5};
    List<Runnable> timer = new ArrayList<>();
    GroupCommit gathering =
        new GroupCommit(
            new LogLimits(2_000, 2_000, 10_000, 1, 0, 1, Duration.ofSeconds(10)),
            2,
            new GroupCommit.Pace(
                Gathering.LONGEST, () -> nowNanos[0], (_, task) -> timer.add(task)),
            (term, commands) -> {
              Sent one = new Sent(term, commands, new CompletableFuture<>());
              sent.add(one);
              return one.reply();
            });
    var _ = gathering.propose(EntryCodec.ANY_TERM, command(1));
    CompletableFuture<Outcome> two = gathering.propose(EntryCodec.ANY_TERM, command(2));
    assertThat(sent).hasSize(1); // nothing was in flight: it went at once

    sent.get(0).commit(1);
    assertThat(sent).hasSize(1); // the second waits for the first one's next
    assertThat(timer).hasSize(1);
    CompletableFuture<Outcome> three = gathering.propose(EntryCodec.ANY_TERM, command(3));
    assertThat(sent.get(1).commands()).hasSize(2);
    sent.get(1).commit(2);
    assertAnswer(two, 2, 2);
    assertAnswer(three, 2, 3);

    CompletableFuture<Outcome> four = gathering.propose(EntryCodec.ANY_TERM, command(4));
    assertThat(sent).hasSize(2);
    timer.removeFirst().run(); // the first one's, too early for this
    assertThat(sent).hasSize(2);
    nowNanos[0] += Gathering.LONGEST.toNanos();
    timer.removeFirst().run();
    sent.get(2).commit(3); // alone
    assertAnswer(four, 3, 4);
    assertThat(gathering.pendingBytes()).isZero();
    assertThat(timer).isEmpty();
  }

  @Test
  void fullEntriesQueueBehindTheFirstUpToTheLimit() {
    for (int i = 0; i < 6; i++) {
      var _ = propose(i);
    }
    assertThat(sent).hasSize(2); // the first command, and one full entry
    assertThat(commits.inFlight()).isEqualTo(2);
    sent.get(1).commit(1);
    assertThat(sent).hasSize(3);
    assertThat(sent.get(2).commands()).hasSize(2);
  }

  @Test
  void aLargeCommandTravelsAlone() {
    var _ = propose(1);
    var _ = propose(2);
    var _ = commits.propose(EntryCodec.ANY_TERM, new byte[300]);
    sent.get(0).commit(1);
    // Enough waits for a second entry beside the next one.
    assertThat(sent.stream().map(s -> s.commands().size())).containsExactly(1, 1, 1);
    assertThat(sent.get(2).commands().getFirst()).hasSize(300);
  }

  @Test
  void tooLargeAndTooMuchIsRejected() {
    assertThat(commits.propose(EntryCodec.ANY_TERM, new byte[301]).join())
        .isInstanceOf(Outcome.Rejected.class);
    List<CompletableFuture<Outcome>> taken = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      taken.add(propose(i)); // 104 bytes each
    }
    assertThat(taken).noneMatch(CompletableFuture::isDone);
    assertThat(propose(10).join()).isInstanceOf(Outcome.Rejected.class);
    sent.get(0).commit(1);
    assertThat(propose(11)).isNotDone();
  }

  @Test
  void refusedAndLostEntriesSaySoForEachCommand() {
    CompletableFuture<Outcome> one = propose(1);
    CompletableFuture<Outcome> two = propose(2);
    sent.get(0).reply().complete(new Reply.Refused("no"));
    assertThat(one.join()).isEqualTo(new Outcome.NotLeader("no"));
    sent.get(1).reply().complete(new Reply.Lost("who knows"));
    assertThat(two.join()).isEqualTo(new Outcome.Unknown("who knows"));
    CompletableFuture<Outcome> three = propose(3);
    sent.get(2).reply().complete(new Reply.Committed(1, List.of()));
    assertThat(three.join()).isInstanceOf(Outcome.Unknown.class);
    CompletableFuture<Outcome> four = propose(4);
    sent.get(3).reply().completeExceptionally(new IllegalStateException("broken"));
    assertThat(four.join()).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void commandsOfTwoTermsNeverShareAnEntry() {
    var _ = propose(0);
    var _ = commits.propose(3, command(1));
    var _ = propose(2);
    var _ = commits.propose(4, command(3));
    sent.get(0).commit(1);
    assertThat(sent.get(1).term()).isEqualTo(3);
    assertThat(sent.get(1).commands()).hasSize(2);
    sent.get(1).commit(2);
    assertThat(sent.get(2).term()).isEqualTo(4);
  }

  @Test
  void whatOnlyTravelledWithARefusedTermGoesAgain() {
    var _ = propose(0);
    CompletableFuture<Outcome> led = commits.propose(3, command(1));
    CompletableFuture<Outcome> any = propose(2);
    sent.get(0).commit(1);
    sent.get(1).reply().complete(new Reply.Refused("term is over"));
    assertThat(led.join()).isInstanceOf(Outcome.NotLeader.class);
    assertThat(any).isNotDone();
    assertThat(sent.get(2).term()).isEqualTo(EntryCodec.ANY_TERM);
    sent.get(2).commit(4);
    assertAnswer(any, 4, 2);
    assertThat(commits.pendingBytes()).isZero();
  }

  @Test
  void closingRefusesWhatWaitsAndLeavesWhatIsInFlight() {
    CompletableFuture<Outcome> flying = propose(1);
    CompletableFuture<Outcome> waiting = propose(2);
    commits.close();
    assertThat(waiting.join()).isInstanceOf(Outcome.NotLeader.class);
    assertThat(propose(3).join()).isInstanceOf(Outcome.NotLeader.class);
    sent.get(0).commit(1);
    assertAnswer(flying, 1, 1);
    assertThat(sent).hasSize(1);
    assertThat(commits.pendingBytes()).isZero();
  }

  private static void assertAnswer(CompletableFuture<Outcome> outcome, long index, int name) {
    assertThat(outcome).isDone();
    Outcome.Applied applied = (Outcome.Applied) outcome.join();
    assertThat(applied.index()).isEqualTo(index);
    assertThat(applied.answer()).isEqualTo(command(name));
  }
}
