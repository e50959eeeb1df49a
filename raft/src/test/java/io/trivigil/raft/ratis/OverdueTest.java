package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OverdueTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000); // it may wrap
  private final LinkedBlockingQueue<Runnable> looks = new LinkedBlockingQueue<>();
  private final Overdue overdue = new Overdue(nanos::get, looks::add);
  private final List<String> ended = new ArrayList<>();

  @Test
  void endsWhatIsOverdueAndNothingElse() throws InterruptedException {
    var _ = overdue.during(Duration.ofNanos(2_000), () -> ended.add("short"));
    Overdue.Watch closed = overdue.during(Duration.ofNanos(2_000), () -> ended.add("closed"));
    var _ = overdue.during(Duration.ofNanos(5_000), () -> ended.add("long"));
    assertThat(looks).hasSize(1); // one timer for all
    closed.close();
    look(1_999);
    assertThat(ended).isEmpty();
    look(1);
    assertThat(ended).containsExactly("short");
    look(3_000);
    assertThat(ended).containsExactly("short", "long");
    assertThat(looks).isEmpty(); // and none while nobody waits
    var _ = overdue.during(Duration.ofNanos(1), () -> ended.add("again"));
    look(1);
    assertThat(ended).endsWith("again");
  }

  private void look(long laterNanos) throws InterruptedException {
    Runnable look = looks.poll(60, TimeUnit.SECONDS);
    assertThat(look).isNotNull();
    nanos.addAndGet(laterNanos);
    look.run();
  }

  @Test
  void aResultIsWaitedForNoLongerThanAllowed() throws Exception {
    assertThat(overdue.get(CompletableFuture.completedFuture("at once"), Duration.ZERO))
        .isEqualTo("at once");
    CompletableFuture<String> result = new CompletableFuture<>();
    FutureTask<String> waits = new FutureTask<>(() -> overdue.get(result, Duration.ofNanos(2_000)));
    Thread.ofVirtual().start(waits);
    look(2_000);
    assertThatThrownBy(() -> waits.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(result).isNotDone(); // it is not ours to end
  }

  @Test
  void aFailureIsPassedOn() {
    CompletableFuture<String> failed = CompletableFuture.failedFuture(new TimeoutException("its"));
    assertThatThrownBy(() -> overdue.get(failed, Duration.ofNanos(1)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessage("its");
  }
}
