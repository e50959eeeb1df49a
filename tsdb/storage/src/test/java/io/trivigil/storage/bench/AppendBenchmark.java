package io.trivigil.storage.bench;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.storage.AppendResult;
import io.trivigil.storage.AppendRules;
import io.trivigil.storage.SnapshotPosition;
import io.trivigil.storage.Storage;
import io.trivigil.storage.StorageConfig;
import io.trivigil.storage.page.MemoryPageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does a sample of a known series cost the thread that applies the log? Workload: 100,000
/// series in batches of 2,000 in a fixed order, 15 s apart, with a snapshot every 30 rounds (its
/// writing is not counted). Expected: below 40 ns, and next to no allocation (`-prof gc`).
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-XX:+UseCompactObjectHeaders")
public class AppendBenchmark {
  static final int BATCH = 2_000;
  private static final int BATCHES = 50;
  private static final long STEP_MS = 15_000;
  private static final int ROUNDS_PER_SNAPSHOT = 30;

  private final long[][] refs = new long[BATCHES][];
  private Path directory = Path.of("");
  private Storage storage = Storage.open(StorageConfig.inMemory(), new MemoryPageStore());
  private SampleBatch batch = new SampleBatch();
  private long entries;
  private int next;
  private int round;

  @Setup
  public void prepare() {
    try {
      directory = Files.createTempDirectory("append");
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for the benchmark", e);
    }
    storage = Storage.open(StorageConfig.in(directory), new MemoryPageStore());
    for (int b = 0; b < BATCHES; b++) {
      SampleBatch first = new SampleBatch(BATCH);
      for (int i = 0; i < BATCH; i++) {
        first.add(Labels.of("__name__", "m" + i % 100, "host", b + "-" + i / 100), STEP_MS, 1);
      }
      storage.beginEntry(++entries, STEP_MS);
      AppendResult result = storage.append(first, AppendRules.WHOLE);
      storage.endEntry();
      List<Long> born = new ArrayList<>(((AppendResult.Appended) result).refs());
      refs[b] = born.stream().mapToLong(Long::longValue).toArray();
    }
    round = 1;
  }

  /// Makes the next batch, and a snapshot where one is due.
  @Setup(Level.Invocation)
  public void fill() {
    if (next == BATCHES) {
      next = 0;
      if (++round % ROUNDS_PER_SNAPSHOT == 0) {
        snapshot();
      }
    }
    batch = new SampleBatch(BATCH);
    for (long ref : refs[next++]) {
      batch.add(ref, (round + 1) * STEP_MS, (double) round);
    }
  }

  private void snapshot() {
    storage.capture(new SnapshotPosition(1, entries, round * STEP_MS), Map.of()).write();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public AppendResult append() {
    storage.beginEntry(++entries, round * STEP_MS);
    AppendResult result = storage.append(batch, AppendRules.WHOLE);
    storage.endEntry();
    return result;
  }

  @TearDown
  public void close() {
    storage.close();
  }
}
