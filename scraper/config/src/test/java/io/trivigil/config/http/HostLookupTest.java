package io.trivigil.config.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HostLookupTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final CountDownLatch silence = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  private InetAddress resolve(String host) throws UnknownHostException {
    asked.incrementAndGet();
    begun.countDown();
    if (host.startsWith("silent")) {
      try {
        silence.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new UnknownHostException(host);
    }
    return InetAddress.getLoopbackAddress();
  }

  @Test
  void silentNamesDoNotStallLiveOnes() throws Exception {
    try (HostLookup lookup = new HostLookup(this::resolve)) {
      for (int i = 0; i < 20; i++) {
        String host = "silent" + i;
        assertThat(catchThrowable(() -> lookup.resolve(host, SHORT)))
            .isInstanceOf(TimeoutException.class);
      }
      assertThat(lookup.resolve("live", LONG)).isEqualTo(InetAddress.getLoopbackAddress());
      silence.countDown();
    }
  }

  @Test
  void lookUpsOfOneNameAreShared() throws Exception {
    try (HostLookup lookup = new HostLookup(this::resolve)) {
      for (int i = 0; i < 3; i++) {
        assertThat(catchThrowable(() -> lookup.resolve("silent", SHORT)))
            .isInstanceOf(TimeoutException.class);
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(asked.get()).isEqualTo(1);
      silence.countDown();
    }
  }

  @Test
  void aClosedLookupFails() {
    HostLookup lookup = new HostLookup(this::resolve);
    lookup.close();
    assertThat(catchThrowable(() -> lookup.resolve("live", LONG)))
        .isInstanceOf(UnknownHostException.class);
  }
}
