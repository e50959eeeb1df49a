package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.ratis.CommitNote.Noted;
import org.junit.jupiter.api.Test;

class CommitNoteTest {
  private final Noted noted = new Noted();
  private long last; // entry of the log
  private long committed;
  private long said; // by the newest note
  private int notes;

  /// One look of the timer, as the log answers it.
  private void look() {
    if (noted.due(committed)) {
      boolean news = committed > said;
      if (news) {
        said = committed;
        last++;
        notes++;
      }
      noted.wrote(committed, news ? last : -1);
    }
  }

  @Test
  void aNoteIsNotWorthAnother() {
    last = 10;
    committed = 10;
    look();
    assertThat(said).isEqualTo(10);
    committed = last; // the note's own
    look();
    look();
    assertThat(notes).isOne();
  }

  @Test
  void whatWasInFlightWhileANoteWasWrittenIsNotedToo() {
    last = 12;
    committed = 10;
    look();
    assertThat(said).isEqualTo(10);
    committed = last;
    look();
    assertThat(said).isGreaterThanOrEqualTo(12);
    committed = last;
    look();
    look();
    assertThat(notes).isEqualTo(2); // and then it rests
  }

  @Test
  void whatANoteOfALeaderBeforeSaidIsNotWorthOne() {
    last = 11;
    committed = 10;
    said = 10;
    look();
    assertThat(notes).isZero();
    committed = 11;
    look();
    assertThat(said).isEqualTo(11);
  }
}
