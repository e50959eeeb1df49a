package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.Entry;
import io.trivigil.scraper.state.ScrapeAnswer;
import io.trivigil.scraper.state.ScrapeCommand;
import io.trivigil.storage.SeriesLimits;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The cluster agrees on limits; who passes one is named and loses what is too much.
final class StoreRulesTest {
  private static final SeriesLimits LIMITS = new SeriesLimits(100, 3, 5);

  private final MemoryPageStore disk = new MemoryPageStore();
  private Storage storage = Storage.open(StorageConfig.inMemory(), disk);
  private NodeMachine machine = new NodeMachine(storage, new Deaf());
  private final Metrics metrics = new Metrics();
  private long index;
  private Optional<Duration> configured = Optional.empty();

  private byte[] apply(Domain domain, byte[] command) {
    index++;
    return machine
        .apply(new Entry(index, 1, 1_000 * index, List.of(domain.wrap(command))))
        .getFirst();
  }

  private WriteAnswer apply(WriteCommand command) {
    return WriteAnswer.decode(apply(Domain.STORE, command.encode()));
  }

  private void levelThree() {
    apply(Domain.CONFIG, new ConfigCommand.Found(new ClusterSettings(86_400_000, 1, 7)).encode());
    apply(Domain.CONFIG, new ConfigCommand.Raise(FeatureLevel.THREE.number()).encode());
  }

  private StoreRulesWork work(SeriesLimits flags) {
    Proposals nowhere = new Proposals(new DiskReserve(0, () -> 1, () -> 0, new Metrics()));
    return new StoreRulesWork(flags, () -> configured, machine, nowhere, metrics);
  }

  private static Labels series(String metric, String job, int i) {
    return Labels.of("__name__", metric, "i", "" + i, "job", job);
  }

  private WriteAnswer write(Labels... series) {
    SampleBatch batch = new SampleBatch();
    for (Labels labels : series) {
      batch.add(labels, 1_000 * index, 1);
    }
    return apply(new WriteCommand.Write(Long.MIN_VALUE, Long.MAX_VALUE, batch));
  }

  @Test
  void whatIsTooMuchIsLeftOutOfARequestAndNamed() {
    levelThree();
    assertThat(apply(new WriteCommand.Limits(LIMITS))).isInstanceOf(WriteAnswer.Written.class);
    assertThat(write(series("m", "a", 0), series("m", "a", 1), series("m", "a", 2)))
        .isEqualTo(new WriteAnswer.Written(List.of(1L, 2L, 3L)));
    WriteCommand retire = new WriteCommand.Retire(-1L << 40, 50_000);
    assertThat(WriteCommand.decode(retire.encode())).isEqualTo(retire);
    WriteAnswer partly = write(series("m", "a", 3), series("m", "a", 0), series("n", "b", 0));
    assertThat(partly)
        .isEqualTo(
            new WriteAnswer.Partly(
                List.of(0L, 1L, 4L),
                "too many series: metric=\"m\" limit=3 left_out_samples=1",
                0));
    assertThat(write(series("o", "a", 0), series("p", "a", 0), series("q", "a", 0)))
        .isEqualTo(
            new WriteAnswer.Partly(
                List.of(5L, 6L, 0L), "too many series: job=\"a\" limit=5 left_out_samples=1", 2));
  }

  private ScrapeAnswer scrape(int series) {
    SampleBatch batch = new SampleBatch();
    long atMs = 1_000 * index;
    for (int i = 0; i < series; i++) {
      batch.add(series("m", "a", i), atMs, 1);
    }
    for (String report : List.of("up", "scrape_duration_seconds", "scrape_samples_scraped")) {
      batch.add(Labels.of("__name__", report, "instance", "t", "job", "a"), atMs, 1);
    }
    return ScrapeAnswer.decode(
        apply(
            Domain.SCRAPE,
            new ScrapeCommand.Batch(
                    "t", "a", 250, atMs, atMs, true, "", 5, series, 3, new TreeMap<>(), batch)
                .encode()));
  }

  @Test
  void aTargetSaysWhatItHasTooMuchOfAndIsUp() {
    levelThree();
    apply(new WriteCommand.Limits(LIMITS));
    assertThat(scrape(5))
        .isInstanceOfSatisfying(
            ScrapeAnswer.Applied.class,
            applied -> {
              assertThat(applied.leftOut().overLimit()).isEqualTo(2);
              assertThat(applied.refs()).as("the report is there").endsWith(4L, 5L, 6L);
            });
    assertThat(machine.targets().target("t").orElseThrow().error())
        .isEqualTo("too many series: metric=\"m\" limit=3 left_out_samples=2");
    assertThat(machine.targets().target("t").orElseThrow().up()).isTrue();
    scrape(3);
    assertThat(machine.targets().target("t").orElseThrow().error()).isEmpty();
  }

  @Test
  void theLimitsAreStateAndComeBack() throws IOException {
    levelThree();
    apply(new WriteCommand.Limits(new SeriesLimits(7, 0, 0)));
    apply(new WriteCommand.Limits(LIMITS));
    machine.capture().write();
    storage = Storage.open(StorageConfig.inMemory(), disk);
    machine = new NodeMachine(storage, new Deaf());
    assertThat(machine.storeRules().inForce()).isEqualTo(LIMITS);
    assertThat(machine.sections().get(Domain.STORE.section())).containsKey("limits");
  }

  @Test
  void theLeaderProposesWhatDiffersOnceAllWouldKnowIt() {
    try (StoreRulesWork own = work(LIMITS);
        StoreRulesWork other = work(SeriesLimits.forHeap(1L << 30))) {
      assertThat(own.wanted()).isEmpty();
      levelThree();
      assertThat(own.wanted()).containsExactly(new WriteCommand.Limits(LIMITS));
      apply(new WriteCommand.Limits(LIMITS));
      assertThat(own.wanted()).isEmpty();
      assertThat(other.wanted()).contains(new WriteCommand.Limits(SeriesLimits.forHeap(1L << 30)));
      assertThat(metrics.expose())
          .contains("trivigil_storage_series_limit{scope=\"metric\"} 3\n")
          .contains("trivigil_storage_series_limit{scope=\"job\"} 5\n")
          .contains("trivigil_storage_series_limit{scope=\"total\"} 100\n");
    }
  }

  @Test
  void theLeaderProposesTheWindowOfTheConfiguration() {
    try (StoreRulesWork work = work(LIMITS)) {
      configured = Optional.of(Duration.ofMinutes(30));
      assertThat(work.wanted()).isEmpty();
      levelThree();
      apply(new WriteCommand.Limits(LIMITS));
      assertThat(work.wanted()).containsExactly(new WriteCommand.Window(1_800_000));
      apply(new WriteCommand.Window(1_800_000));
      assertThat(work.wanted()).isEmpty();
      assertThat(metrics.expose())
          .contains("trivigil_storage_out_of_order_time_window_seconds 1800\n");
      configured = Optional.empty();
      assertThat(work.wanted()).as("no configuration is not none of the window").isEmpty();
      configured = Optional.of(Duration.ZERO);
      assertThat(work.wanted()).containsExactly(new WriteCommand.Window(0));
    }
  }

  private WriteAnswer write(long timestampMs, double value) {
    SampleBatch batch = new SampleBatch();
    batch.add(series("m", "a", 0), timestampMs, value);
    return apply(new WriteCommand.Write(50_000, Long.MAX_VALUE, batch));
  }

  @Test
  void lateSamplesAreTakenWithinTheWindowWhateverARequestSays() throws IOException {
    levelThree();
    write(100_000, 1);
    assertThat(write(99_000, 2)).isEqualTo(new WriteAnswer.Refused("out of order sample", 0));
    assertThat(write(49_000, 2)).isEqualTo(new WriteAnswer.Refused("out of bounds", 0));
    apply(new WriteCommand.Window(60_000));
    assertThat(write(99_000, 2)).isEqualTo(new WriteAnswer.Written(List.of(1L)));
    assertThat(write(40_000, 2)).isEqualTo(new WriteAnswer.Written(List.of(1L)));
    assertThat(write(39_999, 2)).isEqualTo(new WriteAnswer.Refused("too old sample", 0));
    assertThat(write(100_000, 3))
        .isEqualTo(new WriteAnswer.Refused("duplicate sample for timestamp", 0));
    machine.capture().write();
    storage = Storage.open(StorageConfig.inMemory(), disk);
    machine = new NodeMachine(storage, new Deaf());
    assertThat(machine.storeRules().windowMs()).as("it is state").isEqualTo(60_000);
    apply(new WriteCommand.Window(0));
    assertThat(write(99_500, 2)).isEqualTo(new WriteAnswer.Refused("out of order sample", 0));
    assertThat(machine.sections().get(Domain.STORE.section())).doesNotContainKey("window");
  }

  @Test
  void belowFeatureLevelThreeNothingChanges() {
    assertThat(apply(new WriteCommand.Limits(LIMITS))).isInstanceOf(WriteAnswer.Refused.class);
    assertThat(apply(new WriteCommand.Window(60_000))).isInstanceOf(WriteAnswer.Refused.class);
    assertThat(machine.storeRules().windowMs()).isZero();
    assertThat(machine.storeRules().inForce()).isEqualTo(StoreRules.BEFORE);
    assertThat(machine.sections().get(Domain.STORE.section())).isEmpty();
    scrape(5);
    assertThat(machine.targets().target("t").orElseThrow().error()).isEmpty();
    assertThat(write(series("n", "a", 0), series("n", "a", 1), series("n", "a", 2)))
        .isInstanceOf(WriteAnswer.Written.class);
  }

  @Test
  void commandAndAnswerSurviveTheirBytes() {
    WriteCommand limits = new WriteCommand.Limits(LIMITS);
    assertThat(WriteCommand.decode(limits.encode())).isEqualTo(limits);
    WriteCommand window = new WriteCommand.Window(1L << 40);
    assertThat(WriteCommand.decode(window.encode())).isEqualTo(window);
    WriteCommand retire = new WriteCommand.Retire(-1L << 40, 50_000);
    assertThat(WriteCommand.decode(retire.encode())).isEqualTo(retire);
    WriteAnswer partly = new WriteAnswer.Partly(List.of(0L, 1L << 40), "too many", 7);
    assertThat(WriteAnswer.decode(partly.encode())).isEqualTo(partly);
  }
}
