package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.metric.Metrics;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueryHelpersTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger came = new AtomicInteger();
  private final Semaphore here = new Semaphore(0);
  private final Semaphore goOn = new Semaphore(0);
  private boolean writesWait;
  private final QueryHelpers helpers =
      new QueryHelpers(4, () -> writesWait, new Metrics(), nanos::get);

  @AfterEach
  void close() {
    helpers.close();
  }

  private void help() {
    came.incrementAndGet();
    here.release();
    goOn.acquireUninterruptibly();
    here.release();
  }

  @Test
  void halfTheCoresHelp() throws Exception {
    helpers.begin();
    helpers.offer(10, this::help);
    assertThat(here.tryAcquire(2, 60, TimeUnit.SECONDS)).isTrue();
    assertThat(helpers.mayGoOn()).isTrue();
    goOn.release(10);
    assertThat(here.tryAcquire(2, 60, TimeUnit.SECONDS)).isTrue();
    assertThat(came).hasValue(2);
  }

  @Test
  void nobodyHelpsWhereQueriesHaveAllCores() {
    for (int i = 0; i < 4; i++) {
      helpers.begin();
    }
    helpers.offer(10, this::help);
    assertThat(helpers.mayGoOn()).isTrue();
    helpers.begin();
    assertThat(helpers.mayGoOn()).isFalse();
    helpers.end();
    assertThat(helpers.mayGoOn()).isTrue();
    assertThat(came).hasValue(0);
  }

  @Test
  void helpersLeaveWhenAWriteWaits() {
    assertThat(helpers.mayGoOn()).isTrue();
    writesWait = true;
    nanos.addAndGet(Duration.ofMillis(2).toNanos());
    assertThat(helpers.mayGoOn()).isFalse();
    writesWait = false;
    assertThat(helpers.mayGoOn()).as("asked again after 2 ms only").isFalse();
    nanos.addAndGet(Duration.ofMillis(2).toNanos());
    assertThat(helpers.mayGoOn()).isTrue();
  }
}
