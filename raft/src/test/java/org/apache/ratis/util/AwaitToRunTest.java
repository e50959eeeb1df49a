package org.apache.ratis.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AwaitToRunTest {
  private static final long WAIT_S = 50;

  @Test
  void runsAgainBehindOneSignal() throws Exception {
    CountDownLatch runs = new CountDownLatch(4);
    try (AwaitToRun awaiting = new AwaitToRun("test", runs::countDown).start()) {
      awaiting.signal();
      assertThat(runs.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatFailsIsRunAgain() throws Exception {
    CountDownLatch runs = new CountDownLatch(3);
    Runnable failing =
        () -> {
          runs.countDown();
          throw new IllegalStateException("as it is tested");
        };
    try (AwaitToRun awaiting = new AwaitToRun("test", failing).start()) {
      awaiting.signal();
      assertThat(runs.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void eachSignalIsFollowedByARun() throws Exception {
    Semaphore began = new Semaphore(0);
    AtomicInteger signals = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    Runnable method =
        () -> {
          seen.set(signals.get());
          began.release();
        };
    try (AwaitToRun awaiting = new AwaitToRun("test", method).start()) {
      for (int i = 1; i <= 100; i++) {
        signals.incrementAndGet();
        awaiting.signal();
        while (seen.get() < i) {
          assertThat(began.tryAcquire(WAIT_S, TimeUnit.SECONDS)).isTrue();
        }
      }
    }
  }

  /// As the log does: it closes under the lock that the method waits for.
  @Test
  void isClosedUnderALockThatTheMethodWants() throws Exception {
    Object lock = new Object();
    CountDownLatch wanted = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runnable method =
        () -> {
          wanted.countDown();
          synchronized (lock) {
            ended.countDown();
          }
        };
    AwaitToRun awaiting = new AwaitToRun("test", method).start();
    synchronized (lock) {
      awaiting.signal();
      assertThat(wanted.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
      awaiting.close();
      assertThat(ended.getCount()).isEqualTo(1);
    }
    assertThat(ended.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
  }
}
