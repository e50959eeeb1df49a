package io.trivigil.web.bench;

import io.trivigil.model.Labels;
import io.trivigil.web.remote.RefusedWriteException;
import io.trivigil.web.remote.RemoteLimits;
import io.trivigil.web.remote.SeriesAliases;
import io.trivigil.web.remote.WriteBody;
import io.trivigil.web.remote.WriteRequestParser;
import io.trivigil.web.remote.WriteRequestParser.WriteRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What does a sample cost from the body of a request to the batch, snappy included? Workload:
/// requests of 2,000 series with one sample and seven labels each, out of 100,000 series that are
/// known. The sender repeats its order ([Order#REPEATED]); turns it round each time, so that every
/// series is looked up by hash ([Order#TURNED]); or sends what nobody knows ([Order#UNKNOWN]).
/// Expected: below 100, 200 and 2,000 ns, and no allocation for a known series (`-prof gc`).
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-XX:+UseCompactObjectHeaders")
public class ParseBenchmark {
  static final int SERIES = 2_000;
  private static final int BODIES = 50;
  private static final long START_MS = 1_763_700_000_000L;

  /// In which order a sender sends, and whether it is known.
  public enum Order {
    REPEATED,
    TURNED,
    UNKNOWN
  }

  @Param public Order order = Order.REPEATED;

  private final List<byte[]> bodies = new ArrayList<>();
  private WriteRequestParser parser =
      new WriteRequestParser(RemoteLimits.DEFAULT, new SeriesAliases(1, 1));
  private int next;

  @Setup
  public void prepare() throws RefusedWriteException {
    boolean known = order != Order.UNKNOWN;
    SeriesAliases aliases = new SeriesAliases(known ? 1 << 20 : 1, known ? 1L << 28 : 1);
    parser = new WriteRequestParser(RemoteLimits.DEFAULT, aliases);
    List<byte[]> turned = new ArrayList<>();
    for (int b = 0; b < BODIES; b++) {
      List<Labels> series = series(b);
      bodies.add(body(series));
      WriteRequest first = parser.parse(bodies.getLast(), true);
      long ref = 1 + (long) b * SERIES;
      aliases.learn(first.fresh(), LongStream.range(ref, ref + SERIES).boxed().toList());
      if (order == Order.TURNED) {
        Collections.reverse(series);
        turned.add(body(series));
      }
    }
    bodies.addAll(turned);
  }

  private static List<Labels> series(int body) {
    List<Labels> series = new ArrayList<>();
    for (int i = 0; i < SERIES; i++) {
      series.add(
          Labels.of(
              "__name__",
              "node_disk_written_bytes_total_" + i % 25,
              "cluster",
              "production",
              "datacenter",
              "frankfurt-1",
              "device",
              "nvme" + i / 25 % 4 + "n1",
              "instance",
              "host-%d-%d.example.com:9100".formatted(body, i / 100),
              "job",
              "node_exporter",
              "rack",
              "r" + i / 500));
    }
    return series;
  }

  private static byte[] body(List<Labels> series) {
    WriteBody body = new WriteBody();
    for (int i = 0; i < series.size(); i++) {
      body.sample(series.get(i), START_MS + i / 100, 1e6 + i);
    }
    return body.compressed();
  }

  @Benchmark
  @OperationsPerInvocation(SERIES)
  public int parse() throws RefusedWriteException {
    WriteRequest read = parser.parse(bodies.get(next++ % bodies.size()), true);
    int found = found(read);
    parser.recycle(read.batch());
    return found;
  }

  /// Series that were found in the way that is asked about.
  private int found(WriteRequest read) {
    return switch (order) {
      case REPEATED -> read.found().predicted();
      case TURNED -> read.found().lookedUp();
      case UNKNOWN -> read.found().parsed();
    };
  }
}
