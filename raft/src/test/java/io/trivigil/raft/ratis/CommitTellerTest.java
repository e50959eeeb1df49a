package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitTellerTest {
  @Test
  void anEntryWhoseAnswerWasLostIsForgotten() {
    assertThat(CommitTeller.isForgotten(44, 44, 42, false, 100)).isTrue();
    assertThat(CommitTeller.isForgotten(44, 44, -1, false, 100)).isTrue();
  }

  @Test
  void whatIsOnItsWayOrAcknowledgedIsNot() {
    assertThat(CommitTeller.isForgotten(44, 44, 42, true, 100)).as("it is waited for").isFalse();
    assertThat(CommitTeller.isForgotten(44, 43, 42, false, 100)).as("to be sent").isFalse();
    assertThat(CommitTeller.isForgotten(44, 44, 43, false, 100)).as("acknowledged").isFalse();
    assertThat(CommitTeller.isForgotten(0, 0, -1, false, 100)).as("an empty log").isFalse();
  }

  @Test
  void whoDoesNotAnswerIsNotSentItAgainAndAgain() {
    assertThat(CommitTeller.isForgotten(44, 44, 42, false, 5_000)).isFalse();
  }
}
