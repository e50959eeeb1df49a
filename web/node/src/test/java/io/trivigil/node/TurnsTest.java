package io.trivigil.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnsTest {
  @Test
  void aTurnThatFailsIsFollowedByTheNext() throws InterruptedException {
    CountDownLatch turns = new CountDownLatch(3);
    try (Turns thread = new Turns("test")) {
      Future<?> _ =
          thread.every(
              Duration.ZERO,
              Duration.ofMillis(1),
              () -> {
                turns.countDown();
                throw new IllegalStateException("this turn fails, as the test wants");
              });
      assertTrue(turns.await(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void theLeadersWorkIsDoneInItsTermAndThenAgainInTheNext() throws InterruptedException {
    CountDownLatch first = new CountDownLatch(2);
    CountDownLatch second = new CountDownLatch(1);
    PeriodicWork work =
        new PeriodicWork("test", Duration.ZERO, Duration.ofMillis(1)) {
          @Override
          void turn(long term) {
            (term == 7 ? first : second).countDown();
          }
        };
    try (work) {
      work.start(7);
      assertTrue(first.await(60, TimeUnit.SECONDS));
      work.stop();
      work.start(8);
      assertTrue(second.await(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void nothingIsDoneAfterTheEnd() {
    Turns thread = new Turns("test");
    thread.close();
    assertFalse(thread.once(() -> {}));
    thread.later(Duration.ZERO, () -> {});
  }
}
