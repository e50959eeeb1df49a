package io.trivigil.model.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void aSignalEndsTheWaitingAndIsUsedUp() throws Exception {
    Semaphore signal = new Semaphore(3);
    assertThat(Workers.VIRTUAL.await(signal, 10_000)).isTrue();
    assertThat(signal.availablePermits()).isZero();
    assertThat(Workers.VIRTUAL.await(signal, 1)).isFalse();
    assertThat(Workers.VIRTUAL.await(signal, -5)).isFalse();
  }

  @Test
  void threadsStartWaitAndEnd() throws Exception {
    Semaphore go = new Semaphore(0);
    Thread thread = Workers.VIRTUAL.start("loop", go::acquireUninterruptibly);
    assertThat(thread.getName()).isEqualTo("loop");
    assertThat(Workers.VIRTUAL.join(thread, Duration.ofMillis(1))).isFalse();
    go.release();
    assertThat(Workers.VIRTUAL.join(thread, Duration.ofMinutes(1))).isTrue();
    CountDownLatch ran = new CountDownLatch(1);
    Workers.VIRTUAL.later(Duration.ofMillis(1), ran::countDown);
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
