package io.trivigil.node.failopen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.node.failopen.FailOpenCore.Decision;
import io.trivigil.node.failopen.FailOpenCore.Round;
import io.trivigil.node.failopen.FailOpenCore.Tell;
import io.trivigil.node.failopen.FailOpenCore.Verdict;
import io.trivigil.node.failopen.QuorumView.Peer;
import io.trivigil.node.failopen.QuorumView.Sight;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Each sentence of what holds when the quorum is lost, with a clock of its own.
class FailOpenCoreTest {
  private static final FailOpenSettings SETTINGS = FailOpenSettings.DEFAULT;
  private static final Round ALL_THERE = new Round(4, 4, 0);

  private final FailOpenCore core = new FailOpenCore("n2", SETTINGS);
  private long nowMs = 5_000_000;
  private long lostMs;
  private List<Peer> peers = List.of();
  private int voters = 3;

  /// Lets time pass without a leader and returns what holds then.
  private Decision lost(long ms, Round round) {
    Decision decision = core.step(nowMs, sight(false), round);
    for (long passed = 0; passed < ms; passed += 200) {
      nowMs += 200;
      lostMs += 200;
      decision = core.step(nowMs, sight(false), round);
    }
    return decision;
  }

  private Decision led() {
    nowMs += 200;
    lostMs = 0;
    return core.step(nowMs, sight(true), Round.NONE);
  }

  private Sight sight(boolean leader) {
    return new Sight(leader, lostMs, voters, peers);
  }

  @Test
  void opensAfterTheLimitAndNotBefore() {
    assertThat(lost(29_800, Round.NONE).alone()).isFalse();
    assertThat(lost(200, Round.NONE).alone()).isTrue();
  }

  @Test
  void aNodeWithALeaderNeverOpensAndAnOpenOneStopsAtOnce() {
    for (int i = 0; i < 500; i++) {
      assertThat(led().alone()).isFalse();
    }
    assertThat(lost(40_000, ALL_THERE).tell()).isEqualTo(Tell.ALL);
    Decision heard = led();
    assertThat(heard.alone()).isFalse();
    assertThat(heard.tell()).isEqualTo(Tell.NOTHING);
    assertThat(heard.evaluate()).isFalse();
    assertThat(lost(29_800, Round.NONE).alone()).as("the time counts from its beginning").isFalse();
  }

  @Test
  void aLeaderThatProvesNoQuorumBeginsTheTimeAnew() {
    assertThat(lost(31_000, ALL_THERE).alone()).isTrue();
    nowMs += 200;
    core.step(nowMs, sight(true), Round.NONE); // the log's own count of the loss goes on
    assertThat(lost(29_800, ALL_THERE).alone()).isFalse();
    assertThat(lost(200, ALL_THERE).alone()).isTrue();
  }

  @Test
  void timeInWhichTheProcessStoodStillDoesNotCount() {
    lost(10_000, Round.NONE);
    nowMs += 60_000; // the log's own count of the loss leaves it out
    assertThat(core.step(nowMs, sight(false), Round.NONE).alone()).isFalse();
  }

  @Test
  void aClusterOfOneNeverOpens() {
    voters = 1;
    assertThat(lost(600_000, ALL_THERE).alone()).isFalse();
  }

  @Test
  void zeroIsNeverAndTooShortIsRefused() {
    FailOpenCore off = new FailOpenCore("n2", SETTINGS.withAfter(Duration.ZERO));
    assertThat(off.step(1, new Sight(false, 900_000, 3, List.of()), ALL_THERE).alone()).isFalse();
    assertThatThrownBy(() -> SETTINGS.withAfter(Duration.ofMillis(4_999)))
        .hasMessageContaining("at least 5 s");
  }

  @Test
  void theLowestIdOfThoseThatSeeEachOtherSpeaks() {
    peers = List.of(new Peer("n1", false), new Peer("n3", true));
    assertThat(lost(31_000, ALL_THERE).tell())
        .as("n1 answers, and may be about to fail open")
        .isEqualTo(Tell.NOTHING);
    assertThat(lost(2_000, ALL_THERE).tell()).as("n1 does not speak").isEqualTo(Tell.ALL);
    peers = List.of(new Peer("n1", true), new Peer("n3", true));
    Decision held = lost(200, ALL_THERE);
    assertThat(held.tell()).isEqualTo(Tell.NOTHING);
    assertThat(held.evaluate()).as("who holds evaluates, to be ready").isTrue();
    peers = List.of(new Peer("n3", true));
    assertThat(lost(200, ALL_THERE).tell()).isEqualTo(Tell.ALL);
  }

  @Test
  void nothingButTheNoticeIfMostTargetsVanishedToo() {
    Decision isolated = lost(31_000, new Round(4, 4, 3));
    assertThat(isolated.verdict()).isEqualTo(Verdict.ISOLATED);
    assertThat(isolated.tell()).isEqualTo(Tell.NOTICE);
    assertThat(isolated.evaluate()).isFalse();
    assertThat(lost(200, new Round(4, 4, 2)).tell()).as("most are back").isEqualTo(Tell.ALL);
  }

  @Test
  void halfOfTheTargetsIsNotMost() {
    assertThat(lost(31_000, new Round(4, 4, 2)).verdict()).isEqualTo(Verdict.TRUSTED);
  }

  @Test
  void targetsThatVanishLaterAreAlerts() {
    assertThat(lost(31_000, ALL_THERE).tell()).isEqualTo(Tell.ALL);
    assertThat(lost(1_000, new Round(4, 4, 4)).tell()).isEqualTo(Tell.ALL);
  }

  @Test
  void beforeTheTargetsWereLookedAtOnlyTheNoticeIsSent() {
    assertThat(lost(31_000, new Round(4, 3, 0)).tell()).isEqualTo(Tell.NOTICE);
    assertThat(lost(15_000, new Round(4, 3, 0)).tell())
        .as("who does not answer in time is left out")
        .isEqualTo(Tell.ALL);
  }

  @Test
  void whereNothingWasLookedAtTheVerdictWaits() {
    assertThat(lost(120_000, new Round(4, 0, 0)).tell()).isEqualTo(Tell.NOTICE);
  }
}
