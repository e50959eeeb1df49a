package io.trivigil.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.version.ClusterSettings;
import io.trivigil.config.version.ConfigCommand;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.promql.parse.Parser;
import io.trivigil.raft.Entry;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What is there goes, what comes later stays, and every node does alike.
final class SeriesDeletionTest {
  private static final Labels A = Labels.of("__name__", "m", "i", "a");
  private static final Labels B = Labels.of("__name__", "m", "i", "b");

  private final MemoryPageStore disk = new MemoryPageStore();
  private Storage storage = Storage.open(StorageConfig.inMemory(), disk);
  private NodeMachine machine = new NodeMachine(storage, new Deaf());
  private long index;

  private byte[] apply(Domain domain, byte[] command) {
    index++;
    return machine
        .apply(new Entry(index, 1, 1_000 * index, List.of(domain.wrap(command))))
        .getFirst();
  }

  private CompletableFuture<WriteOutcome> log(WriteCommand command) {
    byte[] answer = apply(Domain.STORE, command.encode());
    return CompletableFuture.completedFuture(
        new WriteOutcome.Answered(index, WriteAnswer.decode(answer)));
  }

  private void levelTwo() {
    apply(Domain.CONFIG, new ConfigCommand.Found(new ClusterSettings(86_400_000, 1, 7)).encode());
    apply(Domain.CONFIG, new ConfigCommand.Raise(2).encode());
  }

  private void write(Labels series, long... timestampsMs) {
    SampleBatch batch = new SampleBatch();
    for (long timestampMs : timestampsMs) {
      batch.add(series, timestampMs, (double) timestampMs);
    }
    assertThat(log(new WriteCommand.Write(Long.MIN_VALUE, Long.MAX_VALUE, batch)))
        .isCompletedWithValueMatching(
            o ->
                o instanceof WriteOutcome.Answered(long _, WriteAnswer answer)
                    && answer instanceof WriteAnswer.Written);
  }

  private WriteOutcome delete(String selector, long fromMs, long toMs) throws InterruptedException {
    List<Matcher> matchers = Parser.parseMatchers(selector);
    return deletion().delete(List.of(matchers), fromMs, toMs);
  }

  private SeriesDeletion deletion() {
    return new SeriesDeletion(
        storage, machine.config(), () -> CompletableFuture.completedFuture(index), this::log);
  }

  private static String content(Querier querier) {
    TreeMap<Labels, List<Long>> found = new TreeMap<>();
    Querier.Hints all = new Querier.Hints(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, "");
    for (Querier.Series series : querier.select(all, List.of())) {
      SampleBuffer samples = new SampleBuffer();
      series.read(Long.MIN_VALUE, Long.MAX_VALUE, samples);
      List<Long> times = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        times.add(samples.timestampMs(i));
      }
      found.put(series.labels(), times);
    }
    StringBuilder out = new StringBuilder();
    found.forEach((labels, times) -> out.append(labels.get("i")).append(times));
    return out.toString();
  }

  private String content() {
    try (Querier querier = storage.open()) {
      return content(querier);
    }
  }

  @Test
  void whatIsThereGoesAndWhatComesLaterStays() throws Exception {
    levelTwo();
    write(A, 10, 20, 30, 40);
    write(B, 10, 20, 30, 40);
    try (Querier before = storage.open()) {
      assertThat(delete("{i=~\"a|x\"}", 20, Long.MAX_VALUE))
          .isInstanceOf(WriteOutcome.Answered.class);
      assertThat(content(before)).isEqualTo("a[10, 20, 30, 40]b[10, 20, 30, 40]");
    }
    assertThat(content()).isEqualTo("a[10]b[10, 20, 30, 40]");
    write(A, 41, 50);
    assertThat(content()).isEqualTo("a[10, 41, 50]b[10, 20, 30, 40]");
    delete("m", Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(content()).isEmpty();
    try (Querier querier = storage.open()) {
      assertThat(querier.labelValues("i", Long.MIN_VALUE, Long.MAX_VALUE, List.of())).isEmpty();
    }
    write(B, 60);
    assertThat(content()).isEqualTo("b[60]");
    assertThat(storage.tombstones()).isEqualTo(2);
  }

  @Test
  void aDeletionOutlivesTheProcessWithAndWithoutASnapshot() throws Exception {
    levelTwo();
    write(A, 10, 20, 30);
    delete("m", 15, 25);
    machine.capture().write();
    storage.close();
    storage = Storage.open(StorageConfig.inMemory(), disk);
    machine = new NodeMachine(storage, new Deaf());
    assertThat(content()).isEqualTo("a[10, 30]");
    storage.compact();
    assertThat(content()).isEqualTo("a[10, 30]");
  }

  private long samplesOnDisk() {
    return storage.stats(0).samples();
  }

  @Test
  void spaceComesBackOnceTheDeletionIsDurable() throws Exception {
    levelTwo();
    write(A, 10, 20, 30);
    write(B, 10, 20, 30);
    machine.capture().write();
    delete("{i=\"a\"}", 15, 25);
    try (Querier before = storage.open()) {
      assertThat(deletion().clean()).isInstanceOf(WriteOutcome.Answered.class);
      storage.clean();
      assertThat(samplesOnDisk()).isEqualTo(6); // the deletion could still be lost with the log
      machine.capture().write();
      assertThat(samplesOnDisk()).isEqualTo(5);
      assertThat(content(before)).isEqualTo("a[10, 30]b[10, 20, 30]");
    }
    storage.close();
    storage = Storage.open(StorageConfig.inMemory(), disk);
    assertThat(content()).isEqualTo("a[10, 30]b[10, 20, 30]");
    assertThat(samplesOnDisk()).isEqualTo(5);
  }

  @Test
  void whatRetentionTookNeedsNoTombstone() throws Exception {
    levelTwo();
    write(A, 10, 20, 30);
    delete("m", 0, 20);
    assertThat(storage.tombstones()).isOne();
    assertThat(log(new WriteCommand.Retain(25))).isCompleted();
    assertThat(storage.tombstones()).isZero();
    assertThat(content()).isEqualTo("a[30]");
  }

  @Test
  void belowFeatureLevelTwoNothingIsProposed() throws Exception {
    write(A, 10);
    assertThat(delete("m", 0, 20)).isInstanceOf(WriteOutcome.Unavailable.class);
    assertThat(deletion().clean()).isInstanceOf(WriteOutcome.Unavailable.class);
    byte[] refused = apply(Domain.STORE, new WriteCommand.Delete(List.of(1L), 0, 20).encode());
    assertThat(WriteAnswer.decode(refused)).isInstanceOf(WriteAnswer.Refused.class);
    assertThat(content()).isEqualTo("a[10]");
  }

  @Test
  void theCommandSurvivesItsBytes() {
    WriteCommand command = new WriteCommand.Delete(List.of(1L, 7L, 1L << 40), -5, 9);
    assertThat(WriteCommand.decode(command.encode())).isEqualTo(command);
    assertThat(WriteCommand.decode(new WriteCommand.Clean().encode()))
        .isEqualTo(new WriteCommand.Clean());
  }
}
