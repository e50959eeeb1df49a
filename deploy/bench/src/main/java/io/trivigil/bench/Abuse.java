package io.trivigil.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivigil.lab.Http;
import io.trivigil.lab.Report;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Attacks a cluster of three with queries that no server should have to bear, and looks whether
/// scraping, rules and leadership notice.
///
/// Usage: `Abuse DIRECTORY BASE_PORT TARGETS_PORT SECONDS END`: the directory of an `up` with three
/// nodes whose targets are at that port, seconds of each attack, and the end of the workload in it.
public final class Abuse {
  private static final int SHOWN_BYTES = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Report report = new Report();
  private final Path directory;
  private final String anyNode;
  private final Watch watch;
  private final long seconds;

  private Abuse(String[] args, Watch watch) {
    this.directory = Path.of(args[0]);
    this.anyNode = "http://127.0.0.1:" + args[1];
    this.seconds = Long.parseLong(args[3]);
    this.watch = watch;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Watch watch = new Watch();
    watch.serveTargets(Integer.parseInt(args[2]));
    System.exit(new Abuse(args, watch).run(Long.parseLong(args[4])));
  }

  private int run(long end) throws IOException, InterruptedException {
    Leader leader = leader();
    List<Long> pids = pids();
    watch.begin(leader.url, pids);
    report.title("before");
    Wait.pause(10_000);
    watch.take(); // the first scrapes after the start
    Wait.pause(seconds * 1_000);
    watch.take().forEach(line -> report.figure("%s", line));
    for (Attack attack : Attack.all(end)) {
      report.title(attack.title());
      attack(attack, leader.url);
      watch.take().forEach(line -> report.figure("%s", line));
      report.check(leader().equals(leader), "no election: %s", leader());
      report.check(pids().equals(pids) && pids.stream().allMatch(Abuse::lives), "no node ended");
    }
    report.title("after");
    Wait.pause(seconds * 1_000);
    watch.take().forEach(line -> report.figure("%s", line));
    Seen seen = ask(leader.url, "/api/v1/query?query=" + Http.encode("count(watched)"));
    report.check(seen.text.equals("200"), "an ordinary query is answered in %d ms", seen.tookMs);
    report.check(leader().equals(leader), "no election: %s", leader());
    watch.end();
    return report.finish("abuse");
  }

  private record Leader(String id, long term, String url) {}

  /// Who leads, or a leader without a name if the node that is asked is not there.
  private Leader leader() {
    JsonNode data;
    try {
      data = Http.json(anyNode + "/api/v1/cluster").path("data");
    } catch (IOException e) {
      return new Leader("no answer: " + e, 0, "");
    }
    String id = data.path("leader").asText();
    for (JsonNode node : data.path("nodes")) {
      if (node.path("id").asText().equals(id)) {
        return new Leader(id, data.path("term").asLong(), node.path("url").asText());
      }
    }
    return new Leader(id, data.path("term").asLong(), "");
  }

  private List<Long> pids() throws IOException {
    List<Long> pids = new ArrayList<>();
    for (int k = 1; k <= 3; k++) {
      Path file = directory.resolve("n" + k).resolve("trivigil.pid");
      pids.add(Long.parseLong(Files.readString(file).strip()));
    }
    return pids;
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).isPresent();
  }

  private void attack(Attack attack, String url) throws InterruptedException {
    Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
    Map<String, String> wrong = new ConcurrentHashMap<>();
    AtomicInteger next = new AtomicInteger();
    AtomicLong longest = new AtomicLong();
    long endMs = Wait.nowMs() + seconds * 1_000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < attack.concurrency(); i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    do {
                      List<Attack.Ask> asks = attack.asks();
                      Attack.Ask ask = asks.get(next.getAndIncrement() % asks.size());
                      Seen seen = ask(url, ask.path());
                      longest.accumulateAndGet(seen.tookMs, Math::max);
                      answers
                          .computeIfAbsent(seen.text, _ -> new AtomicInteger())
                          .incrementAndGet();
                      if (!ask.answers().matcher(seen.text).matches()) {
                        wrong.put(ask.path(), seen.text);
                      }
                    } while (!attack.once() && Wait.nowMs() < endMs);
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    new TreeMap<>(answers)
        .forEach((text, count) -> report.figure("%4d times %s", count.get(), text));
    report.figure("the longest took %d ms", longest.get());
    wrong.forEach((path, text) -> report.figure("wrong: %s to %s", text, path));
    report.check(wrong.isEmpty(), "every answer is one of those expected");
  }

  /// The status, and what kind of error it is.
  private record Seen(String text, long tookMs) {}

  private Seen ask(String url, String path) {
    long beginMs = Wait.nowMs();
    String text;
    try {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url + path.replace("[]", "%5B%5D")))
                  .timeout(PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        String begin = new String(body.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8);
        body.transferTo(OutputStream.nullOutputStream());
        text = answer.statusCode() == 200 ? "200" : answer.statusCode() + " " + problem(begin);
      }
    } catch (IOException e) {
      text = "no answer: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      text = "interrupted";
    }
    return new Seen(text, Wait.nowMs() - beginMs);
  }

  private static String problem(String body) {
    try {
      JsonNode json = Http.parse(body);
      return json.path("errorType").asText() + ": " + json.path("error").asText();
    } catch (IOException e) {
      return body;
    }
  }
}
