package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import io.trivigil.lab.WriteRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Writes series that come and go at a steady rate, and looks once a minute whether memory, files
/// and queries of what is alive stay as they were.
///
/// Usage: `Soak URL PID DATA_DIRECTORY MINUTES SAMPLES_PER_SECOND SERIES SERIES_GONE_PER_HOUR`.
public final class Soak {
  /// Median memory of the last third against that of the third before it: more than this grows.
  private static final double FLAT = 1.10;

  private static final int TRIES = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final String url;
  private final long pid;
  private final Path data;
  private final Report report = new Report();
  private final Churn churn;
  private final long roundMs;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong lateRounds = new AtomicLong();
  private final List<Look> looks = new ArrayList<>();
  private volatile boolean ended;
  private volatile String pod = "";
  private volatile String refused = "";

  private Soak(String[] args) {
    url = args[0];
    pid = Long.parseLong(args[1]);
    data = Path.of(args[2]);
    long rate = Long.parseLong(args[4]);
    int series = Integer.parseInt(args[5]);
    roundMs = 1_000L * series / rate;
    double podsGonePerRound =
        Double.parseDouble(args[6]) / Churn.SERIES_PER_POD * roundMs / 3_600_000;
    churn = new Churn(series / Churn.SERIES_PER_POD, podsGonePerRound);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(new Soak(args).run(Integer.parseInt(args[3])));
  }

  /// What a look found: bytes, counts, and milliseconds of each query.
  private record Look(
      int minute,
      double rssBytes,
      double anonBytes,
      double fileBytes,
      double diskBytes,
      double files,
      double openFiles,
      double headSeries,
      double samples,
      Map<String, Double> queryMs) {}

  private int run(int minutes) throws IOException, InterruptedException {
    long beginMs = (Wait.nowMs() / roundMs + 1) * roundMs;
    Thread writer = Thread.ofPlatform().name("writer").start(() -> write(beginMs));
    System.out.printf(
        "%d series, a round every %d ms; files: regular files; RSS and disk in MB, queries p50 in"
            + " ms%n",
        churn.seriesAlive(), roundMs);
    for (int minute = 1; minute <= minutes; minute++) {
      Wait.pause(beginMs + minute * 60_000L - Wait.nowMs());
      Look look = look(minute);
      looks.add(look);
      System.out.println(line(look));
    }
    ended = true;
    writer.join();
    judge(beginMs);
    return report.finish("soak");
  }

  private void write(long beginMs) {
    for (long timeMs = beginMs; !ended; timeMs += roundMs) {
      List<byte[]> round = churn.round(timeMs);
      pod = churn.middling();
      Wait.pause(timeMs - Wait.nowMs());
      for (byte[] request : round) {
        post(request);
      }
      accepted.addAndGet(churn.seriesAlive());
      if (Wait.nowMs() > timeMs + roundMs) {
        lateRounds.incrementAndGet();
      }
    }
  }

  /// As a sender does: what got no answer is sent again.
  private void post(byte[] request) {
    boolean taken =
        Wait.until(
            PATIENCE,
            () -> {
              Http.Answer answer = WriteRequest.post(url, request, PATIENCE);
              if (answer.status() == 400) {
                refused = answer.body();
              }
              return answer.status() / 100 == 2 || answer.status() == 400;
            });
    if (!taken) {
      refused = "no answer within " + PATIENCE;
    }
  }

  private Look look(int minute) throws IOException {
    Map<String, Double> queryMs = new LinkedHashMap<>();
    queries().forEach((name, query) -> queryMs.put(name, median(query)));
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      double[] disk = disk();
      return new Look(
          minute,
          1_024 * status("VmRSS:"),
          1_024 * status("RssAnon:"),
          1_024 * status("RssFile:"),
          disk[0],
          disk[1],
          open.count(),
          headSeries(),
          accepted.doubleValue(),
          queryMs);
    }
  }

  private double headSeries() throws IOException {
    String name = "prometheus_tsdb_head_series ";
    return Http.get(url + "/metrics", PATIENCE)
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElse(Double.NaN);
  }

  /// Questions about what is alive, as a dashboard asks them.
  private Map<String, String> queries() {
    Map<String, String> queries = new LinkedHashMap<>();
    queries.put("pod", "rate(soak_metric_03_total{pod=\"%s\"}[1m])".formatted(pod));
    queries.put("job", "sum by (container) (rate(soak_metric_04_total{job=\"job-3\"}[1m]))");
    queries.put("metric", "sum by (job) (rate(soak_metric_05_total[1m]))");
    queries.put("count", "count by (job) (soak_metric_06_total)");
    return queries;
  }

  private double median(String query) {
    List<Double> tries = new ArrayList<>();
    String path = url + "/api/v1/query?query=" + Http.encode(query);
    for (int i = 0; i < TRIES; i++) {
      long begin = System.nanoTime();
      try {
        if (!Http.json(path).path("data").path("result").isEmpty()) {
          tries.add((System.nanoTime() - begin) * 1e-6);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(query, e);
      }
    }
    tries.sort(Comparator.naturalOrder());
    return tries.isEmpty() ? Double.NaN : tries.get(tries.size() / 2);
  }

  private double status(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
        .sum();
  }

  /// Bytes and number of the files in the data directory.
  private double[] disk() throws IOException {
    double[] sum = new double[2];
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file)) {
          sum[0] += Files.size(file);
          sum[1]++;
        }
      }
    } catch (NoSuchFileException | UncheckedIOException gone) {
      return disk(); // a merge took it away meanwhile
    }
    return sum;
  }

  private static String line(Look look) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "minute %3d: samples %11.0f  series %7.0f  RSS %5.0f (own %.0f, files %.0f)  disk %6.0f (%.2f B/sample)  files %4.0f  open"
                    + " %4.0f ",
                look.minute,
                look.samples,
                look.headSeries,
                look.rssBytes * 1e-6,
                look.anonBytes * 1e-6,
                look.fileBytes * 1e-6,
                look.diskBytes * 1e-6,
                look.diskBytes / look.samples,
                look.files,
                look.openFiles));
    look.queryMs.forEach((name, ms) -> line.append(" %s %.1f".formatted(name, ms)));
    return line.toString();
  }

  private void judge(long beginMs) throws IOException {
    report.title("after");
    report.figure(
        "%d samples of %d series were taken, %d rounds of %d ms took longer than that",
        accepted.get(), churn.seriesBorn(), lateRounds.get(), roundMs);
    report.check(refused.isEmpty(), "no write was refused %s", refused);
    long kept = kept(beginMs);
    report.check(kept == accepted.get(), "all samples are there: %d", kept);
    ratio("memory", Look::rssBytes, FLAT);
    ratio("memory of its own", Look::anonBytes, Double.POSITIVE_INFINITY);
    ratio("memory that maps files", Look::fileBytes, Double.POSITIVE_INFINITY);
    ratio("files", Look::files, 1.5);
    ratio("open files", Look::openFiles, 1.5);
    for (String query : queries().keySet()) {
      ratio("query " + query, look -> look.queryMs.get(query), Double.POSITIVE_INFINITY);
    }
  }

  /// Counts what was written, a minute at a time: a longer range would need too many samples.
  private long kept(long beginMs) throws IOException {
    double kept = 0;
    long endMs = Wait.nowMs() + 60_000;
    for (long toMs = beginMs + 60_000 - 1; toMs < endMs + 60_000; toMs += 60_000) {
      String time = String.format(Locale.ROOT, "%.3f", toMs / 1e3);
      for (int metric = 0; metric < Churn.METRICS; metric++) {
        String query = "sum(count_over_time(%s[1m]))".formatted(Churn.metric(metric));
        JsonNode result =
            Http.json(url + "/api/v1/query?time=" + time + "&query=" + Http.encode(query))
                .path("data")
                .path("result");
        kept += result.path(0).path("value").path(1).asDouble(0);
      }
    }
    return (long) kept;
  }

  /// The median of the last third of the looks against that of the second.
  private void ratio(String what, ToDoubleFunction<Look> figure, double limit) {
    int third = looks.size() / 3;
    double before = median(looks.subList(third, 2 * third), figure);
    double after = median(looks.subList(2 * third, looks.size()), figure);
    String text =
        String.format(
            Locale.ROOT,
            "%s: %.4g in the second third, %.4g in the last: %.2f x",
            what,
            before,
            after,
            after / before);
    if (limit == Double.POSITIVE_INFINITY) {
      report.figure("%s", text);
    } else {
      report.check(after <= before * limit, "%s (at most %.2f x)", text, limit);
    }
  }

  private static double median(List<Look> looks, ToDoubleFunction<Look> figure) {
    double[] sorted = looks.stream().mapToDouble(figure).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }
}
