package io.trivigil.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Child;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import io.trivigil.lab.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// A follower is away under remote write, comes back and catches up. See `deploy/chaos/away`.
public final class Away {
  private static final int SENDERS = 4;
  private static final int SERIES = 500; // of each sender, one sample of each in a request
  private static final Duration CATCH_UP = Duration.ofMinutes(30);

  private final List<Member> members = new ArrayList<>();
  private final Map<String, Long> largestLog = new TreeMap<>();
  private final AtomicBoolean sending = new AtomicBoolean(true);
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  private Away() {}

  public static void main(String[] arguments) throws IOException {
    List<String> given = Arrays.asList(arguments);
    Path root = Path.of(System.getProperty("root", ".")).toAbsolutePath();
    Path here = Path.of(System.getProperty("here", ".")).toAbsolutePath();
    Path directory =
        given.contains("--dir")
            ? Path.of(given.get(given.indexOf("--dir") + 1)).toAbsolutePath()
            : here.resolve("target/away-" + Wait.nowMs());
    Files.createDirectories(directory);
    new Away()
        .run(
            root,
            directory,
            (int) Main.number(given, "--base-port", 27_200),
            Main.number(given, "--rate", 50_000),
            Main.number(given, "--minutes", 60));
  }

  private void run(Path root, Path directory, int port, long rate, long minutes)
      throws IOException {
    System.out.printf(
        "%d samples/s for %d minutes with one node away; logs: %s%n", rate, minutes, directory);
    Path config = directory.resolve("config");
    Files.createDirectories(config);
    Files.writeString(config.resolve("prometheus.yml"), "global: { scrape_interval: 15s }\n");
    Journal journal = new Journal(directory.resolve("journal.txt"));
    for (int k = 0; k < 3; k++) {
      members.add(member(root, directory, config, port, k, journal));
    }
    try (Fleet fleet = new Fleet(members, journal)) {
      fleet.start();
      if (!fleet.awaitCalm(Duration.ofMinutes(1))) {
        throw new IOException("the nodes are not ready after a minute: see " + directory);
      }
      Member away = fleet.others(fleet.leader().orElseThrow()).getFirst();
      measure(fleet, away, rate, minutes);
    }
  }

  private void measure(Fleet fleet, Member away, long rate, long minutes) {
    System.out.printf("%s goes away%n", away.id());
    away.hold();
    List<Member> rest = fleet.others(away);
    List<Thread> senders = new ArrayList<>();
    for (int s = 0; s < SENDERS; s++) {
      int number = s;
      senders.add(Thread.ofVirtual().start(() -> send(number, rest, rate)));
    }
    long fromMs = Wait.nowMs();
    watch(Duration.ofMinutes(minutes), () -> false);
    long sentMs = Wait.nowMs() - fromMs;
    System.out.printf(
        "%d samples were taken, %.0f a second; %d requests failed%n",
        taken.get(), taken.get() * 1000.0 / sentMs, failed.get());
    System.out.println("largest logs while it was away, bytes: " + largestLog);
    long targetIndex = index(rest.getFirst());
    away.release();
    long backMs = Wait.nowMs();
    boolean back = watch(CATCH_UP, () -> index(away) >= targetIndex);
    long caughtMs = Wait.nowMs() - backMs;
    System.out.printf("%s had everything of that time: %s, %d ms%n", away.id(), back, caughtMs);
    boolean ready = watch(CATCH_UP, away::sound);
    System.out.printf(
        "%s was ready under the same load: %s, %d ms after its start%n",
        away.id(), ready, Wait.nowMs() - backMs);
    sending.set(false);
    senders.forEach(Away::join);
    System.out.println("largest logs in all, bytes: " + largestLog);
  }

  /// Waits for the end or the limit, and notes how large the logs are.
  private boolean watch(Duration limit, Wait.Condition end) {
    return Wait.until(
        limit,
        () -> {
          for (Member member : members) {
            largestLog.merge(member.id(), logBytes(member.data()), Math::max);
          }
          return end.holds();
        });
  }

  /// The bytes of all log segments below a data directory.
  private static long logBytes(Path data) {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException | java.io.UncheckedIOException movedAway) {
      return 0;
    }
  }

  private void send(int number, List<Member> rest, long rate) {
    long everyNanos = 1_000_000_000L * SERIES * SENDERS / rate;
    long startNanos = System.nanoTime();
    long lastMs = 0;
    for (long k = 0; sending.get(); k++) {
      long atMs = Math.max(lastMs + 1, Wait.nowMs());
      lastMs = atMs;
      WriteRequest request = new WriteRequest();
      for (int s = 0; s < SERIES; s++) {
        request.add(
            Map.of("__name__", "away", "sender", "" + number, "s", "" + s),
            atMs,
            (double) (k + s % 7));
      }
      try {
        Member to = rest.get((int) (k % rest.size()));
        Http.Answer answer = WriteRequest.post(to.url(), request.bytes(), Duration.ofSeconds(30));
        (answer.status() == 204 ? taken : failed).addAndGet(answer.status() == 204 ? SERIES : 1);
      } catch (IOException dead) {
        failed.incrementAndGet();
      }
      long waitMs = (startNanos + (k + 1) * everyNanos - System.nanoTime()) / 1_000_000;
      if (waitMs > 0) {
        Wait.pause(waitMs);
      }
    }
  }

  private static long index(Member member) {
    try {
      JsonNode seen = Http.json(member.url() + "/api/v1/cluster").path("data");
      for (JsonNode node : seen.path("nodes")) {
        if (node.path("id").asText().equals(member.id())) {
          return node.path("appliedIndex").asLong(-1);
        }
      }
    } catch (IOException notYet) {
      // It is starting.
    }
    return -1;
  }

  private static Member member(
      Path root, Path directory, Path config, int port, int k, Journal journal) {
    String id = "n" + (k + 1);
    Path data = directory.resolve(id);
    String url = "http://127.0.0.1:" + (port + k);
    Child process =
        new Child(
            id,
            directory.resolve(id + ".log"),
            Map.of("TRIVIGIL_SUPERVISED", "1"),
            List.of(
                root.resolve("trivigil").toString(),
                "server",
                "--config.file=" + config.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + data,
                "--web.listen-address=127.0.0.1:" + (port + k),
                "--web.enable-remote-write-receiver",
                "--cluster.name=away",
                "--cluster.node-id=" + id,
                "--cluster.urls=n1=http://127.0.0.1:%d,n2=http://127.0.0.1:%d,n3=http://127.0.0.1:%d"
                    .formatted(port, port + 1, port + 2),
                "--cluster.peers=n1=127.0.0.1:%d,n2=127.0.0.1:%d,n3=127.0.0.1:%d"
                    .formatted(port + 10, port + 11, port + 12)));
    return new Member(id, url, data, directory.resolve("clock-" + id), process, journal);
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(40));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
