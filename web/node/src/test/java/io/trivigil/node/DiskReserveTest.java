package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.LogStatus;
import io.trivigil.scraper.loop.CommandLog.Proposed;
import io.trivigil.scraper.state.ScrapeCommand;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A disk that fills and empties again.
class DiskReserveTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong(-5);
  private final AtomicLong usable = new AtomicLong(5_000);
  private final Metrics metrics = new Metrics();
  private final DiskReserve reserve =
      new DiskReserve(800, usable::get, () -> nanos.addAndGet(SECOND), metrics);

  @Test
  void itIsLowBelowTheReserveAndUntilAnEighthMoreIsFree() {
    assertThat(reserve.isLow()).isFalse();
    usable.set(800);
    assertThat(reserve.isLow()).isFalse();
    usable.set(799);
    assertThat(reserve.isLow()).isTrue();
    usable.set(899);
    assertThat(reserve.isLow()).isTrue();
    usable.set(900);
    assertThat(reserve.isLow()).isFalse();
    usable.set(-1); // not known
    assertThat(reserve.isLow()).isFalse();
  }

  @Test
  void itLooksOnceASecond() {
    AtomicLong looks = new AtomicLong();
    DiskReserve seldom =
        new DiskReserve(
            800,
            () -> {
              looks.incrementAndGet();
              return 5_000;
            },
            () -> nanos.addAndGet(SECOND / 4),
            new Metrics());
    for (int i = 0; i < 8; i++) {
      assertThat(seldom.isLow()).isFalse();
    }
    assertThat(looks).hasValue(2);
  }

  @Test
  void samplesAreRefusedAndEverythingElseReachesTheLog() throws Exception {
    Proposals proposals = new Proposals(reserve); // without a log: what gets there says so
    usable.set(10);
    SampleBatch batch = new SampleBatch();
    batch.add(Labels.of("__name__", "up"), 1, 1);
    WriteCommand write = new WriteCommand.Write(0, 1, batch);
    assertThat(proposals.write(write).get())
        .isEqualTo(new WriteOutcome.Unavailable("out of space: free_bytes=10 reserve_bytes=800"));
    byte[] scrape = {1, 1, 0};
    assertThat(proposals.scraping().propose(3, scrape).get())
        .isInstanceOfSatisfying(
            Proposed.Rejected.class, r -> assertThat(r.reason()).startsWith("out of space"));
    assertThat(metrics.expose()).contains("trivigil_disk_reserve_refused_total 2");

    assertThat(proposals.scraping().propose(3, new ScrapeCommand.Seed(7).encode()).get())
        .isInstanceOf(Proposed.Deposed.class);
    assertThat(proposals.alertmanager().propose(new byte[] {1}).get().toString())
        .contains("not started");
    assertThat(proposals.write(new WriteCommand.Retain(5)).get().toString())
        .contains("not started");
    usable.set(5_000);
    assertThat(proposals.write(write).get().toString()).contains("not started");
  }

  @Test
  void leadershipGoesToALivingVoterWithRoom() {
    LogStatus status =
        new LogStatus(
            "n1",
            "n1",
            1,
            LogStatus.Role.LEADER,
            true,
            9,
            9,
            0,
            0,
            List.of(
                new LogStatus.Member("n1", "", true, 9, 9, 0, 0),
                new LogStatus.Member("n2", "", true, 9, 9, 100, 0),
                new LogStatus.Member("n3", "", true, 7, 7, 100, 0),
                new LogStatus.Member("n4", "", false, 9, 9, 100, 0),
                new LogStatus.Member("n5", "", true, 9, 9, 60_000, 0)));
    assertThat(SpaceWatch.heir(status, Set.of())).contains("n2");
    assertThat(SpaceWatch.heir(status, Set.of("n2"))).contains("n3");
    assertThat(SpaceWatch.heir(status, Set.of("n2", "n3"))).isEmpty();
    assertThat(StoreRepair.whyNot(status)).contains("too few other nodes are seen: seen=2");
  }
}
