package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UntoldTest {
  private static final long SOON = Untold.SOON.toMillis();
  private static final long LATER = Untold.LATER.toMillis();

  private final Untold untold = new Untold(4);

  @Test
  void whatWasThereBeforeIsToldSoon() {
    assertThat(untold.dueInMs(4, 0, 100)).isEqualTo(SOON);
    untold.told(4);
    assertThat(untold.dueInMs(4, 0, 100)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theLeadersOwnIsToldLater() {
    untold.told(4);
    assertThat(untold.dueInMs(5, 4, 100)).isEqualTo(LATER);
    assertThat(untold.dueInMs(6, 4, 100 + LATER - 1)).isEqualTo(1); // the first one counts
    assertThat(untold.dueInMs(6, 4, 100 + LATER + 1)).isZero();
  }

  @Test
  void whatAnotherNodeBroughtIsToldSoonAndWithItWhatIsBefore() {
    untold.told(4);
    assertThat(untold.dueInMs(5, 4, 100)).isEqualTo(LATER);
    untold.brought(7);
    assertThat(untold.dueInMs(6, 4, 101)).isEqualTo(SOON - 1);
    untold.told(7);
    assertThat(untold.dueInMs(8, 7, 200)).isEqualTo(LATER);
  }

  @Test
  void whatTheFollowerSaysThatItKnowsIsNotTold() {
    assertThat(untold.dueInMs(9, 9, 100)).isEqualTo(Long.MAX_VALUE);
    assertThat(untold.dueInMs(10, 9, 200)).isEqualTo(LATER);
  }

  @Test
  void theWaitBeginsWhenItCanBeTold() {
    assertThat(untold.dueInMs(4, 0, 100)).isEqualTo(SOON);
    untold.notYet();
    assertThat(untold.dueInMs(4, 0, 150)).isEqualTo(SOON);
    assertThat(untold.dueInMs(4, 0, 152)).isEqualTo(SOON - 2);
  }
}
