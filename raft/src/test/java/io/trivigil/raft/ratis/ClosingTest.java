package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ClosingTest {
  @Test
  void whatNeverClosesIsLeftBehind() {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(Closing.within(Duration.ofMillis(20), "n1", () -> await(never))).isFalse();
    never.countDown();
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whatClosesOrFailsToIsClosed() {
    Duration minute = Duration.ofMinutes(1);
    assertThat(Closing.within(minute, "n1", () -> {})).isTrue();
    assertThat(
            Closing.within(
                minute,
                "n1",
                () -> {
                  throw new IOException("no");
                }))
        .isTrue();
  }
}
